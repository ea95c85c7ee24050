-- The number of the first event that arrived within the window; one more than the last when none did.
SELECT coalesce(
    (SELECT min(seq) FROM events WHERE received_at >= make_timestamp($oldest_us)),
    (SELECT coalesce(max(seq), 0) + 1 FROM events)
);
