-- The positions asked for whose message id stands among the events before a number.
SELECT DISTINCT asked.position
FROM asked
JOIN events ON events.message_id = asked.message_id
WHERE events.seq < $before_seq;
