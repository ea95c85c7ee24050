-- The digests of the message ids of the registered batch, in its order.
SELECT hash(message_id) AS digest FROM batch ORDER BY position;
