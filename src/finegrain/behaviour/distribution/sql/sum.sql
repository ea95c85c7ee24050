-- The sum of everybody's numbers in each group, added up one after the other, so that it is the same to the last digit each time.
SELECT
    actor,
    "group",
    any(person) AS person,
    arrayFold(
        (total, e) -> total + e.3,
        arraySort(groupArrayIf((time_us, seq, assumeNotNull(number)), isNotNull(number))),
        toFloat64(0)
    ) AS value,
    count(number) AS counted,
    countIf(isNull(number)) AS left_out
FROM matched
GROUP BY actor, "group"
ORDER BY actor, "group"
