-- Everything that order rows become, as events in the order of the files; group_n ties the events of the same rows together.
CREATE TEMP TABLE outgoing AS
WITH parts AS (
    SELECT
        n, 0 AS part, 'order' AS part_kind, 'Order Completed' AS event, person, order_id, NULL AS refund_id, "time", total,
        row_count, products, kept, message_id
    FROM sightings
    UNION ALL
    SELECT
        n, 1, 'cancel', 'Order Cancelled', person, order_id, NULL, "time", total,
        0, NULL, NULL, md5(concat_ws(chr(31), 'cancelled', order_id))
    FROM sightings
    WHERE cancelled
    UNION ALL
    SELECT n, 2, 'refund', 'Order Refunded', person, order_id, refund_id, "time", total, row_count, products, NULL, message_id
    FROM (SELECT * FROM refund_documents UNION ALL SELECT * FROM refund_rows)
)
SELECT
    row_number() OVER (ORDER BY n, part) - 1 AS position,
    parts.* EXCLUDE (products, kept),
    -- Joined as text: the parts are JSON already, and to parse and print the products again takes longer than all the rest.
    concat(
        CASE WHEN coalesce(CAST(kept AS VARCHAR), '{}') = '{}' THEN '{' ELSE left(kept, -1) || ',' END,
        '"total":', rtrim(rtrim(CAST(CAST(total AS DECIMAL(38, 6)) AS VARCHAR), '0'), '.'),
        ',"currency":"', getvariable('currency'), '"',
        ',"order_id":' || to_json(order_id),
        ',"refund_id":' || to_json(refund_id),
        ',"products":' || products,
        '}'
    ) AS properties
FROM parts;
