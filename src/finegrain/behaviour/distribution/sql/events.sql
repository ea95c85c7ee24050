-- How many events everybody has in each group.
SELECT actor, "group", any(person) AS person, toFloat64(count()) AS value, count() AS counted, 0 AS left_out
FROM matched
GROUP BY actor, "group"
ORDER BY actor, "group"
