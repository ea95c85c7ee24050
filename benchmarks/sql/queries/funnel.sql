-- How many people reach each of three steps within seven days.
SELECT level, count()
FROM (
    SELECT p, windowFunnel(604800000000)(toUInt64(t), e = 'Product Viewed', e = 'Product Added', e = 'Checkout Started') AS level
    FROM e
    WHERE e IN ('Product Viewed', 'Product Added', 'Checkout Started')
    GROUP BY p
)
GROUP BY level
