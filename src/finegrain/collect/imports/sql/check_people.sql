-- Rows of people of one batch with since when they are known, in UTC, and the first reason to refuse them.
CREATE OR REPLACE TEMP TABLE checked AS
WITH timed AS (
    SELECT fields.* EXCLUDE (civil, instant), coalesce(instant, civil - zone_offsets.utc_offset) AS "time"
    FROM fields
    ASOF LEFT JOIN zone_offsets ON fields.civil >= zone_offsets.civil_from
)
SELECT
    * EXCLUDE (time_given),
    CASE
        WHEN person IS NULL THEN 'no_person'
        WHEN length(person) > 255 THEN 'id_too_long'
        WHEN time_given AND ("time" IS NULL OR "time" < TIMESTAMP '1900-01-01') THEN 'bad_time'
        WHEN "time" > getvariable('latest') THEN 'future_time'
    END AS reason
FROM timed;
