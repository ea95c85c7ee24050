"""A slow twin of the metrics of goals: from the log's happenings alone, one person and one day at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.twins.behaviour import shows_activity, twin_facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from tests.twins.behaviour import Happening

    from finegrain.strategy.goals.contract import Metric
    from finegrain.zones import Zone


def twin_tally(
    log: list[Happening],
    known: dict[str, datetime],
    who: list[str],
    metric: Metric,
    *,
    days: list[date],
    until: datetime,
    zone: Zone,
) -> tuple[int, int]:
    """Give what a metric divides by what, over civil days up to a moment."""
    did = _did(metric)
    start, end = zone.day_start(days[0]), min(until, zone.day_start(days[-1] + timedelta(days=1)))
    before = [days[0] - timedelta(days=back + 1) for back in range(len(days))]
    facts = twin_facts(log, known, end, start)
    mine = [facts[one] for one in who]
    came = {one.who for one in log if did(one) and start <= one.at < end}
    match metric.name:
        case "conversion":
            return len(came & set(who)), len(who)
        case "active_days":
            pairs = {(one.who, zone.day_of(one.at)) for one in log if did(one) and start <= one.at < end and one.who in who}
            return len(pairs), len(who)
        case "retention":
            base = {one.who for one in log if did(one) and zone.day_of(one.at) in before and one.who in who}
            return len(base & came), len(base)
        case "repeat_rate":
            return sum(one.window_purchases > 1 for one in mine), sum(one.window_purchases > 0 for one in mine)
        case "revenue_per_person":
            return sum(one.window_revenue_minor for one in mine), len(who)
        case _:
            return sum(one.window_revenue_minor for one in mine), sum(one.window_purchases for one in mine)


def _did(metric: Metric) -> Callable[[Happening], bool]:
    return (lambda one: one.event == metric.event) if metric.event else shows_activity
