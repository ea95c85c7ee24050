"""What conditions stand on: one state as of one moment, of everybody or of one person, each part worked out once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
import pyarrow as pa

from finegrain.audience.tiers.contract import SCHEMES
from finegrain.behaviour.deeds.matched import MatchedEvents
from finegrain.behaviour.deeds.measuring import first_and_last, order_figures
from finegrain.behaviour.deeds.values import places_of
from finegrain.behaviour.queries.columns import NumberColumn, TextColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from finegrain.audience.rules.contract import EventMatch, Rule
    from finegrain.audience.rules.periods import Moment
    from finegrain.audience.rules.trait_days import TraitDays
    from finegrain.behaviour.deeds.contract import OrderFigures
    from finegrain.behaviour.index import BehaviourIndex
    from finegrain.behaviour.queries.engine import TraitSource
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.people.contract import TraitValues

_T = TypeVar("_T")
MOST_FIGURES = 8
"""What was measured of everybody and is kept for whoever asks for the same; a million people take 8 to 32 MB."""


class TierSource(Protocol):
    """Who knows the tiers."""

    def own_rules(self, scheme: str) -> tuple[tuple[str, ...], tuple[Rule, ...]] | None:
        """Give the keys of a scheme of one's own, and the rules of all but the last; None for one that is built in."""
        ...

    def codes(
        self, scheme: str, as_of: datetime, people: BehaviourIndex, everybody: BehaviourIndex, bounds_at: datetime
    ) -> tuple[tuple[str, ...], NDArray[np.int8]]:
        """Give the keys of a scheme's tiers, and the place among them of the tier of each of some people at a moment.

        Bounds that are read from the data are those of everybody as of ``bounds_at``.
        """
        ...

    def turns(self, scheme: str, as_of: datetime, person: BehaviourIndex, everybody: BehaviourIndex) -> tuple[int, ...]:
        """Give the instants after a moment at which time alone may move one person, microseconds since 1970 UTC."""
        ...


class SegmentSource(Protocol):
    """Who knows what segments there are, and what they mean."""

    def names(self) -> Sequence[str]:
        """Give the names of all segments."""
        ...

    def meaning(self, name: str) -> Rule | NDArray[np.int64] | None:
        """Give a segment's rule, or the ids of its list, ascending; None where there is no such segment."""
        ...


class ConsentSource(Protocol):
    """Who knows what people agreed to, and how they can be reached."""

    def consents(self, channel: str, purpose: str, before: datetime) -> TraitValues:
        """Give what everybody who said anything said last before a moment: 1 for yes, 0 for no."""
        ...

    def addresses(self, channel: str) -> tuple[str, ...]:
        """Give the traits that hold an address for a channel."""
        ...


@dataclass(frozen=True)
class Sources:
    """Where everything but behaviour comes from."""

    traits: TraitSource
    tiers: TierSource
    segments: SegmentSource
    consents: ConsentSource


class TraitColumn:
    """A trait by person code: as texts, and as numbers.

    Args:
        place: ``(P,) int64``, where each person's value stands; −1 for nowhere.
        values: of everybody who has one.
    """

    def __init__(self, place: NDArray[np.int64], values: TraitValues) -> None:
        self.place = place
        self.values = values

    def text(self) -> TextColumn:
        """Give it as text."""
        return self._text

    @cached_property
    def _text(self) -> TextColumn:
        encoded = self.values.texts.take(pa.array(self.place, mask=self.place < 0)).dictionary_encode()
        codes = encoded.indices.fill_null(-1).to_numpy()
        return TextColumn(codes, pa.chunked_array([encoded.dictionary]))

    def number(self) -> NumberColumn:
        """Give it as number."""
        return NumberColumn(np.append(self.values.numbers, np.nan)[self.place])


@dataclass
class Ground:
    """One state as of one moment.

    Attributes:
        snapshot: what everybody did, or one person's part of it.
        everybody: the index of everybody; bounds of tiers are read from it.
        moment: the moment, and the zone.
        sources: where everything but behaviour comes from.
        currency: of amounts.
        bounds_at: as of when bounds of tiers are read from the data; the moment itself unless it is played forward.
        days: what reads traits that are days.
    """

    snapshot: Snapshot
    everybody: BehaviourIndex
    moment: Moment
    sources: Sources
    currency: str
    bounds_at: datetime
    days: TraitDays
    matched: MatchedEvents = field(init=False)
    _latest: dict[Any, Any] = field(init=False, default_factory=dict)
    _kept: dict[Any, Any] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.matched = MatchedEvents(self.snapshot, self.sources.traits, self.moment.zone)

    @property
    def people(self) -> int:
        """How many people there are."""
        return self.snapshot.index.people

    def once(self, key: object, work: Callable[[], _T]) -> _T:
        """Give what some work gives, done the first time it is asked for under its key."""
        if key not in self._kept:
            self._kept[key] = work()
        found: _T = self._kept[key]
        return found

    def trait(self, name: str) -> TraitColumn:
        """Give a trait, as it is today."""
        return self.once(("trait", name), lambda: self.column(self.sources.traits.trait_values(name)))

    def trait_days(self, name: str, *, anniversary: bool) -> NDArray[np.int64]:
        """Give the day that a trait names, ``(P,) int64``: its ordinal, or what comes round every year; ``NO_DAY`` for none."""
        column = self.trait(name)
        return self.days.of(name, column.values, column.place, anniversary=anniversary)

    def column(self, values: TraitValues) -> TraitColumn:
        """Give something that is known of people by person code."""
        return TraitColumn(places_of(self.snapshot.index.person_ids, values.person_ids), values)

    def latest(self, key: object, work: Callable[[], _T]) -> _T:
        """Give what some work gives, kept until ``MOST_FIGURES`` others were asked for since."""
        found: _T = self._latest.pop(key) if key in self._latest else work()
        self._latest[key] = found
        while len(self._latest) > MOST_FIGURES:
            del self._latest[next(iter(self._latest))]
        return found

    def orders(self, period: str) -> OrderFigures:
        """Give the figures of everybody's orders in a period."""
        window = self.moment.window(period)
        return self.latest(window, lambda: order_figures(self.snapshot.index, self.moment.as_of_us, window))

    def tiers(self, scheme: str, at: datetime) -> tuple[tuple[str, ...], NDArray[np.int8]]:
        """Give the keys of a scheme's tiers, and the place of everybody's tier at a moment."""
        index, bounds_at = self.snapshot.index, min(self.bounds_at, at)
        return self.once(("tier", scheme, at), lambda: self.sources.tiers.codes(scheme, at, index, self.everybody, bounds_at))

    def know_tiers(self, scheme: str, found: tuple[tuple[str, ...], NDArray[np.int8]]) -> None:
        """Take what was found of a scheme of one's own as of the moment itself."""
        self.once(("tier", scheme, self.moment.as_of), lambda: found)

    def forget_tiers(self) -> None:
        """Forget who is in which tier of one's own schemes: a segment, and with it a tier's rule, means something else now."""
        self._kept = {key: found for key, found in self._kept.items() if key[0] != "tier" or key[1] in SCHEMES}

    def times(self, match: EventMatch) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give when everybody did it first and last, ``(P,) int64`` microseconds since 1970 UTC; ``NEVER`` for never."""
        return self.latest(("times", repr(match)), lambda: first_and_last(self.matched.of(match), self.moment.as_of_us))
