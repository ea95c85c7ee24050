-- How many are in each cohort, as period −1, and how many of them came back in each period.
SELECT "group", cohort, period, count() AS people
FROM members
ARRAY JOIN arrayPushFront(periods, -1) AS period
GROUP BY "group", cohort, period
ORDER BY "group", cohort, period
