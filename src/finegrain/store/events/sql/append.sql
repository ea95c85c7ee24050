-- Append the events of the registered table, numbered from $first_seq on.
INSERT INTO events
SELECT
    $first_seq + fresh.position,
    fresh.message_id,
    fresh.distinct_id,
    fresh.event,
    fresh."time",
    fresh.received_at,
    fresh.source,
    fresh.historical,
    CAST(CAST(fresh.properties AS JSON) AS VARIANT)
FROM fresh;
