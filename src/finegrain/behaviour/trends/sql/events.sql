-- How many events lie in each row and bucket.
SELECT row, bucket, count() AS events
FROM matched
GROUP BY row, bucket
