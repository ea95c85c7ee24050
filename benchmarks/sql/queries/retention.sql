-- Of those who opened the app for the first time on a day, how many did so again on each of the fourteen days after it.
SELECT first - 19358 AS cohort, k, count()
FROM (
    SELECT p, intDiv(min(t), 86400000000) AS first, groupUniqArray(intDiv(t, 86400000000)) AS days
    FROM e
    WHERE e = 'App Opened'
    GROUP BY p
)
ARRAY JOIN arrayFilter(k -> has(days, first + k), range(0, 15)) AS k
GROUP BY first, k
