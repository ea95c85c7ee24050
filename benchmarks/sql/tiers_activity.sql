-- Activity by the last event of any kind; people without a purchase stand apart where $buyers_only.
SELECT
    person_id,
    CASE
        WHEN purchases = 0 AND $buyers_only THEN 'none'
        WHEN $as_of - coalesce(last_event, known_since) >= to_days($churned_days) THEN 'churned'
        WHEN $as_of - coalesce(last_event, known_since) >= to_days($silent_days) THEN 'silent'
        WHEN $as_of - known_since < to_days($new_days) THEN 'new'
        ELSE 'active'
    END AS tier
FROM facts
