-- The best window of each actor: the first event of each step within the window of an event that matches any of them.
WITH
    logs AS (
        SELECT actor, any(person) AS person, arraySort(groupArray((time_us, seq, bits, value))) AS log
        FROM matched
        -- What may not lie between is no step, begins nothing, and is nobody's first event.
        WHERE bitAnd(bits, bitShiftLeft(toUInt64(1), {steps:UInt32}) - 1) != 0
        GROUP BY actor
    ),
    started AS (
        SELECT
            actor,
            person,
            log,
            arrayFilter(e -> e.1 >= {start_us:Int64} AND e.1 < {end_us:Int64}, log) AS inside,
            multiIf(
                {starts:String} = 'first_ever', arrayFilter(e -> e.1 = log[1].1, inside),
                {starts:String} = 'first_in_period', arrayFilter(e -> e.1 = inside[1].1, inside),
                inside
            ) AS starts
        FROM logs
    ),
    chained AS (
        SELECT
            actor,
            person,
            arrayMap(
                s -> arraySort(
                    arrayFilter(
                        e -> e.2 != 0,
                        arrayMap(
                            k -> arrayFirst(
                                e -> bitTest(e.3, k)
                                    AND (e.1, e.2) >= (s.1, s.2)
                                    AND e.1 - s.1 <= {window_us:Int64},
                                log
                            ),
                            range({steps:UInt32})
                        )
                    )
                ),
                starts
            ) AS chains,
            arrayMap(c -> length(c), chains) AS levels
        FROM started
        WHERE notEmpty(starts)
    )
SELECT
    actor,
    person,
    arrayMax(levels) AS level,
    arrayMap(e -> e.1, chains[indexOf(levels, level)]) AS times,
    arrayMap(e -> e.4, chains[indexOf(levels, level)]) AS values
FROM chained
ORDER BY actor
