-- Event rows that are good, in the order of the files.
CREATE TEMP TABLE staged (n BIGINT, person VARCHAR, event VARCHAR, "time" TIMESTAMP, message_id VARCHAR, properties JSON);
