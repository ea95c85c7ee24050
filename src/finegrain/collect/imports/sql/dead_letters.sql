-- The refused rows as dead letters; equal rows are told apart by their number, so that the same file leaves them once.
SELECT
    file,
    line,
    reason,
    raw,
    CAST(
        md5_number_upper(concat_ws(chr(31), getvariable('kind'), raw, row_number() OVER (PARTITION BY raw ORDER BY n))) >> 1 AS BIGINT
    ) AS row_hash
FROM refused
ORDER BY n;
