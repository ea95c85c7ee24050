-- An exact number as JSON, without the zeros at its end.
CREATE TEMP MACRO number_json(x) AS CAST(rtrim(rtrim(CAST(x AS VARCHAR), '0'), '.') AS JSON);
