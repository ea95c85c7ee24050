-- An amount with a point before its decimals and nothing between its thousands; 1,234 is a thousand and more, 1,23 is not.
CREATE TEMP MACRO amount_point(x) AS
CASE
    WHEN regexp_full_match(x, '[-+]?[1-9]\d{0,2}(,\d{2,3})*,\d{3}(\.\d*)?') THEN replace(x, ',', '')
    WHEN regexp_full_match(x, '[-+]?[1-9]\d{0,2}(\.\d{3})+,\d+') THEN replace(replace(x, '.', ''), ',', '.')
    WHEN regexp_full_match(x, '[-+]?\d*,\d+') THEN replace(x, ',', '.')
    WHEN regexp_full_match(x, '[-+]?[1-9]\d{0,2}(\.\d{3}){2,}') THEN replace(x, '.', '')
    WHEN regexp_full_match(x, '[-+]?(\d+\.?\d*|\.\d+)(E[-+]?\d{1,2})?') THEN x
END;
