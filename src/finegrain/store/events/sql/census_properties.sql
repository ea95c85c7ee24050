-- What each property of each event held, by source, in the same range; values as JSON, the newest first, cut off.
WITH uses AS (
    SELECT
        seq,
        event,
        source,
        received_at,
        unnest(map_entries(TRY_CAST(CAST(properties AS JSON) AS MAP(VARCHAR, JSON)))) AS use
    FROM events
    WHERE seq > $after_seq AND seq <= $until_seq
),
written AS (
    SELECT seq, event, source, received_at, use.key AS name, json_type(use.value) AS kind, CAST(use.value AS VARCHAR) AS value
    FROM uses
)
SELECT
    event,
    source,
    name,
    epoch_us(max(received_at)),
    count(*),
    count(*) FILTER (WHERE kind = 'VARCHAR'),
    count(*) FILTER (WHERE kind = 'VARCHAR' AND length(value) <= 42 AND regexp_full_match(value, $time_pattern)),
    count(*) FILTER (WHERE kind = 'BOOLEAN'),
    count(*) FILTER (WHERE kind = 'ARRAY'),
    count(*) FILTER (WHERE kind = 'OBJECT'),
    count(*) FILTER (WHERE kind IS NULL OR kind = 'NULL'),
    coalesce(arg_max(left(value, $sample_chars), seq, $samples), [])
FROM written
GROUP BY event, source, name
ORDER BY min(seq), name;
