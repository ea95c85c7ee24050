-- Keep the rows that could not be split into columns.
INSERT INTO refused SELECT n, file, line, 'broken_row', raw FROM broken;
