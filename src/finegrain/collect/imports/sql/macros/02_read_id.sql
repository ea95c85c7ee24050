-- An id as text; the ".0" that a column of numbers gets when it passes through floats is taken off.
CREATE TEMP MACRO read_id(x) AS
CASE WHEN ends_with(x, '.0') AND regexp_full_match(x, '\d+\.0') THEN left(x, length(x) - 2) ELSE x END;
