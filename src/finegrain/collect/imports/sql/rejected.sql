-- How many rows were refused for each reason, most frequent first.
SELECT reason, count(*) FROM refused GROUP BY reason ORDER BY count(*) DESC, reason;
