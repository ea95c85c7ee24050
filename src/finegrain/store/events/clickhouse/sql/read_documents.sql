-- Properties as the embedded store keeps them: names once and in order, numbers as it writes them.
SELECT coalesce(
    CAST(CAST(CAST(CAST(properties AS JSON) AS VARIANT) AS JSON) AS VARCHAR),
    error('properties that are null')
) AS properties
FROM given
ORDER BY position;
