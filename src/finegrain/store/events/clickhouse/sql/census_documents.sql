-- What a census of properties reads of the events in the same range.
SELECT seq, event, source, received_at, properties
FROM events
WHERE seq > {after_seq:Int64} AND seq <= {until_seq:Int64}
