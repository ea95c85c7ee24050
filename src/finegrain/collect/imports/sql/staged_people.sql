-- Rows of people that are good, in the order of the files.
CREATE TEMP TABLE staged (n BIGINT, person VARCHAR, "time" TIMESTAMP, traits JSON);
