-- The number of the first event that arrived from a moment on; one more than the last when none did.
SELECT coalesce(
    (SELECT minOrNull(seq) FROM events WHERE received_at >= fromUnixTimestamp64Micro({oldest_us:Int64}, 'UTC')),
    (SELECT max(seq) + 1 FROM events)
)
