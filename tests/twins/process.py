"""The slow twin of the process diagnosis: one actor at a time, one event at a time, in plain Python."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.twins.logs import PEOPLE, TRAITS, TwinEvent, actors_of, matches, number_of, text_of

if TYPE_CHECKING:
    from tests.twins.behaviour import Happening

    from finegrain.behaviour.process.query import ProcessQuery
    from finegrain.behaviour.queries.contract import Breakdown
    from finegrain.behaviour.queries.scope import Scope

GAP_US = 30 * 60_000_000
LONGEST = 24


@dataclass
class TwinCase:
    """One case: its events with the step that each was, from 1."""

    actor: str
    events: list[tuple[int, TwinEvent]] = field(default_factory=list)

    @property
    def start_us(self) -> int:
        """When it began."""
        return self.events[0][1].at_us

    @property
    def furthest(self) -> int:
        """The furthest step."""
        return max(step for step, _ in self.events)

    def reaching(self, step: int) -> tuple[int, TwinEvent]:
        """Give the event that first came to ``step`` or beyond."""
        return next(one for one in self.events if one[0] >= step)

    @property
    def times(self) -> tuple[int, ...]:
        """When each step was reached."""
        return tuple(self.reaching(step)[1].at_us for step in range(1, self.furthest + 1))

    @property
    def seen(self) -> tuple[int, ...]:
        """The steps that were not skipped."""
        return tuple(step for step in range(1, self.furthest + 1) if self.reaching(step)[0] == step)

    @property
    def runs(self) -> list[list[tuple[int, TwinEvent]]]:
        """The events, those of the same step in a row together."""
        return [list(run) for _, run in itertools.groupby(self.events, key=lambda one: one[0])]

    @property
    def way(self) -> tuple[tuple[int, ...], bool]:
        """The steps in order, equal neighbours folded, and whether there are more than are told."""
        steps = tuple(run[0][0] for run in self.runs)
        return steps[:LONGEST], len(steps) > LONGEST

    @property
    def rework(self) -> list[tuple[int, str, int, int]]:
        """Steps done again: which, how, how often, how long."""
        found = []
        runs = self.runs
        for place, run in enumerate(runs):
            step, first, last = run[0][0], run[0][1], run[-1][1]
            if len(run) > 1:
                found.append((step, "repeated", len(run) - 1, last.at_us - first.at_us))
            if place and runs[place - 1][0][0] > step:
                goes_on = place + 1 < len(runs) and runs[place + 1][0][0] > step
                until_us = runs[place + 1][0][1].at_us if goes_on else last.at_us
                found.append((step, "returned", 1, until_us - runs[place - 1][-1][1].at_us))
        return found


@dataclass(frozen=True)
class TwinProcess:
    """One process over one log."""

    query: ProcessQuery
    scope: Scope

    def cases(self, log: list[Happening]) -> tuple[list[TwinCase], int]:
        """Give the cases of the period that are over, and how many are not."""
        actors = actors_of(log, self.query.unit, self.query.group)
        found = [(case, events) for actor, events in actors.items() for case in self.cut(actor, events)]
        inside = [(case, events) for case, events in found if self.scope.start_us <= case.start_us < self.scope.end_us]
        over = [case for case, events in inside if self.over_us(case, events) <= self.scope.now_us]
        return over, len(inside) - len(over)

    def over_us(self, case: TwinCase, events: list[TwinEvent]) -> int:
        """Give when a case can no longer go on."""
        window_us = case.start_us + self.query.window_us
        return min(window_us, events[-1].at_us + GAP_US) if self.query.unit == "sessions" else window_us

    def steps_of(self, one: TwinEvent) -> list[int]:
        """Give the steps that an event matches, from 1."""
        audience = self.query.audience
        if audience is not None and one.who not in audience.people:
            return []
        return [place for place, step in enumerate(self.query.steps, 1) if matches(step, one, self.scope.filters)]

    def cut(self, actor: str, events: list[TwinEvent]) -> list[TwinCase]:
        """Cut one actor's events into cases."""
        cases: list[TwinCase] = []
        case: TwinCase | None = None
        mine = [(one.at_us, self.steps_of(one), one) for one in events if self.steps_of(one)]
        for at_us, steps, one in sorted(mine, key=lambda row: (row[0], row[1][0], row[2].arrival)):
            if case and at_us - case.start_us > self.query.window_us:
                case = None
            if case is None and 1 in steps:
                case = TwinCase(actor, [(1, one)])
                cases.append(case)
            elif case is not None:
                following = case.furthest + 1
                case.events.append((following if following in steps else steps[0], one))
                case = case if case.furthest < len(self.query.steps) else None
        return cases

    def amount(self, case: TwinCase) -> float | None:
        """Give the value of a completion."""
        if case.furthest < len(self.query.steps):
            return None
        number = number_of(case.events[-1][1].properties.get(self.query.value))
        return number if number == number and abs(number) != float("inf") else None  # noqa: PLR0124 - NaN

    def groups(self, case: TwinCase, breakdown: Breakdown) -> tuple[str | None, ...]:
        """Give the value of a breakdown at each step that a case reached."""
        events = [case.reaching(step)[1] for step in range(1, case.furthest + 1)]
        if breakdown.of == "person":
            return tuple(text_of(TRAITS[breakdown.property].get(one.who)) for one in events)
        return tuple(text_of(one.properties.get(breakdown.property)) for one in events)


def person_of(case: TwinCase) -> int:
    """Give the id of the person whose case it is."""
    return PEOPLE.index(case.events[0][1].who) + 1
