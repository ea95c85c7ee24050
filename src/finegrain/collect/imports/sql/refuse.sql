-- Keep the refused rows of the batch, as they were read.
INSERT INTO refused
SELECT $first + row_in_batch, $file, line, reason, raw
FROM refused_here;
