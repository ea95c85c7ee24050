-- The dictionary of who owns the few distinct ids that changed hands, from when until when, in microseconds.
CREATE OR REPLACE DICTIONARY later_owners (
    distinct_id String,
    from_us Int64,
    until_us Int64,
    person_id Int64
)
PRIMARY KEY distinct_id
SOURCE(CLICKHOUSE({login}QUERY 'SELECT distinct_id, from_us, until_us, person_id FROM (SELECT distinct_id, later_from_us AS from_each, arrayPushBack(arrayMap(us -> us - 1, arrayPopFront(later_from_us)), toInt64(9223372036854775807)) AS until_each, later_person_ids AS each FROM {database}.owners FINAL WHERE notEmpty(later_from_us) AND version >= (SELECT max(whole_version) FROM {database}.owner_states)) ARRAY JOIN from_each AS from_us, until_each AS until_us, each AS person_id'))
LAYOUT(COMPLEX_KEY_RANGE_HASHED())
RANGE(MIN from_us MAX until_us)
LIFETIME(0);
