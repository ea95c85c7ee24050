-- RFM, scores 1–5 by quantile of the people who bought in the window, then the eleven named segments; needs map(r, fm, tier).
WITH
figures AS (
    SELECT
        person_id, purchases, window_purchases AS f, window_revenue AS m,
        (epoch_us($as_of) - epoch_us(last_purchase)) // 86400000000 AS r
    FROM facts
    WHERE purchases > 0
),
counted AS (
    SELECT
        *,
        count(*) FILTER (f > 0) OVER () AS n,
        count(*) FILTER (f > 0) OVER (ORDER BY r DESC RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS r_below,
        count(*) FILTER (f > 0) OVER (ORDER BY f RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS f_below,
        count(*) FILTER (f > 0) OVER (ORDER BY m RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS m_below
    FROM figures
),
scored AS (
    SELECT
        person_id,
        1 + least(4, coalesce(5 * r_below // nullif(n, 0), 0)) AS r,
        1 + least(4, coalesce(5 * f_below // nullif(n, 0), 0)) AS f,
        1 + least(4, coalesce(5 * m_below // nullif(n, 0), 0)) AS m
    FROM counted
),
paired AS (
    SELECT
        person_id, r,
        CASE $second_score WHEN 'frequency' THEN f WHEN 'money' THEN m ELSE ceil((f + m) / 2.0)::BIGINT END AS fm
    FROM scored
)
SELECT facts.person_id, coalesce(map.tier, 'none') AS tier
FROM facts
LEFT JOIN paired USING (person_id)
LEFT JOIN map ON map.r = paired.r AND map.fm = paired.fm
