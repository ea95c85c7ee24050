-- The digests of the message ids of the events from a number on.
SELECT hash(message_id) AS digest, seq FROM events WHERE seq >= $first_seq;
