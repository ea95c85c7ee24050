-- What there is to say of the numbers of each row and bucket; sums are whole millionths, which add up the same in any order.
WITH
    counted AS (
        SELECT
            row,
            bucket,
            ifNull(abs(number) <= {largest:Float64}, 0) AS numbered,
            if(numbered, assumeNotNull(number), 0.) AS value,
            roundBankers(value * 1000000.) AS millionths,
            -- No conversion of floats to wide integers is exact; these two parts fit into 64 bits.
            toInt64(trunc(millionths / {word:Float64})) AS high,
            toInt64(millionths - high * {word:Float64}) AS low
        FROM matched
    )
SELECT
    row,
    bucket,
    count() AS events,
    countIf(numbered) AS numbers,
    toString(sum(toInt128(high))) AS high,
    toString(sum(toInt128(low))) AS low,
    minIf(value, numbered) AS least,
    maxIf(value, numbered) AS most
FROM counted
GROUP BY row, bucket
