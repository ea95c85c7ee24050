"""The address of the page of a scheme over time: its days, and the move whose people are listed, as a URL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlencode

from finegrain.console.pages.tiers.address import PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

NOWHERE = "-"
"""Stands in the address for no tier at all."""


@dataclass(frozen=True)
class HistoryAddress:
    """What the page shows.

    Attributes:
        scheme: whose tiers.
        first, last: civil days in ISO form; empty for the page's own choice.
        was, now: the move whose people are listed, keys of tiers or ``NOWHERE``; empty for none.
    """

    scheme: str
    first: str = ""
    last: str = ""
    was: str = ""
    now: str = ""

    @classmethod
    def parse(cls, scheme: str, query: Mapping[str, str]) -> Self:
        """Read the query of a URL."""
        return cls(scheme, *(query.get(name, "") for name in ("first", "last", "was", "now")))

    def url(self) -> str:
        """Give the address as a path with a query."""
        query = {name: value for name, value in vars(self).items() if value and name != "scheme"}
        path = f"{PATH}/{quote(self.scheme)}/history"
        return f"{path}?{urlencode(query, quote_via=quote)}" if query else path

    def but(self, **changes: Any) -> Self:
        """Give the address after ``changes``."""
        return replace(self, **changes)
