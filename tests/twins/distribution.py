"""The slow twin of distributions: what each person did, one event at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.twins.breakdowns import group_of, ranked_values
from tests.twins.logs import PEOPLE, ZONE, TwinEvent, actors_of, matches, number_of, passes

from finegrain.zones import from_us

if TYPE_CHECKING:
    from tests.twins.behaviour import Happening

    from finegrain.behaviour.distribution.query import DistributionQuery
    from finegrain.behaviour.queries.scope import Scope

NOTHING = -1
"""The time of an event that stands for somebody without any."""


@dataclass(frozen=True)
class TwinDistribution:
    """One distribution over one log."""

    query: DistributionQuery
    scope: Scope

    def total(self, log: list[Happening]) -> dict[str, float]:
        """Give what everybody is measured by."""
        return {actor: self.value(events) for actor, events in self.counted(log).items() if events}

    def split(self, log: list[Happening]) -> dict[tuple[str, int], float]:
        """Give what everybody is measured by within each group."""
        values = ranked_values(self.query, self.scope, self.query.event, log)
        parts: dict[tuple[str, int], list[TwinEvent]] = {}
        for actor, events in self.counted(log).items():
            for one in events:
                parts.setdefault((actor, group_of(self.query, one, values)), []).append(one)
        return {key: self.value(events) for key, events in parts.items()}

    def left_out(self, log: list[Happening]) -> int:
        """Give how many events have no number to add up."""
        actors = actors_of(log, self.query.unit, self.query.group).values()
        return sum(self.counts(one) and not self.has_number(one) for events in actors for one in events)

    def counted(self, log: list[Happening]) -> dict[str, list[TwinEvent]]:
        """Give everybody's events that count; for those without, where they are wanted, one that stands for none."""
        actors = actors_of(log, self.query.unit, self.query.group)
        found = {who: [one for one in events if self.counts(one) and self.has_number(one)] for who, events in actors.items()}
        if self.query.zero:
            for who in PEOPLE:
                nothing = TwinEvent(who, NOTHING, NOTHING, "", {})
                found[who] = found[who] or ([nothing] if self.could_count(nothing) else [])
        return found

    def counts(self, one: TwinEvent) -> bool:
        """Say whether an event lies in the period and is what is asked for, of somebody who counts."""
        inside = self.scope.start_us <= one.at_us < self.scope.end_us
        return inside and self.in_audience(one) and matches(self.query.event, one, self.scope.filters)

    def has_number(self, one: TwinEvent) -> bool:
        """Say whether an event can be added up."""
        return self.query.measure != "sum" or not math.isnan(number_of(one.properties.get(self.query.property)))

    def could_count(self, nothing: TwinEvent) -> bool:
        """Say whether somebody without events is left out by nothing that is said of people."""
        conditions = [*self.scope.filters, *self.query.event.filters]
        of_people = [one for one in conditions if one.of == "person" and not one.as_it_was]
        return self.in_audience(nothing) and all(passes(one, nothing) for one in of_people)

    def in_audience(self, one: TwinEvent) -> bool:
        """Say whether somebody counts."""
        return self.query.audience is None or one.who in self.query.audience.people

    def value(self, events: list[TwinEvent]) -> float:
        """Measure somebody by these events."""
        real = [one for one in events if one.at_us != NOTHING]
        if self.query.measure == "events":
            return len(real)
        if self.query.measure == "days":
            return len({ZONE.day_of(from_us(one.at_us)) for one in real})
        return sum(number_of(one.properties.get(self.query.property)) for one in real)
