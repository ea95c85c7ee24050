-- Purchase frequency; who has not bought for $lapsed_days is long without purchase.
SELECT
    person_id,
    CASE
        WHEN purchases = 0 THEN 'never'
        WHEN $as_of - last_purchase >= to_days($lapsed_days) THEN 'lapsed'
        WHEN purchases = 1 THEN 'first'
        ELSE 'repeat'
    END AS tier
FROM facts
