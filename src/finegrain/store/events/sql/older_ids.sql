-- The positions asked for whose message id stands among the events before a number.
SELECT DISTINCT asked.position
FROM asked
JOIN batch ON batch.position = asked.position
JOIN events ON events.message_id = batch.message_id
WHERE events.seq < $first_seq;
