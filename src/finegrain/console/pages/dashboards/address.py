"""The addresses of the pages of dashboards."""

from __future__ import annotations

PATH = "/dashboards"


def number_in(text: str) -> int:
    """Give the number of a dashboard in an address; 0, which none has, where it is no number.

    Examples:
        >>> number_in("12"), number_in("twelve")
        (12, 0)
    """
    return int(text) if text.isdecimal() and len(text) < 19 else 0  # noqa: PLR2004 - what 64 bits hold


def dashboard_url(number: int) -> str:
    """Give the address of one dashboard."""
    return f"{PATH}/{number}"
