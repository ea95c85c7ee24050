"""What the pages of sources say of each: how much came, when last, and what was refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from finegrain.collect.sources.contract import Source
    from finegrain.workspace import Workspace

_DAY_HOURS = 24
LONG_AGO = timedelta(days=90)
"""How far back a page looks once for what came last."""
LATELY = timedelta(days=1)
"""How far back it looks again and again: forty times as fast."""


@dataclass(frozen=True)
class SourceFigures:
    """How one source fares.

    Attributes:
        events: stored within the last 24 hours, the running hour included.
        duplicates, refused: within the same time.
        hourly: events of each of those hours, the oldest first.
        last_at: when something last came, aware, in UTC; the hour's beginning where it was before the server's start, None
            where nothing came within the time that was looked through.
        open_refused: refused items that nobody has replayed or discarded.
    """

    source: Source
    events: int
    duplicates: int
    refused: int
    hourly: tuple[int, ...]
    last_at: datetime | None
    open_refused: int


def read_sources(ws: Workspace, *, since: timedelta = LONG_AGO) -> list[SourceFigures]:
    """Give all sources by name with their figures; what came longer ago than ``since`` is not looked for."""
    waiting = ws.refused.sources()
    return [_figures(ws, source, waiting.get(source.name, 0), since) for source in ws.sources.all()]


def read_source(ws: Workspace, name: str, *, since: timedelta = LONG_AGO) -> SourceFigures:
    """Give one source with its figures; what came longer ago than ``since`` is not looked for.

    Raises:
        UnknownSourceError: there is no such source.
    """
    source = ws.sources.get(name)
    return _figures(ws, source, ws.refused.sources().get(name, 0), since)


def _figures(ws: Workspace, source: Source, open_refused: int, since: timedelta) -> SourceFigures:
    now = ws.clock.now()
    hours = ws.health.hours(now - since, now, source.name)
    day = hours[-_DAY_HOURS:]
    return SourceFigures(
        source=source,
        events=sum(hour.events for hour in day),
        duplicates=sum(hour.duplicates for hour in day),
        refused=sum(hour.refused for hour in day),
        hourly=tuple(hour.events for hour in day),
        last_at=_last_at(ws, source.name) or next((hour.at for hour in reversed(hours) if hour.requests), None),
        open_refused=open_refused,
    )


def _last_at(ws: Workspace, name: str) -> datetime | None:
    recent = ws.collector.recent(1, name)
    if recent:
        return recent[0].received_at
    return next((minute.at for minute in reversed(ws.health.minutes(source=name)) if minute.requests), None)
