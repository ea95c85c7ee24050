-- Everybody of every cohort, with the periods in which they came back; with `on_or_after` the last of them alone, beside period 0.
WITH
    placed AS (
        SELECT
            actor,
            person,
            time_us,
            -- One number, as the smallest of tuples takes six times as long to find.
            bitShiftLeft(toInt128(time_us), 64) + seq AS place,
            "group",
            bitTest(bits, 0) AS starts,
            bitTest(bits, 1) AS returns,
            starts AND time_us >= {start_us:Int64} AND time_us < {end_us:Int64} AS begins,
            -- The last edge stands for any time beyond it.
            if(
                time_us < {start_us:Int64},
                -1,
                toInt64(
                    transform(
                        roundDown(time_us, {edges_us:Array(Int64)}),
                        {edges_us:Array(Int64)},
                        range(length({edges_us:Array(Int64)})),
                        0
                    )
                )
            ) AS bucket
        FROM matched
    ),
    cells AS (
        SELECT
            actor,
            bucket,
            any(person) AS person,
            max(starts) AS started,
            max(begins) AS begun,
            max(returns) AS returned,
            minIf(place, begins) AS first,
            argMinIf("group", place, begins) AS "group",
            -- No start that is a return as well stands before the first one; other returns may, at the same instant.
            maxIf(place, returns AND starts) > first
                OR maxIf(time_us, returns AND NOT starts) >= minIf(time_us, begins) AS again
        FROM placed
        GROUP BY actor, bucket
    ),
    actors AS (
        SELECT
            actor,
            any(person) AS person,
            arraySort(groupArrayIf((bucket, "group", again AND returned), begun)) AS begun_in,
            minIf(bucket, started) AS earliest,
            if(
                {cohort:String} = 'recurring',
                begun_in,
                arrayFilter(c -> c.1 = earliest, arraySlice(begun_in, 1, 1))
            ) AS cohorts,
            arraySort(groupArrayIf(bucket, returned)) AS came
        FROM cells
        GROUP BY actor
        HAVING notEmpty(cohorts)
    )
SELECT
    person,
    c.1 AS cohort,
    c.2 AS "group",
    arrayConcat(
        if(c.3, [0], []),
        if(
            {mode:String} = 'on_or_after',
            arrayFilter(p -> p > 0, [least(came[-1] - cohort, {periods:Int64})]),
            arrayFilter(p -> p > 0 AND p <= {periods:Int64}, arrayMap(b -> b - cohort, came))
        )
    ) AS periods
FROM actors
ARRAY JOIN cohorts AS c
