-- The orders that the good rows speak of.
SELECT DISTINCT order_id FROM staged WHERE NOT refund;
