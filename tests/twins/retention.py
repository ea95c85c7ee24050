"""The slow twin of retention: every start and every return, one person and one civil bucket at a time."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.twins.breakdowns import group_of, ranked_values
from tests.twins.logs import ZONE, TwinEvent, actors_of, matches

from finegrain.zones import bucket_start, from_us, next_bucket

if TYPE_CHECKING:
    from datetime import date

    from tests.twins.behaviour import Happening

    from finegrain.behaviour.queries.contract import EventMatch
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.retention.contract import RetentionCell
    from finegrain.behaviour.retention.query import RetentionQuery

HOUR_US = 3_600_000_000
Member = tuple[str, int, str]
"""Somebody in a cohort: who, in which group, and when the cohort's bucket begins."""


@dataclass(frozen=True)
class TwinRetention:
    """One retention table over one log."""

    query: RetentionQuery
    scope: Scope

    def members(self, log: list[Happening]) -> dict[Member, set[int]]:
        """Give everybody of every cohort with the periods in which they came back."""
        actors = actors_of(log, self.query.unit, self.query.group)
        values = ranked_values(self.query, self.scope, self.query.start, log)
        found = {}
        for actor, events in actors.items():
            for start in self.starts(events):
                returned = {period for period in range(self.query.periods + 1) if self.returned(events, start, period)}
                found[actor, group_of(self.query, start, values), self.label(start)] = returned
        return found

    def people(self, log: list[Happening], label: str, cell: RetentionCell) -> list[str]:
        """Give who is in a cell of the cohort that begins at ``label``."""
        found = set()
        for (actor, group, start), periods in self.members(log).items():
            there = cell.period is None or (cell.period in periods) == (cell.outcome == "returned")
            if start == label and there and cell.group in (None, group):
                found.add(actor.partition("/")[0])
        return sorted(found)

    def starts(self, events: list[TwinEvent]) -> list[TwinEvent]:
        """Give the event with which somebody enters each cohort."""
        found = [one for one in events if self.meets(self.query.start, one)]
        if self.query.cohort == "first_time":
            return [one for one in found[:1] if self.inside(one)]
        return [next(part) for _, part in itertools.groupby(filter(self.inside, found), key=self.bucket)]

    def returned(self, events: list[TwinEvent], start: TwinEvent, period: int) -> bool:
        """Say whether somebody came back in a period after a start."""
        wanted = self.bucket(start)
        for _ in range(period):
            wanted = wanted + 1 if isinstance(wanted, int) else next_bucket(wanted, self.query.granularity)  # type: ignore[arg-type]
        others = [one for one in events if one != start and one.at_us >= start.at_us and self.meets(self.query.returns, one)]
        if period and self.query.mode == "on_or_after":
            return any(self.bucket(one) >= wanted for one in others)  # type: ignore[operator]
        return any(self.bucket(one) == wanted for one in others)

    def meets(self, event: EventMatch, one: TwinEvent) -> bool:
        """Say whether an event is one of somebody who counts, and what is asked for."""
        audience = self.query.audience
        return (audience is None or one.who in audience.people) and matches(event, one, self.scope.filters)

    def inside(self, one: TwinEvent) -> bool:
        """Say whether an event lies in the period."""
        return self.scope.start_us <= one.at_us < self.scope.end_us

    def label(self, one: TwinEvent) -> str:
        """Give when an event's bucket begins, as civil time."""
        bucket = self.bucket(one)
        if isinstance(bucket, int):
            return from_us(bucket * HOUR_US).astimezone(ZONE.info).isoformat(timespec="minutes")
        return bucket.isoformat()

    def bucket(self, one: TwinEvent) -> date | int:
        """Give the first day of an event's bucket; the number of its hour since 1970, where those are asked for."""
        if self.query.granularity == "hour":
            return one.at_us // HOUR_US
        return bucket_start(ZONE.day_of(from_us(one.at_us)), self.query.granularity)
