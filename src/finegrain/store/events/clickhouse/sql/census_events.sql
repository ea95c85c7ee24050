-- How often each source sent each event, among those that arrived after one number and up to another; in order of arrival.
SELECT
    event, source, min(seq) AS first_seq, count(),
    toUnixTimestamp64Micro(min(received_at)), toUnixTimestamp64Micro(max(received_at))
FROM events
WHERE seq > {after_seq:Int64} AND seq <= {until_seq:Int64}
GROUP BY event, source
ORDER BY first_seq
