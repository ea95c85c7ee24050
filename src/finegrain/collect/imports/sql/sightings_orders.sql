-- Orders whose rows are orders: the rows that differ from the sight before; a row without an order id is an order of its own.
CREATE TEMP TABLE sightings AS
WITH contents AS (
    SELECT
        *,
        md5(
            concat_ws(
                chr(31),
                person,
                epoch_us("time"),
                amount,
                coalesce(CAST(product AS VARCHAR), ''),
                CASE WHEN order_id IS NOT NULL THEN coalesce(CAST(kept AS VARCHAR), '') END
            )
        ) AS content
    FROM lines
    WHERE NOT refund
),
changed AS (
    SELECT *
    FROM contents
    QUALIFY order_id IS NULL OR content IS DISTINCT FROM lag(content) OVER (PARTITION BY order_id ORDER BY n)
),
named AS (
    SELECT
        *,
        md5(
            concat_ws(
                chr(31),
                'order',
                coalesce(order_id, ''),
                content,
                row_number() OVER (PARTITION BY order_id, content ORDER BY n)
            )
        ) AS message_id
    FROM changed
)
SELECT
    n,
    person,
    coalesce(order_id, 'auto-' || left(message_id, 16)) AS order_id,
    "time",
    round(amount, getvariable('digits')) AS total,
    1 AS row_count,
    cancelled,
    '[' || product || ']' AS products,
    kept,
    message_id
FROM named;
