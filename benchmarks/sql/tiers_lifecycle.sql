-- Life-cycle stage by each buyer's own rhythm: own gaps and one typical gap, kept within $rhythm_limit of the typical gap.
WITH
gaps AS (
    SELECT
        person_id, purchases,
        epoch_us($as_of) - epoch_us(last_purchase) AS passed,
        ($typical_gap_days * 86400000000 + epoch_us(last_purchase) - epoch_us(first_purchase)) // nullif(purchases, 0) AS own
    FROM facts
),
rhythms AS (
    SELECT
        person_id, purchases, passed,
        greatest(
            $typical_gap_days * 86400000000 // $rhythm_limit,
            least($typical_gap_days * 86400000000 * $rhythm_limit, own)
        ) AS rhythm
    FROM gaps
)
SELECT
    person_id,
    CASE
        WHEN purchases = 0 THEN 'none'
        WHEN passed >= $lost_factor * rhythm THEN 'lost'
        WHEN passed >= $declining_factor * rhythm THEN 'declining'
        WHEN purchases >= $mature_purchases THEN 'mature'
        WHEN purchases >= 2 THEN 'nurtured'
        ELSE 'acquired'
    END AS tier
FROM rhythms
