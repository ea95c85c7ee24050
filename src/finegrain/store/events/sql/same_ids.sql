-- The positions asked for whose message id is that of the event with the number asked for.
SELECT DISTINCT asked.position
FROM asked
JOIN events ON events.seq = asked.seq
WHERE events.message_id = asked.message_id;
