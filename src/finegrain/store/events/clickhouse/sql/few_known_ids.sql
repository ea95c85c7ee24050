-- The same for a few ids, which stand in the query.
SELECT DISTINCT message_id
FROM events
WHERE seq >= {first_seq:Int64} AND seq <= {last_seq:Int64} AND message_id IN {message_ids:Array(String)}
