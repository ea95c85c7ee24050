-- The people with a path that passes one cell.
SELECT DISTINCT owner
FROM cells
WHERE slot = {slot:Int64} AND position = {position:Int64} AND near = {near:Int64} AND far = {far:Int64}
ORDER BY owner
