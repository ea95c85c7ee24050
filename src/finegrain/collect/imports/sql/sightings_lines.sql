-- Orders whose rows are lines of them: one sight each, the lines added up, the earliest time, the person of the first line.
CREATE TEMP TABLE sightings AS
WITH added AS (
    SELECT
        min(n) AS n,
        arg_min(person, n) AS person,
        order_id,
        min("time") AS "time",
        round(sum(amount), getvariable('digits')) AS total,
        count(*) AS row_count,
        bool_and(cancelled) AS cancelled,
        '[' || string_agg(product, ',' ORDER BY n) || ']' AS products,
        sum(md5_number_lower(product)) AS fingerprint,
        string_agg(n, ',' ORDER BY n) FILTER (getvariable('replaying')) AS replayed
    FROM lines
    WHERE NOT refund
    GROUP BY order_id
)
SELECT
    added.* EXCLUDE (fingerprint, replayed),
    order_kept.kept,
    md5(
        concat_ws(
            chr(31),
            CASE WHEN replayed IS NULL THEN 'order' ELSE 'replayed order' END,
            order_id,
            person,
            coalesce(replayed, concat_ws(chr(31), epoch_us("time"), total, row_count, fingerprint, order_kept.kept))
        )
    ) AS message_id
FROM added
LEFT JOIN order_kept USING (order_id);
