-- How many inserts of this store are still at work.
SELECT count() FROM system.processes WHERE startsWith(query_id, {prefix:String})
