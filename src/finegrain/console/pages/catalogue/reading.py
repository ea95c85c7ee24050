"""What the pages of the catalogue show, read from the services in one go."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from finegrain.console.holder import workspace

if TYPE_CHECKING:
    from datetime import date, datetime

    from finegrain.collect.catalogue.contract import CataloguedEvent, CataloguedProperty, CatalogueProgress
    from finegrain.collect.plan.contract import EventPlan, TrackingPlan, ViolationCount

PATIENCE_S = 1.0
"""How long a page waits for events that are not counted yet."""
SPARK_DAYS = 14
CHART_DAYS = 30


@dataclass(frozen=True)
class Listing:
    """What the list of events shows: events, events a day of the last 14, the plan, and violations by event."""

    progress: CatalogueProgress
    events: list[CataloguedEvent]
    days: dict[str, list[int]]
    plan: TrackingPlan
    violations: dict[str, int]


@dataclass(frozen=True)
class EventView:
    """What the page of one event shows.

    Attributes:
        event: of the chosen source, or of all; ``sources`` has all of them.
        source: the chosen one; None for all.
        days: the civil days of the chart, with the events that happened on each.
        plan: its declaration, None where there is none.
        violations: how it violates the plan, the latest first.
    """

    event: CataloguedEvent
    sources: dict[str, int]
    source: str | None
    properties: list[CataloguedProperty]
    days: dict[date, int]
    plan: EventPlan | None
    violations: list[ViolationCount]


def read_listing(source: str | None, text: str) -> Listing:
    """Read what the list of events shows."""
    ws = workspace()
    progress = ws.catalogue.refresh(budget_s=PATIENCE_S)
    violations: Counter[str] = Counter()
    for each in ws.plan.violations(limit=5_000):
        violations[each.event] += each.count
    days = _recent(ws.catalogue.volumes(_edges(SPARK_DAYS), source=source))
    return Listing(progress, ws.catalogue.events(source, text), days, ws.plan.plan(), dict(violations))


def read_event(name: str, source: str | None) -> EventView:
    """Read what the page of one event shows; a source that has not sent it counts as all.

    Raises:
        UnknownEventError: no such event has been seen.
    """
    ws = workspace()
    ws.catalogue.refresh(budget_s=PATIENCE_S)
    whole = ws.catalogue.event(name)
    source = source if source in whole.sources else None
    event = ws.catalogue.event(name, source)
    counts = ws.catalogue.volumes(_edges(CHART_DAYS), event=event.name, source=source).get(event.name, [0] * (CHART_DAYS + 1))
    return EventView(
        event,
        whole.sources,
        source,
        ws.catalogue.properties(name, source),
        _by_day(counts),
        ws.plan.plan().get(event.name),
        ws.plan.violations(event=event.name),
    )


def sources() -> list[str]:
    """Give every source that has sent an event, by name."""
    return sorted({source for event in workspace().catalogue.events() for source in event.sources})


def _by_day(counts: list[int]) -> dict[date, int]:
    days = _days(len(counts))
    by_day = dict(zip(days, counts, strict=True))
    del by_day[days[0] if counts[-1] else days[-1]]
    return by_day


def _recent(volumes: dict[str, list[int]]) -> dict[str, list[int]]:
    today = any(counts[-1] for counts in volumes.values())
    return {name: counts[1:] if today else counts[:-1] for name, counts in volumes.items()}


def _edges(days: int) -> list[datetime]:
    # One day more than is shown: before anything has happened today, the days up to yesterday are shown.
    shown = _days(days + 1)
    return [workspace().zone.day_start(day) for day in (*shown, shown[-1] + timedelta(days=1))]


def _days(count: int) -> list[date]:
    ws = workspace()
    last = ws.zone.day_of(ws.as_of() - timedelta(microseconds=1))
    return [last - timedelta(days=count - 1 - place) for place in range(count)]
