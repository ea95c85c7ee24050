"""The address of the tiers page: scheme, moment, thresholds tried out, and the people shown, as a URL."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlencode

from finegrain.audience.tiers.contract import SCHEMES, SchemeName

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH = "/tiers"
DRAFT = "set."
"""Starts the names of the query parts that hold thresholds tried out and not saved."""
DEFAULT_OTHER: dict[SchemeName, SchemeName] = {
    "rfm": "activity",
    "activity": "value",
    "value": "activity",
    "frequency": "activity",
    "lifecycle": "value",
}
"""The scheme that each one is crossed with until somebody chooses."""
OTHER: SchemeName = "activity"
"""The same of schemes of one's own."""


@dataclass(frozen=True)
class TiersAddress:
    """What the tiers page shows.

    Attributes:
        scheme: the scheme whose tab is open.
        as_of: the moment as it stands in the URL; empty for the workspace's own.
        draft: thresholds that were edited and not saved; in the URL, so that they survive a restart and can be sent on.
        by: the scheme that the matrix crosses with; never ``scheme`` itself.
        tier: the tier whose people are listed; empty for none.
        cell: the tier of ``by`` to which that list is narrowed; empty for no narrowing.
    """

    scheme: SchemeName
    as_of: str = ""
    draft: dict[str, str] = field(default_factory=dict)
    by: SchemeName = "activity"
    tier: str = ""
    cell: str = ""

    @classmethod
    def parse(cls, scheme: SchemeName, query: Mapping[str, str]) -> Self:
        """Read the query of a URL; what is missing or makes no sense gets its default."""
        by = query.get("by", "")
        chosen = next((name for name in SCHEMES if name == by and name != scheme), DEFAULT_OTHER.get(scheme, OTHER))
        tier = query.get("tier", "")
        return cls(
            scheme=scheme,
            as_of=query.get("as_of", ""),
            draft={name.removeprefix(DRAFT): value for name, value in query.items() if name.startswith(DRAFT) and value},
            by=chosen,
            tier=tier,
            cell=query.get("cell", "") if tier else "",
        )

    def query(self) -> dict[str, str]:
        """Give the parts that differ from the defaults, as they stand in the URL."""
        parts = {"as_of": self.as_of, **{DRAFT + name: value for name, value in self.draft.items()}}
        if self.by != DEFAULT_OTHER.get(self.scheme, OTHER):
            parts["by"] = self.by
        parts |= {"tier": self.tier, "cell": self.cell}
        return {name: value for name, value in parts.items() if value}

    def url(self) -> str:
        """Give the address as a path with a query."""
        return _join(f"{PATH}/{self.scheme}", self.query())

    def table_url(self) -> str:
        """Give the address of the table of tiers as a CSV file."""
        query = {name: value for name, value in self.query().items() if name not in {"by", "tier", "cell"}}
        return _join(f"{PATH}/{self.scheme}.csv", query)

    def people_url(self) -> str:
        """Give the address of the people listed as a CSV file."""
        return _join(f"{PATH}/{self.scheme}/people.csv", self.query())

    def but(self, **changes: Any) -> Self:
        """Give the address after ``changes``."""
        return replace(self, **changes)

    def at_scheme(self, scheme: SchemeName) -> Self:
        """Give the address of another scheme at the same moment; thresholds tried out and lists belong to this one only."""
        return type(self)(scheme, as_of=self.as_of, by=DEFAULT_OTHER.get(scheme, OTHER))


def _join(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query, quote_via=quote)}" if query else path
