-- Order rows of one batch with their time in UTC, their amount, and the first reason to refuse them.
CREATE OR REPLACE TEMP TABLE checked AS
WITH timed AS (
    SELECT
        fields.* EXCLUDE (amount, civil, instant),
        coalesce(instant, civil - zone_offsets.utc_offset) AS "time",
        CAST(coalesce(amount, coalesce(quantity, 1) * unit_price) AS DECIMAL(36, 12)) AS amount,
        amount IS NULL AND amount_given AS amount_unreadable
    FROM fields
    ASOF LEFT JOIN zone_offsets ON fields.civil >= zone_offsets.civil_from
)
SELECT
    timed.* EXCLUDE (
        amount, amount_given, amount_unreadable, quantity, quantity_given, unit_price, price_given, time_given, other_currency
    ),
    CASE WHEN quantity < 0 AND amount > 0 THEN -amount ELSE amount END AS amount,
    coalesce(starts_with(order_id, getvariable('refund_prefix')), FALSE) AS prefixed,
    amount < 0 OR coalesce(quantity < 0, FALSE) OR refund_of IS NOT NULL OR prefixed AS refund,
    CASE
        WHEN person IS NULL THEN 'no_person'
        WHEN length(person) > 255 OR length(order_id) > 255 OR length(refund_of) > 255 THEN 'id_too_long'
        WHEN order_id IS NULL AND getvariable('needs_order_id') THEN 'no_order_id'
        WHEN NOT time_given THEN 'no_time'
        WHEN "time" IS NULL OR "time" < TIMESTAMP '1900-01-01' THEN 'bad_time'
        WHEN "time" > getvariable('latest') THEN 'future_time'
        WHEN other_currency THEN 'other_currency'
        WHEN amount_unreadable THEN 'bad_amount'
        WHEN quantity IS NULL AND quantity_given THEN 'bad_quantity'
        WHEN unit_price IS NULL AND price_given THEN 'bad_amount'
        WHEN unit_price < 0 THEN 'negative_price'
        WHEN amount IS NULL THEN 'no_amount'
        WHEN quantity IS NULL AND getvariable('needs_quantity') AND NOT amount_given THEN 'bad_quantity'
    END AS reason
FROM timed;
