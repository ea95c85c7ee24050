-- Events: one row each, never changed; seq is the order of arrival.
CREATE TABLE events (
    seq BIGINT NOT NULL,
    message_id VARCHAR NOT NULL,
    distinct_id VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    "time" TIMESTAMP NOT NULL,
    received_at TIMESTAMP NOT NULL,
    source VARCHAR NOT NULL,
    historical BOOLEAN NOT NULL,
    properties VARIANT NOT NULL
);
