-- The conversions and touches of each actor with a conversion in the period, in order, as lists side by side.
WITH
    logs AS (
        SELECT person, actor, arraySort(groupArray((time_us, seq, bits, touch, amount, in_group))) AS log
        FROM matched
        GROUP BY person, actor
        HAVING max(bitTest(bits, 0) AND time_us >= {start_us:Int64})
    )
SELECT
    person,
    arrayMap(e -> e.1, log) AS time_us,
    arrayMap(e -> e.3, log) AS bits,
    arrayMap(e -> toInt32(e.4), log) AS touch,
    arrayMap(e -> e.5, log) AS amount,
    arrayMap(e -> toInt32(e.6), log) AS in_group
FROM logs
ORDER BY person, actor
