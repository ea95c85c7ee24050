-- The lines that were refused and why; in a replay a line is the number of a dead letter.
SELECT line, reason FROM refused;
