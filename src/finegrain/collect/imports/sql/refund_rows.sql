-- Refunds that are written as rows of an order, one each: lines that come back, and the cancelled lines of an order that stands.
-- Each takes what its row adds to the order's rounded sum, so that the lines of an order that all come back refund it to the cent.
CREATE TEMP TABLE refund_rows AS
WITH taken_back AS (
    SELECT n, person, coalesce(refund_of, order_id) AS order_id, "time", abs(amount) AS amount, product, 1 AS row_count
    FROM lines
    WHERE refund AND NOT prefixed
    UNION ALL
    SELECT lines.n, lines.person, lines.order_id, lines."time", lines.amount, lines.product, 0
    FROM lines
    JOIN sightings USING (order_id)
    WHERE NOT lines.refund AND lines.cancelled AND NOT sightings.cancelled AND getvariable('by_line')
),
numbered AS (
    SELECT
        *,
        concat_ws(chr(31), person, coalesce(order_id, ''), epoch_us("time"), amount, coalesce(CAST(product AS VARCHAR), '')) AS content,
        row_number() OVER (PARTITION BY person, order_id, "time", amount, product ORDER BY n) AS occurrence
    FROM taken_back
),
summed AS (
    SELECT
        *,
        sum(amount) OVER (PARTITION BY coalesce(order_id, chr(31) || n) ORDER BY content, occurrence) AS so_far
    FROM numbered
)
SELECT
    n,
    person,
    NULL AS refund_id,
    order_id,
    "time",
    round(so_far, getvariable('digits')) - round(so_far - amount, getvariable('digits')) AS total,
    row_count,
    '[' || product || ']' AS products,
    md5(concat_ws(chr(31), 'refund row', content, occurrence)) AS message_id
FROM summed;
