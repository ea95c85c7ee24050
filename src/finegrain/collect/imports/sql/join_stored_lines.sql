-- Add to orders what was stored of them before: an earlier time, the sum so far, the products so far.
CREATE OR REPLACE TEMP TABLE sightings AS
SELECT
    sightings.n,
    coalesce(stored_orders.person, sightings.person) AS person,
    sightings.order_id,
    least(sightings."time", coalesce(stored_orders."time", sightings."time")) AS "time",
    sightings.total + coalesce(try_cast(stored_orders.total AS DECIMAL(38, 6)), 0) AS total,
    sightings.row_count,
    sightings.cancelled AND stored_orders.order_id IS NULL AS cancelled,
    CASE
        WHEN coalesce(stored_orders.products, '') = '' THEN sightings.products
        WHEN sightings.products IS NULL THEN '[' || stored_orders.products || ']'
        ELSE '[' || stored_orders.products || ',' || right(sightings.products, -1)
    END AS products,
    sightings.kept,
    sightings.message_id
FROM sightings
LEFT JOIN stored_orders ON stored_orders.order_id = sightings.order_id;
