-- A text as an exact amount, null where it is none. Most texts are plain numbers and take the first way.
CREATE TEMP MACRO read_amount(x, marks) AS
coalesce(try_cast(x AS DECIMAL(18, 6)), try_cast(amount_point(amount_digits(x, marks)) AS DECIMAL(18, 6)));
