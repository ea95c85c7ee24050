"""The slow twin of intervals: every start and the end after it, one person at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.twins.breakdowns import group_of, ranked_values
from tests.twins.logs import TwinEvent, actors_of, matches

if TYPE_CHECKING:
    from tests.twins.behaviour import Happening

    from finegrain.behaviour.intervals.query import IntervalQuery
    from finegrain.behaviour.queries.contract import EventMatch
    from finegrain.behaviour.queries.scope import Scope


@dataclass(frozen=True)
class TwinIntervals:
    """The intervals in one log."""

    query: IntervalQuery
    scope: Scope

    def rows(self, log: list[Happening]) -> dict[str, list[tuple[int, int, int]]]:
        """Give everybody's intervals: when they start, how long they take, in which group."""
        values = ranked_values(self.query, self.scope, self.query.start, log)
        return {
            actor: [
                (start.at_us, end.at_us - start.at_us, group_of(self.query, start, values)) for start, end in self.pairs(events)
            ]
            for actor, events in actors_of(log, self.query.unit, self.query.group).items()
        }

    def pairs(self, events: list[TwinEvent]) -> list[tuple[TwinEvent, TwinEvent]]:
        """Give each start that counts with its end."""
        found = []
        for place, start in enumerate(events):
            later = [one for one in events[place + 1 :] if self.meets(self.query.end, one)]
            if not later or not self.meets(self.query.start, start):
                continue
            inside = self.scope.start_us <= start.at_us < self.scope.end_us
            if inside and later[0].at_us - start.at_us <= self.query.window_us and self.closes(events, start, later[0]):
                found.append((start, later[0]))
        return found

    def closes(self, events: list[TwinEvent], start: TwinEvent, end: TwinEvent) -> bool:
        """Say whether an end belongs to a start, and not to a later one alone."""
        between = events[events.index(start) + 1 : events.index(end)]
        return self.query.closing == "every" or not any(self.meets(self.query.start, one) for one in between)

    def meets(self, event: EventMatch, one: TwinEvent) -> bool:
        """Say whether an event is one of somebody who counts, and what is asked for."""
        audience = self.query.audience
        return (audience is None or one.who in audience.people) and matches(event, one, self.scope.filters)
