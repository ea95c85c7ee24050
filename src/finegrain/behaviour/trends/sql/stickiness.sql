-- How many actors have the event in how many buckets, by row.
WITH
    habits AS (
        SELECT row, uniqExact(bucket) AS buckets
        FROM matched
        GROUP BY actor, row
    )
SELECT row, buckets, count() AS actors
FROM habits
GROUP BY row, buckets
