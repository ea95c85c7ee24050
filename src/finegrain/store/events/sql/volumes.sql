-- How many events of each name happened between two neighbouring edges; edges are microseconds since 1970, in order.
WITH edges AS (
    SELECT row_number() OVER (ORDER BY edge) - 1 AS place, make_timestamp(edge) AS from_time,
        make_timestamp(lead(edge) OVER (ORDER BY edge)) AS to_time
    FROM (SELECT unnest($edges) AS edge)
)
SELECT events.event, edges.place, count(*)
FROM events
JOIN edges ON events."time" >= edges.from_time AND events."time" < edges.to_time
WHERE events."time" >= make_timestamp($first) AND events."time" < make_timestamp($last)
    AND ($event IS NULL OR events.event = $event)
    AND ($source IS NULL OR events.source = $source)
GROUP BY events.event, edges.place;
