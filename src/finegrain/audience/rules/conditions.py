"""What each condition means: which people meet it, over any part of the index, of everybody or of one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from finegrain.audience.rules import days
from finegrain.audience.rules.contract import (
    DAY_OPERATORS,
    Consented,
    Did,
    FirstTime,
    HasTrait,
    InTier,
    LastTime,
    Messaged,
    Moved,
    Ordered,
    Predicted,
    Reachable,
    Sequence,
)
from finegrain.audience.rules.messages import message_matches
from finegrain.audience.rules.numbers import compare
from finegrain.behaviour.contract import NEVER
from finegrain.behaviour.deeds.measuring import add_up, count, count_days, followed
from finegrain.behaviour.queries.conditions import passing, several
from finegrain.behaviour.queries.contract import Filter
from finegrain.behaviour.queries.durations import read_duration
from finegrain.money import exponent
from finegrain.zones import from_us

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any

    from numpy.typing import NDArray

    from finegrain.audience.rules.contract import Rule
    from finegrain.audience.rules.ground import Ground

YES, NO = 1.0, 0.0


def did(ground: Ground, condition: Did) -> NDArray[np.float64]:
    """Give what everybody did, measured, ``(P,) float64``."""
    key = ("did", repr(condition.event), condition.measure, condition.property, condition.period)
    return ground.latest(key, lambda: _measured(ground, condition))


def _measured(ground: Ground, condition: Did) -> NDArray[np.float64]:
    window = ground.moment.window(condition.period)
    if condition.measure == "count":
        events, marked = ground.matched.marked(condition.event)
        return count(events, window, marked)
    events = ground.matched.of(condition.event)
    if condition.measure == "sum":
        return add_up(events, ground.matched.numbers(condition.event, condition.property), window)
    seen = events.time_us[events.time_us >= window.start_us]
    if not len(seen) or int(seen.min()) >= window.end_us:
        return np.zeros(ground.people)
    return count_days(events, ground.moment.edges_us(int(seen.min())), window)


def sequence(ground: Ground, condition: Sequence) -> NDArray[np.int64]:
    """Give when everybody last did what was followed in time, or was not where that is asked, ``(P,) int64``."""
    moment = ground.moment
    events, others = ground.matched.of(condition.after), ground.matched.of(condition.then)
    within_us = read_duration(condition.within, "within")
    happened, missed = followed(events, others, moment.window(condition.period), within_us, moment.as_of_us)
    return happened if condition.happened else missed


def ordered(ground: Ground, condition: Ordered) -> NDArray[np.float64]:
    """Give a figure of everybody's orders, amounts in major units, ``(P,) float64``; NaN where there is none."""
    figures, unit = ground.orders(condition.period), 10 ** exponent(ground.currency)
    match condition.orders:
        case "purchases":
            return figures.purchases.astype(np.float64)
        case "revenue":
            revenue: NDArray[np.float64] = figures.revenue_minor / unit
            return revenue
        case "average_order_value":
            some = figures.purchases > 0
            average = np.full(len(some), np.nan)
            average[some] = figures.revenue_minor[some] / figures.purchases[some] / unit
            return average
        case "days_since_first_purchase":
            return ground.moment.days_since(figures.first_us)
        case _:
            return ground.moment.days_since(figures.last_us)


def messaged(ground: Ground, condition: Messaged) -> NDArray[np.float64]:
    """Give how many messages to everybody had the fate that is asked for, ``(P,) float64``."""
    window = ground.moment.window(condition.period)
    found = np.zeros(ground.people)
    for match in message_matches(ground.everybody.event_names, condition.messages, condition.channel):
        events, marked = ground.matched.marked(match)
        found += count(events, window, marked)
    return found


def _has_trait(ground: Ground, condition: HasTrait) -> NDArray[np.bool_]:
    if condition.op in DAY_OPERATORS:
        count_ = int(several(condition.value)[0])
        found = ground.trait_days(condition.trait, anniversary=condition.op == "anniversary")
        passed: NDArray[np.bool_] = days.near(condition.op, found, count_, ground.moment.today)
        return passed
    asked = Filter(condition.trait, condition.op, condition.value)  # type: ignore[arg-type]
    return passing(asked, ground.trait(condition.trait), ground.moment.zone)


def _did(ground: Ground, condition: Did) -> NDArray[np.bool_]:
    return compare(condition.op, did(ground, condition), condition.value)


def _first_time(ground: Ground, condition: FirstTime) -> NDArray[np.bool_]:
    return _inside(ground, ground.times(condition.first_time)[0], condition.period)


def _last_time(ground: Ground, condition: LastTime) -> NDArray[np.bool_]:
    return _inside(ground, ground.times(condition.last_time)[1], condition.period)


def _inside(ground: Ground, times_us: NDArray[np.int64], period: str) -> NDArray[np.bool_]:
    window = ground.moment.window(period)
    inside: NDArray[np.bool_] = (times_us >= window.start_us) & (times_us < window.end_us)
    return inside


