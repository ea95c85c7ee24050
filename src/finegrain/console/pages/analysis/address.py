"""The address of an analysis: the whole question, its moment, and the people shown, as a URL that can be kept and sent on."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finegrain.console.pages.analysis.contract import Selection

PATH = "/analysis"


@dataclass(frozen=True)
class AnalysisAddress:
    """What an analysis page shows.

    Attributes:
        kind: name of the kind of query.
        query: its fields as JSON values, as ``/api/v1/query/<kind>?q=`` takes them; None where the URL has none.
        as_of: the moment as it stands in the URL; empty for the workspace's own.
        select: the number whose people are listed; None for none.
        broken: whether the URL holds a question that cannot be read.
    """

    kind: str
    query: dict[str, Any] | None = None
    as_of: str = ""
    select: Selection | None = None
    broken: bool = False

    @classmethod
    def parse(cls, kind: str, parts: Mapping[str, str]) -> Self:
        """Read the query of a URL.

        Examples:
            >>> AnalysisAddress.parse("distribution", {"q": '{"event":"Order Completed"}'}).query
            {'event': 'Order Completed'}
            >>> AnalysisAddress.parse("distribution", {"q": "{"}).broken
            True
        """
        query = _read(parts.get("q", ""))
        select = _read(parts.get("select", "")) if query is not None else None
        return cls(kind, query, parts.get("as_of", ""), select, broken=bool(parts.get("q")) and query is None)

    def but(self, **changes: Any) -> Self:
        """Give the address after ``changes``."""
        return replace(self, **changes)

    def url(self) -> str:
        """Give the address as a path with a query."""
        return self._join(f"{PATH}/{self.kind}", select=True)

    def figures_url(self) -> str:
        """Give the address of the figures as a CSV file."""
        return self._join(f"{PATH}/{self.kind}.csv", select=False)

    def people_url(self) -> str:
        """Give the address of the people listed as a CSV file."""
        return self._join(f"{PATH}/{self.kind}/people.csv", select=True)

    def _join(self, path: str, *, select: bool) -> str:
        parts = {"q": _written(self.query), "as_of": self.as_of, "select": _written(self.select) if select else ""}
        query = urlencode({name: value for name, value in parts.items() if value}, quote_via=quote)
        return f"{path}?{query}" if query else path


def analysis_url(kind: str, query: Mapping[str, Any] | None = None) -> str:
    """Give the address of the page that asks a question."""
    return AnalysisAddress(kind, dict(query) if query else None).url()


def _read(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _written(values: Mapping[str, Any] | None) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) if values is not None else ""
