-- What the import added: rows that changed something, orders, refunds, events; and the people and buyers it names.
WITH marked AS (SELECT outgoing.*, coalesce(verdicts.stored, FALSE) AS stored FROM outgoing LEFT JOIN verdicts USING (position)),
stored_rows AS (SELECT max(row_count) AS row_count FROM marked WHERE stored GROUP BY n)
SELECT
    (SELECT coalesce(sum(row_count), 0) FROM stored_rows) AS rows_stored,
    count(DISTINCT coalesce(order_id, message_id)) FILTER (stored AND part_kind = 'order') AS orders,
    count(
        DISTINCT (person, order_id, refund_id, part_kind, CASE WHEN refund_id IS NULL THEN "time" END)
    ) FILTER (stored AND part_kind IN ('refund', 'cancel')) AS refunds,
    count(*) FILTER (stored) AS events,
    count(DISTINCT person) FILTER (part_kind = 'order') AS buyers
FROM marked;
