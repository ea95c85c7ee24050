"""The addresses of the pages of segments: any name fits into a path."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlencode

PATH = "/segments"
NEW = f"{PATH}/new"
NEW_LIST = f"{PATH}/new-list"
_TAKEN = {"new", "new-list", ".", ".."}
"""Names that would lead elsewhere: to pages of ours, or up the path."""


def segment_url(name: str, *, person: str = "") -> str:
    """Give the address of a segment's page.

    A server has taken the path apart before it shows what a ``%2F`` stood for, so slashes are escaped twice.

    Args:
        name: of the segment.
        person: an id of whom the page explains at once.

    Examples:
        >>> segment_url("回流 50%/周"), segment_url("new")
        ('/segments/%E5%9B%9E%E6%B5%81%2050%2525%252F%E5%91%A8', '/segments/%256Eew')
    """
    query = f"?{urlencode({'person': person}, quote_via=quote)}" if person else ""
    return f"{PATH}/{quote(_escaped(name), safe='')}{query}"


def edit_url(name: str) -> str:
    """Give the address of the builder with a segment's rule."""
    return f"{segment_url(name)}/edit"


def people_csv_url(name: str) -> str:
    """Give the address of a segment's people as a CSV file."""
    return f"{segment_url(name)}/people.csv"


def name_in(part: str) -> str:
    """Give the name that a part of a path stands for, once the server has read it.

    Examples:
        >>> name_in("%6Eew"), name_in("50%25%2F周")
        ('new', '50%/周')
    """
    return unquote(part)


def _escaped(name: str) -> str:
    if name in _TAKEN:
        return f"%{ord(name[0]):02X}{name[1:]}"
    return name.replace("%", "%25").replace("/", "%2F")
