-- Value by share of buyers: the top $high and $mid percent by revenue, equal revenue together, nobody without revenue.
WITH ranked AS (
    SELECT
        person_id, purchases, revenue,
        count(*) FILTER (purchases > 0) OVER () AS buyers,
        count(*) FILTER (purchases > 0) OVER (ORDER BY revenue DESC RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS above
    FROM facts
)
SELECT
    person_id,
    CASE
        WHEN purchases = 0 THEN 'none'
        WHEN revenue > 0 AND 100 * above < $high * buyers THEN 'high'
        WHEN revenue > 0 AND 100 * above < $mid * buyers THEN 'mid'
        ELSE 'low'
    END AS tier
FROM ranked
