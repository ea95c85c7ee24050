-- How many events of each name happened from each edge on until the next; edges are microseconds since 1970, in order.
SELECT event, roundDown(toUnixTimestamp64Micro(time), {edges:Array(Int64)}) AS edge, count()
FROM events
WHERE time >= fromUnixTimestamp64Micro({first:Int64}, 'UTC') AND time < fromUnixTimestamp64Micro({last:Int64}, 'UTC')
    AND ({any_event:Bool} OR event = {event:String})
    AND ({any_source:Bool} OR source = {source:String})
GROUP BY event, edge
