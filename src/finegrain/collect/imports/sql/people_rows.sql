-- The good rows of people, in the order of the files.
SELECT person, "time", CAST(traits AS VARCHAR) FROM staged ORDER BY n;
