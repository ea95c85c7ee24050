-- The net revenue of the import in major units: latest totals, less refunds up to the order's amount, less refunds of no order here.
WITH orders AS (
    SELECT order_id, arg_max(total, position) AS total
    FROM outgoing
    WHERE part_kind = 'order'
    GROUP BY coalesce(order_id, message_id), order_id
),
refunds AS (
    SELECT order_id, sum(CASE WHEN part_kind = 'refund' THEN abs(total) END) AS total, bool_or(part_kind = 'cancel') AS cancelled
    FROM outgoing
    WHERE part_kind IN ('refund', 'cancel')
    GROUP BY order_id
)
SELECT
    coalesce(sum(
        CASE
            WHEN refunds.cancelled THEN 0
            WHEN orders.total IS NULL THEN -refunds.total
            ELSE greatest(orders.total - coalesce(refunds.total, 0), 0)
        END
    ), 0)
FROM orders
FULL JOIN refunds ON refunds.order_id = orders.order_id;
