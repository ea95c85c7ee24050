-- The most frequent names at each position, with the paths that have one there at all.
SELECT position, name, count() AS passed, sum(passed) OVER (PARTITION BY position) AS reached
FROM paths
ARRAY JOIN names AS name, arrayEnumerate(names) AS position
GROUP BY position, name
ORDER BY position, passed DESC, name
LIMIT {most:UInt32} BY position
