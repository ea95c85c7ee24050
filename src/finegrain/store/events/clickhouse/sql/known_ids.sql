-- Which of the message ids asked for stand among the events of a range.
SELECT DISTINCT message_id
FROM events
WHERE seq >= {first_seq:Int64} AND seq <= {last_seq:Int64} AND message_id IN (SELECT message_id FROM asked)
