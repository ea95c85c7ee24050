-- The people with an event behind a figure.
SELECT DISTINCT person
FROM matched
WHERE inside AND numbered
ORDER BY person
