"""The list of people: searched, filtered by tiers, sorted by what they did, one page at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from finegrain.behaviour.contract import NEVER
from finegrain.errors import UnknownNameError
from finegrain.i18n import Phrase
from finegrain.zones import from_us

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from finegrain.audience.tiers.contract import SchemeName
    from finegrain.audience.tiers.service import TierService
    from finegrain.behaviour.contract import PersonFacts
    from finegrain.behaviour.index import BehaviourIndex
    from finegrain.behaviour.service import IndexService
    from finegrain.people.contract import Person
    from finegrain.people.service import PeopleService

SortKey = Literal["last_event", "revenue", "purchases", "last_purchase", "known_since", "id"]
_SORT_FIELDS: dict[SortKey, str] = {
    "id": "person_ids",
    "known_since": "known_since_us",
    "last_event": "last_event_us",
    "last_purchase": "last_purchase_us",
    "purchases": "purchases",
    "revenue": "revenue_minor",
}
SORT_KEYS: tuple[SortKey, ...] = tuple(_SORT_FIELDS)
LIFETIME_DAYS = 36_500


@dataclass(frozen=True)
class PersonRow:
    """One person in the list. Times are aware, in UTC; money in minor units; ``tiers`` maps schemes to tier keys."""

    person_id: int
    display_id: str
    name: str
    purchases: int
    revenue_minor: int
    average_order_value_minor: int | None
    first_purchase: datetime | None
    last_purchase: datetime | None
    last_event: datetime | None
    known_since: datetime
    tiers: dict[str, str] = field(default_factory=dict)
    traits: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PeoplePage:
    """One page of the list; ``total`` counts the whole list behind it."""

    total: int
    page: int
    per_page: int
    rows: tuple[PersonRow, ...]


@dataclass(frozen=True)
class _Moment:
    """One state of the index, to which all parts of one answer belong, and what everybody had done before ``as_of``."""

    index: BehaviourIndex
    as_of: datetime
    facts: PersonFacts


class PeopleDirectory:
    """Finds and lists people.

    Args:
        people: ids and traits.
        index: what people did.
        tiers: which tiers they are in.
    """

    def __init__(self, people: PeopleService, index: IndexService, tiers: TierService) -> None:
        self._people = people
        self._index = index
        self._tiers = tiers

    def search(
        self,
        text: str = "",
        *,
        as_of: datetime,
        tiers: Mapping[SchemeName, str] | None = None,
        show_tiers: Sequence[SchemeName] = (),
        sort: SortKey = "last_event",
        descending: bool = True,
        page: int = 1,
        per_page: int = 25,
        among: NDArray[np.int64] | None = None,
    ) -> PeoplePage:
        """Give one page of the people who match.

        Args:
            text: part of an id or of a trait's value; empty for everybody.
            as_of: only what happened before this moment counts.
            tiers: scheme → tier key; a person must be in all of them.
            show_tiers: schemes whose tier is given with each row.
            sort: what to order by; people without the figure come last. Ties are in order of person id.
            descending: greatest first.
            page: counted from 1; a page beyond the end is empty.
            per_page: rows a page.
            among: ids, each once; only these people count. None for everybody.

        Raises:
            UnknownNameError: ``sort`` is unknown, or a tier does not exist.
        """
        moment = self._moment(as_of)
        facts, places = moment.facts, self._matching(moment, text, tiers or {}, among)
        ordered = places[_order(facts, places, sort, descending=descending)]
        shown = ordered[(page - 1) * per_page : page * per_page]
        return PeoplePage(len(places), page, per_page, self._rows(moment, shown, show_tiers))

    def ids(self, text: str = "", *, as_of: datetime, tiers: Mapping[SchemeName, str] | None = None) -> NDArray[np.int64]:
        """Give the ids of all people who match, ascending; as many as ``search`` counts."""
        moment = self._moment(as_of)
        return moment.facts.person_ids[self._matching(moment, text, tiers or {})]

    def row(self, person_id: int, *, as_of: datetime, show_tiers: Sequence[SchemeName] = ()) -> PersonRow:
        """Give one person's row.

        Raises:
            UnknownPersonError: there is no such person.
        """
        person = self._people.get(person_id)
        moment = self._moment(as_of)
        place = int(np.searchsorted(moment.facts.person_ids, person.id))
        return _row(moment.facts, place, person, self._tier_keys(moment, np.array([place]), show_tiers)[0])

    def _moment(self, as_of: datetime) -> _Moment:
        index = self._index.current()
        return _Moment(index, as_of, self._index.facts(as_of, LIFETIME_DAYS, index))

    def _matching(
        self,
        moment: _Moment,
        text: str,
        tiers: Mapping[SchemeName, str],
        among: NDArray[np.int64] | None = None,
    ) -> NDArray[np.int64]:
        facts = moment.facts
        matches = np.ones(len(facts.person_ids), dtype=np.bool_)
        if among is not None:
            matches &= np.isin(facts.person_ids, among, assume_unique=True)
        if text.strip():
            matches &= np.isin(facts.person_ids, self._people.search(text), assume_unique=True)
        for scheme, key in tiers.items():
            result = self._tiers.compute(scheme, moment.as_of, index=moment.index)
            matches &= np.isin(facts.person_ids, result.people(key), assume_unique=True)
        return np.flatnonzero(matches)

    def _rows(self, moment: _Moment, places: NDArray[np.int64], schemes: Sequence[SchemeName]) -> tuple[PersonRow, ...]:
        facts = moment.facts
        people = {person.id: person for person in self._people.many(facts.person_ids[places])}
        tiers = self._tier_keys(moment, places, schemes)
        found = [people.get(number) or self._people.get(number) for number in facts.person_ids[places].tolist()]
        return tuple(_row(facts, place, who, keys) for place, who, keys in zip(places.tolist(), found, tiers, strict=True))

    def _tier_keys(self, moment: _Moment, places: NDArray[np.int64], schemes: Sequence[SchemeName]) -> list[dict[str, str]]:
        keys: list[dict[str, str]] = [{} for _ in places]
        for scheme in schemes:
            assignment = self._tiers.compute(scheme, moment.as_of, index=moment.index).assignment
            for row, code in zip(keys, assignment.codes[places].tolist(), strict=True):
                row[scheme] = assignment.keys[code]
        return keys


def _order(facts: PersonFacts, places: NDArray[np.int64], sort: SortKey, *, descending: bool) -> NDArray[np.int64]:
    if sort not in _SORT_FIELDS:
        raise UnknownNameError(kind=Phrase("sort key"), name=sort, allowed=", ".join(SORT_KEYS))
    values = getattr(facts, _SORT_FIELDS[sort])[places].astype(np.int64)
    missing = values == NEVER
    ranked = np.where(missing, 0, -values if descending else values)
    return np.lexsort((places, ranked, missing))


def _row(facts: PersonFacts, place: int, person: Person, tiers: dict[str, str]) -> PersonRow:
    purchases, revenue = int(facts.purchases[place]), int(facts.revenue_minor[place])
    return PersonRow(
        person_id=person.id,
        display_id=person.display_id,
        name=person.name,
        purchases=purchases,
        revenue_minor=revenue,
        average_order_value_minor=round(revenue / purchases) if purchases else None,
        first_purchase=_instant(facts.first_purchase_us[place]),
        last_purchase=_instant(facts.last_purchase_us[place]),
        last_event=_instant(facts.last_event_us[place]),
        known_since=person.known_since,
        tiers=tiers,
        traits=person.traits,
    )


def _instant(us: np.int64) -> datetime | None:
    return None if us == NEVER else from_us(int(us))
