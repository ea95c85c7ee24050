-- All intervals: of each start the first end after it, unless another start stands before that one and the latest alone counts.
WITH
    looked AS (
        SELECT
            *,
            -- Backwards, the rows before an event are those after it in time.
            min(if(bitTest(bits, 1), time_us, NULL)) OVER later AS ended_us,
            last_value(bitTest(bits, 1)) OVER later AS ends_next
        FROM matched
        WINDOW later AS (PARTITION BY actor ORDER BY time_us DESC, seq DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    )
SELECT actor, person, time_us AS start_us, assumeNotNull(ended_us) - time_us AS length_us, "group"
FROM looked
WHERE bitTest(bits, 0)
    AND time_us < {end_us:Int64}
    AND isNotNull(ended_us)
    AND ended_us - time_us <= {window_us:Int64}
    AND ({closing:String} = 'every' OR ends_next)
ORDER BY actor, time_us, seq
