-- The events as the event store takes them.
SELECT
    message_id,
    person AS distinct_id,
    event,
    "time",
    getvariable('received_at') AS received_at,
    'import' AS source,
    TRUE AS historical,
    CAST(properties AS VARCHAR) AS properties
FROM outgoing
ORDER BY position;
