-- The positions in the batch whose message id is that of the stored event with the same digest.
SELECT DISTINCT asked.position
FROM asked
JOIN events ON events.seq = asked.seq
JOIN batch ON batch.position = asked.position
WHERE events.message_id = batch.message_id;
