"""What history tells of the days that are kept: sizes, members, flows; with everybody as the person they are now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from finegrain.audience.errors import UnknownTierError
from finegrain.audience.history.contract import NOBODY, DaySize, FlowResult, Series, SizesResult
from finegrain.audience.history.errors import BadHistoryError, NoHistoryError
from finegrain.audience.history.places import Followed, relabelled
from finegrain.behaviour.errors import UnknownSegmentError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from finegrain.audience.history.contract import Kind
    from finegrain.audience.history.keeping import KeptFacts, KeptHistory
    from finegrain.audience.history.states import Name
    from finegrain.audience.segments.keeping import KeptSegments
    from finegrain.audience.tiers.service import TierService
    from finegrain.behaviour.service import IndexService
    from finegrain.people.service import PeopleService

_SHOWN_DAYS = 3


@dataclass(frozen=True, eq=False)
class _Frame:
    """One day, its places among common keys, by the ids of the people of today."""

    facts: KeptFacts
    places: NDArray[np.uint8]


class Telling:
    """Reads what is kept.

    Args:
        kept: what is kept.
        segments: what segments there are.
        people: who has which number now.
        index: who there is.
        tiers: what tiers there are.
        schemes: gives the names of all tier schemes.
    """

    def __init__(
        self,
        kept: KeptHistory,
        segments: KeptSegments,
        people: PeopleService,
        index: IndexService,
        *,
        tiers: TierService,
        schemes: Callable[[], Sequence[str]],
    ) -> None:
        self._kept = kept
        self._segments = segments
        self._people = people
        self._index = index
        self._tiers = tiers
        self._schemes = schemes

    def days(self, what: str, kind: Kind | None = None) -> tuple[date, ...]:
        """Give the civil days of which something is kept, in order.

        Args:
            what: as for ``sizes``.
            kind: likewise.

        Raises:
            UnknownSchemeError, UnknownTierError, UnknownSegmentError: there is no such thing.
        """
        name, _key = self._named(what, kind)
        return tuple(one.day for one in self._kept.facts(name))

    def sizes(self, what: str, first: date, last: date, kind: Kind | None = None) -> SizesResult:
        """Tell how many people were in a segment or tier by day, and how many came and left.

        Args:
            what: a scheme (``rfm``), a tier (``rfm/important_value``) or the name of a segment.
            first: a civil day.
            last: a civil day, included; days of which nothing is kept are left out.
            kind: ``scheme`` or ``segment``, where a segment is named like a scheme or tier; else those go first.

        Raises:
            UnknownSchemeError, UnknownTierError, UnknownSegmentError: there is no such thing.
            BadHistoryError: the days are not in order.
        """
        name, key = self._named(what, kind)
        _in_order(first, last)
        facts = [one for one in self._kept.facts(name) if one.day <= last]
        earlier = [one for one in facts if one.day < first][-1:]
        shown = earlier + [one for one in facts if one.day >= first]
        keys = self._keys(name, shown)
        rows = self._counted(name, keys, shown, len(earlier))
        series = [
            Series(one if name[0] == "segment" else f"{name[1]}/{one}", tuple(row[place] for row in rows))
            for place, one in enumerate(keys)
            if key in {None, one}
        ]
        return SizesResult(what, first, last, tuple(series))

    def _counted(self, name: Name, keys: tuple[str, ...], facts: Sequence[KeptFacts], skipped: int) -> list[list[DaySize]]:
        """Count each day, one entry a key, comparing it with the one before; only one day's people are held beside it."""
        followed, before, rows = self._followed(), None, []
        for one in facts:
            now = self._frame(name, one, keys, followed)
            rows.append(_compared(before, now, len(keys)))
            before = now
        return rows[skipped:]

    def members(self, what: str, day: date, kind: Kind | None = None) -> NDArray[np.int64]:
        """Give the ids of the people who were in a segment or tier at the end of a day, as they are now.

        Args:
            what: as for ``sizes``; of a scheme, everybody who was in any tier.
            day: a civil day of which something is kept; of the running day, the last that was kept.
            kind: as for ``sizes``.

        Returns:
            ``(n_people,) int64``, ascending; as many as ``sizes`` counts.

        Raises:
            UnknownSchemeError, UnknownTierError, UnknownSegmentError: there is no such thing.
            NoHistoryError: nothing is kept of the day.
        """
        name, key = self._named(what, kind)
        facts = self._on(name, day, what)
        keys = self._keys(name, [facts])
        places = self._frame(name, facts, keys, self._followed()).places
        return np.flatnonzero(places > 0 if key is None else places == keys.index(key) + 1)

    def flow(self, scheme: str, first_day: date, last_day: date) -> FlowResult:
        """Tell who went from which tier to which between the ends of two days.

        Args:
            scheme: its name.
            first_day: a civil day of which something is kept.
            last_day: likewise, not before the first.

        Raises:
            UnknownSchemeError: there is no such scheme.
            BadHistoryError: the days are not in order.
            NoHistoryError: nothing is kept of one of the days.
        """
        keys, first, last = self._ends(scheme, first_day, last_day)
        wide = len(keys) + 1
        places = first.places.astype(np.int64) * wide + last.places
        counts = np.bincount(places, minlength=wide * wide).reshape(wide, wide)
        counts[0, 0] = 0
        order = [*range(1, wide), 0]
        shown = tuple(tuple(row) for row in counts[np.ix_(order, order)].tolist())
        changed = first.facts.definition != last.facts.definition
        return FlowResult(scheme, first_day, last_day, (*keys, NOBODY), self._names(scheme, keys), shown, changed)

    def flow_people(self, scheme: str, first_day: date, last_day: date, was: str, now: str) -> NDArray[np.int64]:
        """Give the ids of those who went from one tier to another, as many as ``flow`` counts.

        Args:
            scheme: its name.
            first_day: as for ``flow``.
            last_day: likewise.
            was: the key of a tier, or ``NOBODY``.
            now: likewise.

        Returns:
            ``(n_people,) int64``, ascending; nobody from ``NOBODY`` to ``NOBODY``.

        Raises:
            UnknownSchemeError, UnknownTierError: there is no such scheme or tier.
            BadHistoryError: the days are not in order.
            NoHistoryError: nothing is kept of one of the days.
        """
        keys, first, last = self._ends(scheme, first_day, last_day)
        places = {NOBODY: 0} | {key: place for place, key in enumerate(keys, 1)}
        for key in (was, now):
            if key not in places:
                raise UnknownTierError(scheme=scheme, name=key, allowed=", ".join(keys))
        found = (first.places == places[was]) & (last.places == places[now])
        return np.flatnonzero(found & (first.places + last.places > 0))

    def _ends(self, scheme: str, first_day: date, last_day: date) -> tuple[tuple[str, ...], _Frame, _Frame]:
        name, _key = self._named(scheme.partition("/")[0], "scheme")
        _in_order(first_day, last_day)
        facts = [self._on(name, day, scheme) for day in (first_day, last_day)]
        keys, followed = self._keys(name, facts), self._followed()
        first, last = (self._frame(name, one, keys, followed) for one in facts)
        return keys, first, last

    def _named(self, what: str, kind: Kind | None) -> tuple[Name, str | None]:
        """Find out which segment or scheme is meant, and which of its tiers."""
        scheme, separator, key = what.partition("/")
        if kind == "scheme" or (kind is None and scheme in self._schemes()):
            known = self._keys(("scheme", scheme), self._kept.facts(("scheme", scheme)))
            if separator and key not in known:
                raise UnknownTierError(scheme=scheme, name=key, allowed=", ".join(known))
            return ("scheme", scheme), key if separator else None
        if what not in self._segments.names():
            raise UnknownSegmentError(name=what)
        return ("segment", what), None

    def _keys(self, name: Name, facts: Sequence[KeptFacts]) -> tuple[str, ...]:
        """Give the tiers of a scheme as they are now, then those that it had; of a segment its name."""
        now = (name[1],) if name[0] == "segment" else self._tiers.keys(name[1])
        return tuple(dict.fromkeys([*now, *(key for one in reversed(facts) for key in one.keys)]))

    def _names(self, scheme: str, keys: Sequence[str]) -> dict[str, str]:
        now = {label.key: label.name for label in self._tiers.labels(scheme)}
        return {key: now.get(key, key) for key in keys}

    def _on(self, name: Name, day: date, what: str) -> KeptFacts:
        facts = self._kept.facts(name)
        for one in facts:
            if one.day == day:
                return one
        near = sorted(facts, key=lambda one: abs((one.day - day).days))[:_SHOWN_DAYS]
        kept = ", ".join(sorted(one.day.isoformat() for one in near)) or Phrase("none")
        raise NoHistoryError(what=what, day=day.isoformat(), kept=kept)

    def _followed(self) -> Followed:
        return Followed(self._index.current().person_ids, self._people.living)

    def _frame(self, name: Name, facts: KeptFacts, keys: tuple[str, ...], followed: Followed) -> _Frame:
        places = followed.places(relabelled(self._kept.places(name, facts.day), facts.keys, keys))
        return _Frame(facts, places)


def _compared(before: _Frame | None, now: _Frame, keys: int) -> list[DaySize]:
    sizes = _by_key(now.places, keys)
    entered: list[int | None] = [None] * keys
    left: list[int | None] = [None] * keys
    if before is not None:
        moved = before.places != now.places
        entered, left = [*_by_key(now.places[moved], keys)], [*_by_key(before.places[moved], keys)]
    facts = now.facts
    changed = before is not None and before.facts.definition != facts.definition
    return [
        DaySize(facts.day, facts.as_of, size, came, gone, changed, facts.filled)
        for size, came, gone in zip(sizes, entered, left, strict=True)
    ]


def _by_key(places: NDArray[np.uint8], keys: int) -> list[int]:
    return cast("list[int]", np.bincount(places, minlength=keys + 1)[1:].tolist())


def _in_order(first: date, last: date) -> None:
    if first > last:
        raise BadHistoryError(first=first.isoformat(), last=last.isoformat(), allowed=Phrase("two days in order"))
