-- Refunds that have an id of their own, one each: the rows of one id are added up, and the id counts once for ever.
CREATE TEMP TABLE refund_documents AS
WITH documents AS (
    SELECT * FROM lines WHERE refund AND prefixed
    QUALIFY getvariable('by_line') OR row_number() OVER (PARTITION BY order_id ORDER BY n) = 1
),
added AS (
    SELECT
        min(n) AS n,
        arg_min(person, n) AS person,
        order_id AS refund_id,
        min(refund_of) AS order_id,
        min("time") AS "time",
        abs(round(sum(amount), getvariable('digits'))) AS total,
        count(*) AS row_count,
        '[' || string_agg(product, ',' ORDER BY n) || ']' AS products,
        string_agg(n, ',' ORDER BY n) FILTER (getvariable('replaying')) AS replayed
    FROM documents
    GROUP BY order_id
)
SELECT * EXCLUDE (replayed), md5(concat_ws(chr(31), 'refund', refund_id, replayed)) AS message_id
FROM added;
