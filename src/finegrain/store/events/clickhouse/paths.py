"""The path under which a property of any name stands in a JSON column."""

from __future__ import annotations

import re
from urllib.parse import quote

_SPECIAL = re.compile(r"[\x00-/:-@\[-^`{-\x7f]")
_EMPTY = "%"


def property_path(name: str) -> str:
    """Give the path of a property: its name, percent-encoded where it holds ASCII other than letters, digits and underscore.

    ClickHouse reads a dot in a path as a step inward, and brackets, colons and quotes as its own; no path holds any of them.

    Examples:
        >>> property_path("price"), property_path("页面"), property_path("a.b"), property_path("")
        ('price', '页面', 'a%2Eb', '%')
    """
    if not name:
        return _EMPTY
    return quote(name, safe="").replace(".", "%2E").replace("-", "%2D").replace("~", "%7E") if _SPECIAL.search(name) else name
