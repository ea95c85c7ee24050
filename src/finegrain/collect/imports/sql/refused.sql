-- Rows that are refused: where they stand, why, and as they were read.
CREATE TEMP TABLE refused (n BIGINT, file INTEGER, line BIGINT, reason VARCHAR, raw VARCHAR);
