-- The dictionary of who owns each distinct id at first.
CREATE OR REPLACE DICTIONARY first_owners (
    distinct_id String,
    person_id Int64
)
PRIMARY KEY distinct_id
SOURCE(CLICKHOUSE({login}QUERY 'SELECT distinct_id, person_id FROM {database}.owners FINAL WHERE version >= (SELECT max(whole_version) FROM {database}.owner_states)'))
LAYOUT(COMPLEX_KEY_HASHED_ARRAY())
LIFETIME(0);
