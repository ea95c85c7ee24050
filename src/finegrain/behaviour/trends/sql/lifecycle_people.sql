-- The people of all actors who are in one state of life between two instants.
WITH
    lives AS (
        SELECT
            groupUniqArray(person) AS people,
            countIf(inside AND time_us >= {start_us:Int64}) > 0 AS here,
            countIf(inside AND time_us >= {before_us:Int64} AND time_us < {start_us:Int64}) > 0 AS before,
            countIf(inside AND time_us < {before_us:Int64}) > 0 AS earlier
        FROM matched
        GROUP BY actor
    )
SELECT DISTINCT arrayJoin(people) AS person
FROM lives
WHERE multiIf(
    {state:String} = 'new', here AND NOT before AND NOT earlier,
    {state:String} = 'returning', here AND before,
    {state:String} = 'resurrected', here AND NOT before AND earlier,
    before AND NOT here
)
ORDER BY person
