-- A text of a file as the JSON value it stands for: a number only if it is written as JSON would write it, so 007 stays text.
CREATE TEMP MACRO property_json(x) AS
CASE
    WHEN regexp_full_match(x, '-?(0|[1-9]\d{0,14})(\.\d{1,9})?|true|false') THEN CAST(x AS JSON)
    WHEN lower(x) IN ('true', 'false') THEN CAST(lower(x) AS JSON)
    WHEN regexp_matches(x, '^\s*[\[{]') AND json_valid(x) THEN CAST(x AS JSON)
    ELSE to_json(x)
END;
