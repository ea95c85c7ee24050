-- To whom the events of each distinct id belong: at first, and from which microsecond on to whom else. The row of the highest
-- version counts.
CREATE TABLE IF NOT EXISTS owners (
    distinct_id String,
    person_id Int64,
    later_from_us Array(Int64),
    later_person_ids Array(Int64),
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY distinct_id
SETTINGS fsync_after_insert = 1;

-- The states that the owners were brought to: rows older than `whole_version` count no longer; `watermark` is the people room's.
CREATE TABLE IF NOT EXISTS owner_states (
    version UInt64,
    whole_version UInt64,
    watermark Array(Int64)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY tuple()
SETTINGS fsync_after_insert = 1;
