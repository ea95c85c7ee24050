-- The digests of the message ids asked for, in their order.
SELECT hash(message_id) AS digest FROM asked ORDER BY position;
