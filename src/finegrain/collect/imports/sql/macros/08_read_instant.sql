-- An ISO 8601 text with a zone as a time in UTC, null where it is none.
CREATE TEMP MACRO read_instant(x) AS
CASE
    WHEN has_offset(x)
        THEN try_cast(regexp_replace(regexp_replace(x, '\s*(UTC|GMT)$', 'Z'), '\s*([+-]\d{2}):?(\d{2})$', '\1:\2') AS TIMESTAMPTZ)
        AT TIME ZONE 'UTC'
END;
