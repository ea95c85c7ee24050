-- How many paths, and paths of how many different people or groups, each cell has.
SELECT slot, position, near, far, toInt64(count()) AS paths, toInt64(uniqExact(owner)) AS actors
FROM cells
GROUP BY slot, position, near, far
