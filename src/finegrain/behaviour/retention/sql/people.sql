-- Who is in a cell; a period or group of −1 stands for all.
SELECT DISTINCT person
FROM members
WHERE cohort = {wanted_cohort:Int64}
    AND ({wanted_group:Int64} = -1 OR "group" = {wanted_group:Int64})
    AND (
        {wanted_period:Int64} = -1
        OR {wanted_returned:Bool} = if(
            {mode:String} = 'on_or_after' AND {wanted_period:Int64} > 0,
            arrayMax(arrayPushFront(periods, 0)) >= {wanted_period:Int64},
            has(periods, {wanted_period:Int64})
        )
    )
ORDER BY person
