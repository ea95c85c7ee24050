-- The best chain of each actor without any other event between its steps; `matched` holds all events of everybody.
WITH
    logs AS (
        SELECT actor, any(person) AS person, arraySort(groupArray((time_us, seq, bits, value))) AS log
        FROM matched
        GROUP BY actor
        HAVING max(bitTest(bits, 0))
    ),
    started AS (
        SELECT
            actor,
            person,
            log,
            arrayFilter(i -> bitTest(log[i].3, 0), range(1, length(log) + 1)) AS firsts,
            arrayFilter(i -> log[i].1 >= {start_us:Int64} AND log[i].1 < {end_us:Int64}, firsts) AS inside,
            multiIf(
                {starts:String} = 'first_ever', arrayFilter(i -> log[i].1 = log[firsts[1]].1, inside),
                {starts:String} = 'first_in_period', arrayFilter(i -> log[i].1 = log[inside[1]].1, inside),
                inside
            ) AS starts
        FROM logs
    ),
    chained AS (
        SELECT
            actor,
            person,
            arrayMap(
                i -> arrayFold(
                    (chain, k) -> arrayPushBack(
                        chain,
                        arrayFirst(
                            e -> chain[-1].2 != 0 AND bitTest(e.3, k) AND e.1 - log[i].1 <= {window_us:Int64},
                            arraySlice(log, i + k, 1)
                        )
                    ),
                    range(1, {steps:UInt32}),
                    [log[i]]
                ),
                starts
            ) AS chains,
            arrayMap(c -> arrayCount(e -> e.2 != 0, c), chains) AS levels
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
