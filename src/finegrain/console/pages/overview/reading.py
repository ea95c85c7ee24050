"""What the overview page reads from the workspace, off the event loop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from finegrain.zones import to_us

if TYPE_CHECKING:
    from finegrain.audience.tiers.matrix import MatrixResult
    from finegrain.audience.tiers.result import TierResult
    from finegrain.behaviour.overview import OverviewResult
    from finegrain.console.period import ShownPeriod
    from finegrain.workspace import Workspace


@dataclass(frozen=True)
class Basis:
    """What the page stands on.

    Attributes:
        as_of: the moment for which figures are shown; aware, in UTC.
        newest: the last civil day that there are figures for; today only once something has happened today.
        stops: the day on which the data ends, where that is before today.
        is_empty: whether nobody is known yet.
    """

    as_of: datetime
    newest: date
    stops: date | None
    is_empty: bool


@dataclass(frozen=True)
class PageFigures:
    """Everything that the page shows for one period.

    Attributes:
        people_course: people known at the end of each bucket of the overview's series.
        moment: the moment of the tiers as addresses of other pages take it; empty for the workspace's own.
        unfinished: whether the last day is not over yet.
    """

    period: ShownPeriod
    overview: OverviewResult
    rfm: TierResult
    matrix: MatrixResult
    people_course: tuple[int, ...]
    currency: str
    moment: str
    unfinished: bool


def read_basis(workspace: Workspace) -> Basis:
    """Find out what the page stands on."""
    zone, as_of = workspace.zone, workspace.as_of()
    last, data_end = zone.day_of(as_of - timedelta(microseconds=1)), workspace.index.data_end()
    newest = min(last, zone.day_of(data_end)) if data_end else last
    stops = last if last < zone.day_of(workspace.clock.now()) else None
    return Basis(as_of, newest, stops, is_empty=len(workspace.index.current().person_ids) == 0)


def read_figures(workspace: Workspace, basis: Basis, period: ShownPeriod) -> PageFigures:
    """Read the figures of a period; tiers are as of its end."""
    reaches_end = period.last >= basis.newest
    day_after = period.last + timedelta(days=1)
    as_of = basis.as_of if reaches_end else workspace.zone.day_start(day_after)
    result, rfm = workspace.overview(period.first, period.last), workspace.tiers("rfm", as_of)
    return PageFigures(
        period=period,
        overview=result,
        rfm=rfm,
        matrix=workspace.matrix("activity", "value", as_of),
        people_course=_known(workspace, rfm, [*result.series.starts[1:], day_after]),
        currency=workspace.currency,
        moment="" if reaches_end else day_after.isoformat(),
        unfinished=workspace.zone.day_start(day_after) > workspace.clock.now(),
    )


def _known(workspace: Workspace, rfm: TierResult, ends: list[date]) -> tuple[int, ...]:
    known_us = np.sort(rfm.basis.facts.known_since_us)
    ends_us = [to_us(workspace.zone.day_start(day)) for day in ends]
    return tuple(np.searchsorted(known_us, ends_us).tolist())
