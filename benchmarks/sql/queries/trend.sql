-- Events by day.
SELECT CAST(t AS DATE) AS day, count(*) FROM e GROUP BY day ORDER BY day;
