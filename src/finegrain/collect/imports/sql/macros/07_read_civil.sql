-- An ISO 8601 text without a zone as a civil time, null where it is none or names an instant.
CREATE TEMP MACRO read_civil(x) AS CASE WHEN NOT has_offset(x) THEN try_cast(x AS TIMESTAMP) END;
