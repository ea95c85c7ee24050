-- The digests of the message ids of the events from a number on.
SELECT halfMD5(message_id) AS digest, seq FROM events WHERE seq >= {first_seq:Int64}
