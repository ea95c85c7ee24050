-- How many actors are new (0), returning (1) or resurrected (2) in each row and bucket; bucket 0 is the one before the first.
WITH
    lives AS (
        SELECT row, arraySort(groupUniqArray(bucket)) AS buckets
        FROM matched
        GROUP BY actor, row
    )
SELECT row, bucket, state, count() AS actors
FROM lives
ARRAY JOIN
    buckets AS bucket,
    arrayMap(
        (here, before, place) -> multiIf(place = 1, 0, before = here - 1, 1, 2),
        buckets,
        arrayPushFront(arrayPopBack(buckets), 0),
        arrayEnumerate(buckets)
    ) AS state
WHERE bucket >= 0
GROUP BY row, bucket, state
