-- How many people go from which event to which at each position, within a day of the first product they viewed.
SELECT i, path[i] AS source, path[i + 1] AS target, count()
FROM (
    SELECT
        arraySort(groupArray((t, n, e))) AS log,
        arrayFirst(x -> x.3 = 'Product Viewed', log) AS anchor,
        arrayFilter(x -> (x.1, x.2) >= (anchor.1, anchor.2) AND x.1 - anchor.1 <= 86400000000, log) AS way,
        arraySlice(arrayCompact(arrayMap(x -> x.3, way)), 1, 5) AS path
    FROM e
    GROUP BY p
    HAVING anchor.1 > 0
)
ARRAY JOIN range(1, length(path)) AS i
GROUP BY i, source, target
