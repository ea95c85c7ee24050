-- Order rows that are good, in the order of the files.
CREATE TEMP TABLE staged (
    n BIGINT,
    person VARCHAR,
    order_id VARCHAR,
    "time" TIMESTAMP,
    amount DECIMAL(36, 12),
    refund BOOLEAN,
    prefixed BOOLEAN,
    cancelled BOOLEAN,
    refund_of VARCHAR,
    product JSON
);
