-- Value by cumulative share of revenue: the top people who together bring $high and $mid percent, equal revenue together.
WITH ranked AS (
    SELECT
        person_id, purchases, revenue,
        sum(revenue) FILTER (revenue > 0 AND purchases > 0) OVER () AS total,
        coalesce(
            sum(revenue) FILTER (revenue > 0 AND purchases > 0)
                OVER (ORDER BY revenue DESC RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
            0
        ) AS above
    FROM facts
)
SELECT
    person_id,
    CASE
        WHEN purchases = 0 THEN 'none'
        WHEN revenue > 0 AND 100 * above < $high * total THEN 'high'
        WHEN revenue > 0 AND 100 * above < $mid * total THEN 'mid'
        ELSE 'low'
    END AS tier
FROM ranked
