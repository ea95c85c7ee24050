-- The message ids of the events from a number on.
SELECT message_id, seq FROM events WHERE seq >= $first_seq;
