-- When the event with a number happened, in microseconds since 1970.
SELECT toUnixTimestamp64Micro(time) FROM events WHERE seq = {seq:Int64}
