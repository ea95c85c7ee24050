-- The people of all actors with the event in exactly so many buckets.
WITH
    habits AS (
        SELECT groupUniqArray(person) AS people, uniqExactIf(bucket, inside) AS distinct_buckets
        FROM matched
        GROUP BY actor
    )
SELECT DISTINCT arrayJoin(people) AS person
FROM habits
WHERE distinct_buckets = {buckets:UInt64}
ORDER BY person
