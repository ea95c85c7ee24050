-- The paths: whose each is, the breakdown's value at its anchor, its names away from the anchor, and whether it goes on beyond.
WITH
    logs AS (
        SELECT actor AS owner, arraySort(groupArray((time_us, seq, bits, named, value))) AS log
        FROM matched
        GROUP BY actor
        HAVING max(bitAnd(bits, {anchor:UInt32}) != 0 AND time_us >= {start_us:Int64} AND time_us < {end_us:Int64})
    ),
    parts AS (
        SELECT
            owner,
            arrayJoin(
                if(
                    {by_session:Bool},
                    arraySplit((e, gap_us) -> gap_us >= {gap_us:Int64}, log, arrayDifference(arrayMap(e -> e.1, log))),
                    [log]
                )
            ) AS part
        FROM logs
    ),
    anchored AS (
        SELECT
            owner,
            part,
            arrayFirstIndex(
                e -> bitAnd(e.3, {anchor:UInt32}) != 0
                    AND ({by_session:Bool} OR (e.1 >= {start_us:Int64} AND e.1 < {end_us:Int64})),
                part
            ) AS place,
            part[place] AS anchor
        FROM parts
        WHERE place != 0 AND anchor.1 >= {start_us:Int64} AND anchor.1 < {end_us:Int64}
    ),
    walked AS (
        SELECT
            owner,
            anchor.5 AS value,
            if({backward:Bool}, arrayReverse(arraySlice(part, 1, place - 1)), arraySlice(part, place + 1)) AS away,
            arrayFilter(e -> bitAnd(e.3, {shown:UInt32}) != 0 AND abs(e.1 - anchor.1) <= {window_us:Int64}, away) AS shown,
            if({anchor_name:String} = '', anchor.4, {anchor_name:String}) AS first,
            arrayCompact(arrayPushFront(arrayMap(e -> e.4, shown), first)) AS whole
        FROM anchored
    )
SELECT owner, value, arraySlice(whole, 1, {depth:UInt32}) AS names, length(whole) > {depth:UInt32} AS beyond
FROM walked
