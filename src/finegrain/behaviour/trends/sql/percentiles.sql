-- The two neighbours of a percentile in each row and bucket, and in the whole period, which stands after the last bucket.
WITH
    sorted AS (
        SELECT
            row,
            arrayJoin([bucket, {buckets:Int64}]) AS place,
            arraySort(groupArray(assumeNotNull(number))) AS numbers
        FROM matched
        WHERE abs(number) <= {largest:Float64}
        GROUP BY row, place
    )
SELECT
    row,
    place AS bucket,
    (length(numbers) - 1) * {percent:Int64} AS hundredths,
    numbers[intDiv(hundredths, 100) + 1] AS below,
    numbers[intDiv(hundredths + 99, 100) + 1] AS above
FROM sorted
