-- Everybody with any of the events.
SELECT DISTINCT person
FROM matched
