-- How many events of each name there are.
SELECT event, count(*) FROM events GROUP BY event ORDER BY count(*) DESC, event;
