"""Lengths of time as queries write them: ``30m``, ``12h``, ``7d``, ``2w``."""

from __future__ import annotations

import re

from finegrain.behaviour.errors import BadQueryError
from finegrain.i18n import Phrase

_DURATION = re.compile(r"([1-9]\d{0,5})([smhdw])")
_UNITS_US = {"s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000, "w": 604_800_000_000}
MOST_DAYS = 3_660


def read_duration(text: str, field: str) -> int:
    """Give a length of time in microseconds; a day is 24 hours.

    Args:
        text: a whole number with ``s``, ``m``, ``h``, ``d`` or ``w``.
        field: the query's field, for the message.

    Raises:
        BadQueryError: it cannot be read, or is longer than ten years.

    Examples:
        >>> read_duration("12h", "window") == 12 * 3_600_000_000
        True
    """
    found = _DURATION.fullmatch(text)
    length = int(found[1]) * _UNITS_US[found[2]] if found else 0
    if not 0 < length <= MOST_DAYS * _UNITS_US["d"]:
        allowed = Phrase("a length of time such as 30m, 12h, 7d or 2w, at most {most}d", most=MOST_DAYS)
        raise BadQueryError(field=field, value=text or "“”", allowed=allowed)
    return length
