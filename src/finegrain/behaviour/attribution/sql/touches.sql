-- The most frequent names of touches.
SELECT called
FROM matched
WHERE bitAnd(bits, {touches:UInt32}) != 0 AND called != ''
GROUP BY called
ORDER BY count() DESC, called
LIMIT {most:UInt32}
