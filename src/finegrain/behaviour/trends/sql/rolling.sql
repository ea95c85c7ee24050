-- By how much each window's count of actors differs from that of the window before it.
WITH
    spans AS (
        SELECT row, arraySort(groupUniqArray((first, last))) AS spans
        FROM matched
        GROUP BY actor, row
    ),
    -- Neither ends of spans ever go back, so that each adds the windows after the last one of the span before it.
    added AS (
        SELECT
            row,
            arrayFilter(
                s -> s.1 <= s.2,
                arrayMap(
                    (s, before) -> (greatest(s.1, before + 1), s.2),
                    spans,
                    arrayPushFront(arrayPopBack(arrayMap(s -> s.2, spans)), -1)
                )
            ) AS added
        FROM spans
    )
SELECT row, step.1 AS bucket, sum(step.2) AS change
FROM added
ARRAY JOIN arrayConcat(arrayMap(s -> (s.1, 1), added), arrayMap(s -> (s.2 + 1, -1), added)) AS step
GROUP BY row, bucket
