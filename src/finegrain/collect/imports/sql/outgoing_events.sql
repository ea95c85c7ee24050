-- Event rows as events in the order of the files; rows of the same content are told apart by their number in the import.
CREATE TEMP TABLE outgoing AS
WITH named AS (
    SELECT
        n,
        event,
        person,
        "time",
        properties,
        coalesce(
            message_id,
            md5(
                concat_ws(
                    chr(31),
                    'event',
                    event,
                    person,
                    epoch_us("time"),
                    properties,
                    row_number() OVER (PARTITION BY event, person, "time", properties ORDER BY n)
                )
            )
        ) AS message_id
    FROM staged
)
SELECT
    row_number() OVER (ORDER BY n) - 1 AS position,
    named.*,
    CASE event
        WHEN 'Order Completed' THEN 'order'
        WHEN 'Order Updated' THEN 'order'
        WHEN 'Order Refunded' THEN 'refund'
        WHEN 'Order Cancelled' THEN 'cancel'
        ELSE 'other'
    END AS part_kind,
    CASE WHEN part_kind != 'other' THEN json_extract_string(properties, '$.order_id') END AS order_id,
    CASE WHEN part_kind = 'refund' THEN json_extract_string(properties, '$.refund_id') END AS refund_id,
    CASE
        WHEN part_kind != 'other'
            THEN round(try_cast(json_extract_string(properties, '$.total') AS DECIMAL(38, 6)), getvariable('digits'))
    END AS total,
    1 AS row_count
FROM named;