def _sequence(ground: Ground, condition: Sequence) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = sequence(ground, condition) != NEVER
    return found


def _ordered(ground: Ground, condition: Ordered) -> NDArray[np.bool_]:
    return compare(condition.op, ordered(ground, condition), condition.value)


def schemes_now(ground: Ground, condition: Rule) -> set[str]:
    """Give the schemes whose tiers as of the moment itself a condition asks for."""
    if isinstance(condition, InTier) and _at(ground, condition) == ground.moment.as_of:
        return {tier.partition("/")[0] for tier in _tiers(condition)}
    if isinstance(condition, Moved) and span(ground, condition)[1] == ground.moment.as_of:
        return {condition.moved}
    return set()


def _tiers(condition: InTier) -> tuple[str, ...]:
    return (condition.tier,) if isinstance(condition.tier, str) else condition.tier


def _at(ground: Ground, condition: InTier) -> datetime:
    as_of = ground.moment.as_of
    return min(ground.moment.zone.day_start(date.fromisoformat(condition.at)), as_of) if condition.at else as_of


def _in_tier(ground: Ground, condition: InTier) -> NDArray[np.bool_]:
    at = _at(ground, condition)
    found = np.zeros(ground.people, dtype=np.bool_)
    for tier in _tiers(condition):
        scheme, _, key = tier.partition("/")
        found |= _keys(ground, scheme, at, (key,))
    return found


def _keys(ground: Ground, scheme: str, at: datetime, keys: tuple[str, ...]) -> NDArray[np.bool_]:
    known, codes = ground.tiers(scheme, at)
    wanted = np.array([not keys or key in keys for key in known], dtype=np.bool_)
    found: NDArray[np.bool_] = wanted[codes]
    return found


def _moved(ground: Ground, condition: Moved) -> NDArray[np.bool_]:
    before, after = span(ground, condition)
    was, now = (_keys(ground, condition.moved, at, keys) for at, keys in ((before, condition.was), (after, condition.now)))
    differs = ground.tiers(condition.moved, before)[1] != ground.tiers(condition.moved, after)[1]
    moved: NDArray[np.bool_] = was & now & differs
    return moved


def span(ground: Ground, condition: Moved) -> tuple[datetime, datetime]:
    """Give the two moments between which somebody is to have moved."""
    window = ground.moment.window(condition.period)
    end = from_us(window.end_us)
    return min(from_us(window.start_us), end), end


def _consented(ground: Ground, condition: Consented) -> NDArray[np.bool_]:
    agreed: NDArray[np.bool_] = consent(ground, condition.consent, condition.purpose) == YES
    return agreed


def consent(ground: Ground, channel: str, purpose: str) -> NDArray[np.float64]:
    """Give what everybody said last of a channel and purpose, ``(P,) float64``: 1 for yes, 0 for no, NaN for nothing."""
    key = ("consent", channel, purpose)
    source, before = ground.sources.consents, ground.moment.as_of
    said = ground.once(key, lambda: ground.column(source.consents(channel, purpose, before)))
    return said.number().values


def _reachable(ground: Ground, condition: Reachable) -> NDArray[np.bool_]:
    refused: NDArray[np.bool_] = consent(ground, condition.reachable, condition.purpose) == NO
    return has_address(ground, condition.reachable) & ~refused


def has_address(ground: Ground, channel: str) -> NDArray[np.bool_]:
    """Say who has an address for a channel: a trait that is one and is not empty."""
    found = np.zeros(ground.people, dtype=np.bool_)
    for name in ground.sources.consents.addresses(channel):
        there = Filter(name, "exists"), Filter(name, "is_not", "")
        for_all = [passing(one, ground.trait(name), ground.moment.zone) for one in there]
        found |= np.logical_and.reduce(for_all)
    return found


def _messaged(ground: Ground, condition: Messaged) -> NDArray[np.bool_]:
    return compare(condition.op, messaged(ground, condition), condition.value)


def _predicted(ground: Ground, condition: Predicted) -> NDArray[np.bool_]:
    return compare(condition.op, np.full(ground.people, np.nan), condition.value)


_MEANINGS: dict[type[Rule], Callable[[Ground, Any], NDArray[np.bool_]]] = {
    HasTrait: _has_trait,
    Did: _did,
    FirstTime: _first_time,
    LastTime: _last_time,
    Sequence: _sequence,
    Ordered: _ordered,
    InTier: _in_tier,
    Moved: _moved,
    Consented: _consented,
    Reachable: _reachable,
    Messaged: _messaged,
    Predicted: _predicted,
}


def meeting(ground: Ground, condition: Rule) -> NDArray[np.bool_]:
    """Say who meets a condition, ``(P,) bool``; one on a segment is the evaluation's."""
    return _MEANINGS[type(condition)](ground, condition)
