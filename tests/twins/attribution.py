"""The slow twin of attribution: one conversion at a time, its shares as fractions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.twins.behaviour import CURRENCY
from tests.twins.logs import TRAITS, TwinEvent, actors_of, matches, number_of, text_of

from finegrain.money import Money

if TYPE_CHECKING:
    from tests.twins.behaviour import Happening

    from finegrain.behaviour.attribution.query import AttributionQuery
    from finegrain.behaviour.queries.scope import Scope

OTHER, DIRECT = "<other>", "<direct>"


@dataclass(frozen=True)
class TwinConversion:
    """One conversion: whose, and by model the millionths and the minor units of each touch with any credit."""

    actor: str
    event: TwinEvent
    minor: int | None
    credit: dict[str, dict[str, int]]
    money: dict[str, dict[str, int]]


@dataclass(frozen=True)
class TwinAttribution:
    """The question over one log."""

    query: AttributionQuery
    scope: Scope
    log: list[Happening]

    def conversions(self) -> list[TwinConversion]:
        """Give all conversions."""
        return [
            self.conversion(actor, events, place)
            for actor, events in self.actors().items()
            for place, one in enumerate(events)
            if self.counts(one) and matches(self.query.conversion, one, self.scope.filters)
            if self.scope.start_us <= one.at_us < self.scope.end_us
        ]

    def actors(self) -> dict[str, list[TwinEvent]]:
        """Give everybody's events."""
        return actors_of(self.log, self.query.unit, self.query.group)

    def counts(self, one: TwinEvent) -> bool:
        """Say whether an event is of somebody who counts."""
        return self.query.audience is None or one.who in self.query.audience.people

    def names(self) -> list[str]:
        """Give the names that are told by themselves, in order."""
        if not self.query.name_by:
            return [touch.name for touch in self.query.touches]
        low = self.scope.start_us - self.query.lookback_us
        touches = (
            self.value_of(one) for events in self.actors().values() for one in events if low <= one.at_us < self.scope.end_us
        )
        count = Counter(value for value in touches if value)
        return sorted(count, key=lambda name: (-count[name], name))[: self.query.limit]

    def value_of(self, one: TwinEvent) -> str | None:
        """Give what a touch is called; None where an event is none."""
        found = [touch.name for touch in self.query.touches if matches(touch, one, self.scope.filters)]
        if not found or not self.counts(one):
            return None
        return (text_of(one.properties.get(self.query.name_by)) or None) if self.query.name_by else found[0]

    def conversion(self, actor: str, events: list[TwinEvent], place: int) -> TwinConversion:
        """Share one conversion out."""
        one, names, models = events[place], self.names(), tuple[str, ...](self.query.models)
        touches = [
            (earlier.at_us, name if name in names else OTHER)
            for earlier in events[:place]
            if earlier.at_us >= one.at_us - self.query.lookback_us and (name := self.value_of(earlier))
        ]
        order = [*names, OTHER, DIRECT]
        credit = {model: divided(1_000_000, self.weights(model, touches), order) for model in models}
        minor = minor_of(number_of(one.properties.get(self.query.money)))
        sign = -1 if (minor or 0) < 0 else 1
        money = {
            model: {name: sign * part for name, part in divided(abs(minor or 0), given, order).items()}
            for model, given in credit.items()
        }
        return TwinConversion(actor, one, minor, credit, money)

    def weights(self, model: str, touches: list[tuple[int, str]]) -> dict[str, int]:
        """Give the whole weights of the names."""
        if not touches:
            return {DIRECT: 1}
        n = len(touches)
        each = {
            "first": [1] + [0] * (n - 1),
            "last": [0] * (n - 1) + [1],
            "linear": [1] * n,
            "position": [1] * n if n <= 2 else [2 * (n - 2), *[1] * (n - 2), 2 * (n - 2)],
            "decay": [decayed(touches[-1][0] - at_us, self.query.half_life_us) for at_us, _ in touches],
        }[model]
        found: Counter[str] = Counter()
        for (_, name), weight in zip(touches, each, strict=True):
            found[name] += weight
        return dict(found)


def decayed(age_us: int, half_life_us: int) -> int:
    """Give the weight of a touch, as ``AttributionQuery`` defines it."""
    halvings, rest = divmod(age_us, half_life_us)
    coarse, fine = divmod(int(Fraction(rest, half_life_us) * 2**20), 1024)
    return int(round(2**24 * 2 ** (-coarse / 1024)) * round(2**24 * 2 ** (-fine / 2**20)) // 2 ** (24 + halvings))


def divided(whole: int, weights: dict[str, int], order: list[str]) -> dict[str, int]:
    """Divide a whole number by largest remainders, ties to the first in order; parts of 0 are left out."""
    shares = {name: Fraction(whole * weights.get(name, 0), sum(weights.values())) for name in order}
    parts = {name: int(share) for name, share in shares.items()}
    by_rest = sorted(order, key=lambda name: (parts[name] - shares[name], order.index(name)))
    for name in by_rest[: whole - sum(parts.values())]:
        parts[name] += 1
    return {name: part for name, part in parts.items() if part}


def minor_of(number: float) -> int | None:
    """Give a number of money in minor units; None where it is none."""
    return None if number != number else Money.from_major(Decimal(str(number)), CURRENCY).amount_minor  # noqa: PLR0124 - NaN


def group_of(query: AttributionQuery, one: TwinConversion) -> str | None:
    """Give the breakdown's value of a conversion."""
    assert query.breakdown is not None
    if query.breakdown.of == "person":
        return text_of(TRAITS[query.breakdown.property].get(one.event.who))
    return text_of(one.event.properties.get(query.breakdown.property))
