-- Whether a text ends in a zone, so that it names an instant and not a civil time.
CREATE TEMP MACRO has_offset(x) AS regexp_matches(x, ':\d{2}(\.\d+)?\s*(Z|z|UTC|GMT|[+-]\d{2}(:?\d{2})?)$');
