-- The newest events of some spans of ids, newest first.
WITH spans AS (
    SELECT unnest($distinct_ids) AS distinct_id, unnest($from_us) AS from_us, unnest($until_us) AS until_us
)
SELECT seq, message_id, distinct_id, event, "time", received_at, source, CAST(CAST(properties AS JSON) AS VARCHAR)
FROM events
WHERE EXISTS (
        SELECT 1
        FROM spans
        WHERE spans.distinct_id = events.distinct_id
            AND epoch_us(events."time") >= spans.from_us
            AND epoch_us(events."time") < spans.until_us
    )
    AND ($before_time IS NULL OR ("time", seq) < ($before_time, $before_seq))
ORDER BY "time" DESC, seq DESC
LIMIT $limit;
