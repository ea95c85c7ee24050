-- Keep the good rows of the batch, as far as the kind of rows has a column for what was read.
INSERT INTO staged BY NAME
SELECT checked.* EXCLUDE (reason, row_in_batch), $first + checked.row_in_batch AS n
FROM checked
WHERE reason IS NULL;
