-- The best chain of each actor: each step is the earliest matching event at or after the one before it, no event matching two.
WITH
    logs AS (
        SELECT actor, any(person) AS person, arraySort(groupArray((time_us, seq, bits, value))) AS log
        FROM matched
        GROUP BY actor
    ),
    started AS (
        SELECT
            actor,
            person,
            log,
            arrayFilter(e -> bitTest(e.3, 0), log) AS firsts,
            arrayFilter(e -> e.1 >= {start_us:Int64} AND e.1 < {end_us:Int64}, firsts) AS inside,
            multiIf(
                {starts:String} = 'first_ever', arrayFilter(e -> e.1 = firsts[1].1, inside),
                {starts:String} = 'first_in_period', arrayFilter(e -> e.1 = inside[1].1, inside),
                inside
            ) AS starts
        FROM logs
    ),
    chained AS (
        SELECT
            actor,
            person,
            log,
            arrayMap(
                s -> arrayFold(
                    (chain, k) -> arrayPushBack(
                        chain,
                        -- An event without a number stands for a step that was not reached.
                        arrayFirst(
                            e -> chain[-1].2 != 0
                                AND bitTest(e.3, k)
                                AND e.1 >= chain[-1].1
                                AND e.1 - s.1 <= {window_us:Int64},
                            log
                        )
                    ),
                    range(1, {steps:UInt32}),
                    [s]
                ),
                starts
            ) AS chains
        FROM started
        WHERE notEmpty(starts)
    ),
    measured AS (
        SELECT
            actor,
            person,
            chains,
            arrayMap(
                c -> arrayMin(
                    arrayPushBack(
                        arrayMap(
                            (x, after, before) -> if(
                                c[before].2 != 0
                                    AND arrayExists(e -> bitTest(e.3, {steps:UInt32} + x) AND e.1 > c[after].1 AND e.1 < c[before].1, log),
                                before - 1,
                                {steps:UInt32}
                            ),
                            range(length({void_after:Array(UInt32)})),
                            {void_after:Array(UInt32)},
                            {void_before:Array(UInt32)}
                        ),
                        arrayCount(e -> e.2 != 0, c)
                    )
                ),
                chains
            ) AS levels
        FROM chained
    )
SELECT
    actor,
    person,
    arrayMax(levels) AS level,
    arrayMap(e -> e.1, chains[indexOf(levels, level)]) AS times,
    arrayMap(e -> e.4, chains[indexOf(levels, level)]) AS values
FROM measured
ORDER BY actor
