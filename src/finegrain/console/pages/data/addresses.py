"""Where the data pages are, and how they lead to each other."""

from __future__ import annotations

from urllib.parse import quote, urlencode

SOURCES = "/data/sources"
LIVE = "/data/live"
REFUSED = "/data/refused"
HEALTH = "/data/health"


def source_path(name: str) -> str:
    """Give the page of a source."""
    return f"{SOURCES}/{quote(name, safe='')}"


def with_query(path: str, **parts: str) -> str:
    """Give ``path`` with those query parts that are not empty.

    Examples:
        >>> with_query("/data/live", source="my app", event="")
        '/data/live?source=my+app'
    """
    query = urlencode({name: value for name, value in parts.items() if value})
    return f"{path}?{query}" if query else path
