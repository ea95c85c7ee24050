-- RFM, eight classes, split at mean or median ($split) of the people who bought in the window.
WITH
figures AS (
    SELECT
        person_id, purchases, window_purchases AS f, window_revenue AS m,
        (epoch_us($as_of) - epoch_us(last_purchase)) // 86400000000 AS r
    FROM facts
),
bounds AS (
    SELECT
        CASE $split WHEN 'mean' THEN avg(r) ELSE median(r) END AS r,
        CASE $split WHEN 'mean' THEN avg(f) ELSE median(f) END AS f,
        CASE $split WHEN 'mean' THEN avg(m) ELSE median(m) END AS m
    FROM figures
    WHERE f > 0
),
halves AS (
    SELECT
        person_id, purchases,
        coalesce(figures.r < bounds.r, false) AS r,
        coalesce(figures.f > bounds.f, false) AS f,
        coalesce(figures.m > bounds.m, false) AS m
    FROM figures CROSS JOIN bounds
)
SELECT
    person_id,
    CASE
        WHEN purchases = 0 THEN 'none'
        WHEN r AND f AND m THEN 'important_value'
        WHEN r AND m THEN 'important_development'
        WHEN f AND m THEN 'important_retention'
        WHEN m THEN 'important_win_back'
        WHEN r AND f THEN 'general_value'
        WHEN r THEN 'general_development'
        WHEN f THEN 'general_retention'
        ELSE 'general_win_back'
    END AS tier
FROM halves
