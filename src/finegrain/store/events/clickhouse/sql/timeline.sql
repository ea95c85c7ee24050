-- The newest events of some spans of ids, newest first.
SELECT
    seq, message_id, distinct_id, event, toUnixTimestamp64Micro(time), toUnixTimestamp64Micro(received_at), source, properties
FROM events
WHERE distinct_id IN {distinct_ids:Array(String)}
    AND arrayExists(
        (id, from_us, until_us) ->
            id = distinct_id AND toUnixTimestamp64Micro(time) >= from_us AND toUnixTimestamp64Micro(time) < until_us,
        {distinct_ids:Array(String)}, {from_us:Array(Int64)}, {until_us:Array(Int64)}
    )
    AND (toUnixTimestamp64Micro(time), seq) < ({before_us:Int64}, {before_seq:Int64})
ORDER BY time DESC, seq DESC
LIMIT {limit:UInt64}
