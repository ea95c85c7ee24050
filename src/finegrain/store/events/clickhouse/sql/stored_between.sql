-- How many events have the numbers of one insert.
SELECT count() FROM events WHERE seq >= {first_seq:Int64} AND seq <= {last_seq:Int64}
