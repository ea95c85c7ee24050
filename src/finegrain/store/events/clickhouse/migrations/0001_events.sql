-- Events: one row each, never changed; seq is the order of arrival. `properties` is the whole document; the three JSON columns
-- hold its top level, read when it arrived (documents.py): each value as text, as a finite number, and as a decimal where the
-- text alone does not give it. Their paths are names as paths.py writes them.
CREATE TABLE IF NOT EXISTS events (
    seq Int64 CODEC(Delta, ZSTD),
    message_id String CODEC(ZSTD),
    distinct_id String CODEC(ZSTD),
    event LowCardinality(String),
    time DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    received_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    source LowCardinality(String),
    historical Bool,
    properties String CODEC(ZSTD(3)),
    -- A JSON column that is filled from text directly guesses dates, whatever the settings; a cast does as they say.
    texts_given String EPHEMERAL '{}',
    numbers_given String EPHEMERAL '{}',
    decimals_given String EPHEMERAL '{}',
    texts JSON DEFAULT CAST(texts_given AS JSON),
    numbers JSON DEFAULT CAST(numbers_given AS JSON),
    decimals JSON DEFAULT CAST(decimals_given AS JSON),
    -- One entry a part: what arrived lately lies in small parts, and the large ones are not looked into.
    INDEX arrival seq TYPE minmax GRANULARITY 1000000000
)
ENGINE = MergeTree
ORDER BY (distinct_id, time, seq)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000;

-- Message ids that are looked up, for the length of one look-up.
CREATE TABLE IF NOT EXISTS asked (message_id String) ENGINE = Memory;
