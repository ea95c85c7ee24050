-- A number of units of so many microseconds since 1970 as a time in UTC, null where it does not fit.
CREATE TEMP MACRO read_epoch(x, unit_us) AS
CASE WHEN x * unit_us BETWEEN -62000000000000000 AND 250000000000000000 THEN make_timestamp(CAST(round(x * unit_us) AS BIGINT)) END;
