-- Everybody's order facts over a plain table of orders: what the index answers from its arrays.
SELECT
    person,
    count(*) AS purchases,
    CAST(sum(amount_minor) AS BIGINT) AS revenue_minor,
    min(time_us) AS first_purchase_us,
    max(time_us) AS last_purchase_us,
    count(*) FILTER (WHERE time_us >= $window_start_us) AS window_purchases,
    CAST(coalesce(sum(amount_minor) FILTER (WHERE time_us >= $window_start_us), 0) AS BIGINT) AS window_revenue_minor
FROM orders
WHERE time_us < $as_of_us
GROUP BY person;
