-- How often each source sent each event, among those that arrived after one number and up to another; in order of arrival.
SELECT event, source, min(seq), count(*), epoch_us(min(received_at)), epoch_us(max(received_at))
FROM events
WHERE seq > $after_seq AND seq <= $until_seq
GROUP BY event, source
ORDER BY min(seq);
