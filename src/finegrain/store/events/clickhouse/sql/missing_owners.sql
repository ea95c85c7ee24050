-- The distinct ids that have events but no owner, and when each was seen first.
SELECT distinct_id, toUnixTimestamp64Micro(min(time))
FROM events
WHERE dictGet('first_owners', 'person_id', tuple(distinct_id)) = 0
GROUP BY distinct_id
ORDER BY distinct_id;
