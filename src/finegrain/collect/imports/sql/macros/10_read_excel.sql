-- Days since 1899-12-30 as a civil time, to the millisecond: that is as exact as a spreadsheet's fraction of a day is.
CREATE TEMP MACRO read_excel(x) AS
CASE
    WHEN x BETWEEN 0 AND 2958466
        THEN make_timestamp(CAST(round(x * 86400000) AS BIGINT) * 1000 - 2209161600000000)
END;
