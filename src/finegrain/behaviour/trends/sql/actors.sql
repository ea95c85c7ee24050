-- Events and actors by row and bucket, and each actor once in the bucket of the first event.
WITH
    cells AS (
        SELECT actor, row, bucket, count() AS events
        FROM matched
        GROUP BY actor, row, bucket
    ),
    actors AS (
        SELECT row, groupArray((bucket, events)) AS cells, min(bucket) AS first
        FROM cells
        GROUP BY actor, row
    )
SELECT
    row,
    cell.1 AS bucket,
    sum(cell.2) AS events,
    count() AS actors,
    countIf(cell.1 = first) AS firsts
FROM actors
ARRAY JOIN cells AS cell
GROUP BY row, bucket
