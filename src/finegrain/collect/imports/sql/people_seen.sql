-- The people of the good rows and when each was first seen.
SELECT person, coalesce(min("time"), getvariable('received_at')) FROM staged GROUP BY person ORDER BY min(n);
