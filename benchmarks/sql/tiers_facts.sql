-- Facts of everybody in people(person_id, known_since) from orders(person_id, time, amount_minor): each order one purchase, no other events.
CREATE OR REPLACE TEMP TABLE facts AS
WITH bought AS (
    SELECT
        person_id,
        min(time) AS first_purchase,
        max(time) AS last_purchase,
        count(*) AS purchases,
        sum(amount_minor) AS revenue,
        count(*) FILTER (time >= $window_start) AS window_purchases,
        sum(amount_minor) FILTER (time >= $window_start) AS window_revenue
    FROM orders
    WHERE time < $as_of
    GROUP BY person_id
)
SELECT
    person_id,
    coalesce(first_purchase, people.known_since) AS known_since,
    last_purchase AS last_event,
    first_purchase,
    last_purchase,
    coalesce(purchases, 0)::INTEGER AS purchases,
    coalesce(revenue, 0)::BIGINT AS revenue,
    coalesce(window_purchases, 0)::INTEGER AS window_purchases,
    coalesce(window_revenue, 0)::BIGINT AS window_revenue
FROM people LEFT JOIN bought USING (person_id)
