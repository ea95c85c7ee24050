-- Event rows of one batch with their time in UTC and the first reason to refuse them.
CREATE OR REPLACE TEMP TABLE checked AS
WITH timed AS (
    SELECT
        fields.* EXCLUDE (civil, instant),
        coalesce(instant, civil - zone_offsets.utc_offset) AS "time",
        event IN ('Order Completed', 'Order Updated') AS priced,
        priced OR event = 'Order Refunded' AS money
    FROM fields
    ASOF LEFT JOIN zone_offsets ON fields.civil >= zone_offsets.civil_from
)
SELECT
    * EXCLUDE (time_given, bad_properties, priced, money),
    CASE
        WHEN person IS NULL THEN 'no_person'
        WHEN length(person) > 255 OR length(message_id) > 255 THEN 'id_too_long'
        WHEN event IS NULL THEN 'no_event'
        WHEN NOT time_given THEN 'no_time'
        WHEN "time" IS NULL OR "time" < TIMESTAMP '1900-01-01' THEN 'bad_time'
        WHEN "time" > getvariable('latest') THEN 'future_time'
        WHEN bad_properties THEN 'bad_properties'
        WHEN priced AND json_extract_string(properties, '$.order_id') IS NULL THEN 'no_order_id'
        WHEN money AND upper(json_extract_string(properties, '$.currency')) != getvariable('currency') THEN 'other_currency'
        WHEN priced AND json_extract_string(properties, '$.total') IS NULL THEN 'no_amount'
        WHEN money
            AND json_extract_string(properties, '$.total') IS NOT NULL
            AND try_cast(json_extract_string(properties, '$.total') AS DECIMAL(18, 6)) IS NULL
            THEN 'bad_amount'
    END AS reason
FROM timed;
