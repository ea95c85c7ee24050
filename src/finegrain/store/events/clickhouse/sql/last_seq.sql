-- The number of the event that arrived last.
SELECT max(seq) FROM events
