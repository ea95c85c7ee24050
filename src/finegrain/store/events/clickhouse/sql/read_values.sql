-- Values of properties, as JSON, read as the embedded store reads them.
WITH read AS (SELECT position, CAST(CAST(value AS JSON) AS VARIANT) AS value FROM given)
SELECT
    TRY_CAST(value AS VARCHAR) AS text,
    CASE WHEN isfinite(TRY_CAST(value AS DOUBLE)) THEN TRY_CAST(value AS DOUBLE) END AS number,
    CAST(coalesce(TRY_CAST(TRY_CAST(value AS VARCHAR) AS DECIMAL(38, 6)), TRY_CAST(value AS DECIMAL(38, 6))) AS VARCHAR) AS decimal
FROM read
ORDER BY position;
