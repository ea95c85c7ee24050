-- When the latest event arrived, in microseconds since 1970; 0 when there is none.
SELECT toUnixTimestamp64Micro(max(received_at)) FROM events
