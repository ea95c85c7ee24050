-- An amount in plain ASCII: full-width forms narrowed, spaces, apostrophes and currency marks removed, the sign in front.
CREATE TEMP MACRO amount_digits(x, marks) AS
regexp_replace(
    regexp_replace(
        regexp_replace(
            translate(upper(x), '０１２３４５６７８９．，－−（）＋', '0123456789.,--()+'),
            '[\s\x{00A0}\x{2009}\x{202F}\x{3000}''’]|' || marks, '', 'g'
        ),
        '^\((.*)\)$', '-\1'
    ),
    '^([^-]+)-$', '-\1'
);
