-- On how many civil days everybody has events in each group.
SELECT
    actor,
    "group",
    any(person) AS person,
    toFloat64(uniqExact(roundDown(time_us, {edges_us:Array(Int64)}))) AS value,
    count() AS counted,
    0 AS left_out
FROM matched
GROUP BY actor, "group"
ORDER BY actor, "group"
