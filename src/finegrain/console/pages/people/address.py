"""The address of the list of people: search, filters, order and page as a URL that can be kept and sent on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlencode

from finegrain.access.masking import masking
from finegrain.audience.directory import SORT_KEYS, SortKey
from finegrain.audience.tiers.contract import SCHEMES, SchemeName

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH = "/people"
PER_PAGE = 25
_DEFAULT_SORT: SortKey = "last_event"
_OWN = "tier_"
"""What stands before the name of a scheme of one's own, so that none is taken for another parameter."""


@dataclass(frozen=True)
class PeopleAddress:
    """What the list of people shows.

    Attributes:
        text: what is searched for.
        tiers: scheme → tier key; a person must be in all of them.
        sort, descending: the order.
        page: counted from 1.
        as_of: the moment as it stands in the URL; empty for the workspace's own.
    """

    text: str = ""
    tiers: dict[SchemeName, str] = field(default_factory=dict)
    sort: SortKey = _DEFAULT_SORT
    descending: bool = True
    page: int = 1
    as_of: str = ""

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> Self:
        """Read the query of a URL; what is missing or makes no sense gets its default.

        Examples:
            >>> PeopleAddress.parse({"q": "li", "value": "high", "page": "x"}).tiers
            {'value': 'high'}
        """
        sort = query.get("sort", "")
        page = query.get("page", "")
        return cls(
            text=query.get("q", ""),
            tiers={scheme: query[name] for scheme, name in _schemes(query).items() if query[name]},
            sort=next((key for key in SORT_KEYS if key == sort), _DEFAULT_SORT),
            descending=query.get("order") != "asc",
            page=max(1, int(page)) if page.isdecimal() and len(page) < 10 else 1,  # noqa: PLR2004 - fits an int64 offset
            as_of=query.get("as_of", ""),
        )

    def query(self) -> dict[str, str]:
        """Give the parts that differ from the defaults, as they stand in the URL."""
        parts: dict[str, str] = {"q": self.text, "as_of": self.as_of}
        parts |= {scheme if scheme in SCHEMES else _OWN + scheme: key for scheme, key in self.tiers.items()}
        if (self.sort, self.descending) != (_DEFAULT_SORT, True):
            parts |= {"sort": self.sort, "order": "desc" if self.descending else "asc"}
        if self.page > 1:
            parts["page"] = str(self.page)
        return {name: value for name, value in parts.items() if value}

    def url(self) -> str:
        """Give the address as a path with a query."""
        return _join(PATH, self.query())

    def export_url(self) -> str:
        """Give the address of the whole list as a CSV file."""
        return _join(f"{PATH}.csv", {name: value for name, value in self.query().items() if name != "page"})

    def but(self, **changes: Any) -> Self:
        """Give the address after ``changes``, on its first page unless ``page`` is among them."""
        return replace(self, **{"page": 1, **changes})

    @property
    def is_filtered(self) -> bool:
        """Whether the list shows fewer than everybody."""
        return bool(self.text.strip() or self.tiers)


def person_url(person_id: int, as_of: str = "") -> str:
    """Give the address of one person's page, at the same moment as the list it was opened from."""
    return _join(f"{PATH}/{person_id}", {"as_of": as_of} if as_of else {})


def _schemes(query: Mapping[str, str]) -> dict[SchemeName, str]:
    """Give the schemes that a query filters by, each with the name of its parameter."""
    own = {name.removeprefix(_OWN): name for name in query if name.startswith(_OWN)}
    return {**{scheme: scheme for scheme in SCHEMES if scheme in query}, **own}


def _join(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query, quote_via=quote)}" if query else path


def allowed(address: PeopleAddress) -> PeopleAddress:
    """Give ``address`` without its text for a reader who sees personal data masked: what is found would tell what is hidden."""
    return address.but(text="") if masking() else address
