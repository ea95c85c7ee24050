"""When time alone may change what a condition says of one person: the instants at which it is worth asking again."""

from __future__ import annotations

import re
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

from finegrain.audience.rules.contract import (
    DAY_OPERATORS,
    DAYS_SINCE,
    Did,
    FirstTime,
    HasTrait,
    InSegment,
    InTier,
    LastTime,
    Messaged,
    Moved,
    Ordered,
    Rule,
    Sequence,
)
from finegrain.audience.rules.days import turns as day_turns
from finegrain.audience.rules.messages import message_matches
from finegrain.audience.rules.reading import walk
from finegrain.behaviour.contract import NEVER
from finegrain.behaviour.queries.conditions import several
from finegrain.behaviour.queries.durations import read_duration
from finegrain.zones import bucket_start, from_us, next_bucket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.audience.rules.contract import EventMatch
    from finegrain.audience.rules.ground import Ground

_COUNTED = re.compile(r"(\d+)([dwm])")
MOST_AHEAD_DAYS = 4_000


def turns(ground: Ground, rule: Rule) -> tuple[int, ...]:
    """Give the instants after the moment at which a rule may say something else of one person, if nothing happens.

    Args:
        ground: of one person.
        rule: the rule, whose conditions on segments are followed.

    Returns:
        Microseconds since 1970 UTC, ascending; at any other instant the rule says what it says at the one before.
    """
    found: set[int] = set()
    for _path, condition in walk(rule):
        if isinstance(condition, InSegment):
            meaning = ground.sources.segments.meaning(condition.segment)
            found |= set(turns(ground, meaning)) if isinstance(meaning, Rule) else set()
        elif type(condition) in _TURNS:
            found |= set(_TURNS[type(condition)](ground, condition))
    return tuple(sorted(at for at in found if at > ground.moment.as_of_us))


def _starts(ground: Ground, days: Iterable[date]) -> set[int]:
    """Give the first moments as of which days are today: an instant after they begin."""
    last = ground.moment.today + timedelta(days=MOST_AHEAD_DAYS)
    return {ground.moment.start_us(day) + 1 for day in days if ground.moment.today < day <= last}


def _leaving(ground: Ground, times_us: NDArray[np.int64], period: str) -> set[int]:
    """Give when some events leave a period that moves along, or come into it."""
    today, month = ground.moment.today, bucket_start(ground.moment.today, "month")
    after_next = next_bucket(next_bucket(month, "month"), "month")
    if period in {"today", "yesterday"}:
        return _starts(ground, [today + timedelta(days=ahead) for ahead in (1, 2)])
    if period in {"this_month", "last_month"}:
        return _starts(ground, [next_bucket(month, "month"), after_next])
    counted = _COUNTED.fullmatch(period)
    if counted is None:
        return set()
    count, unit = int(counted[1]), counted[2]
    if unit == "m":
        return _starts(ground, _next_months(month, count))
    length = count * (7 if unit == "w" else 1)
    window = ground.moment.window(period)
    inside = {ground.moment.zone.day_of(from_us(us)) for us in times_us[times_us >= window.start_us].tolist()}
    return _starts(ground, [day + timedelta(days=length) for day in inside])


def _next_months(month: date, count: int) -> list[date]:
    found = [next_bucket(month, "month")]
    for _ in range(min(count, MOST_AHEAD_DAYS // 31)):
        found.append(next_bucket(found[-1], "month"))
    return found


def _trait(ground: Ground, condition: HasTrait) -> set[int]:
    if condition.op not in DAY_OPERATORS:
        return set()
    day = int(ground.trait_days(condition.trait, anniversary=condition.op == "anniversary")[0])
    (count,) = several(condition.value)
    return _starts(ground, day_turns(condition.op, day, int(count), ground.moment.today))


def _events(match: Callable[[Any], EventMatch]) -> Callable[[Ground, Any], set[int]]:
    return lambda ground, condition: _leaving(ground, ground.matched.of(match(condition)).time_us, condition.period)


def _sequence(ground: Ground, condition: Sequence) -> set[int]:
    times_us = ground.matched.of(condition.after).time_us
    over = (times_us + read_duration(condition.within, "within") + 1).tolist()
    return {*over, *_leaving(ground, times_us, condition.period)}


def _orders(ground: Ground, condition: Ordered) -> set[int]:
    if condition.orders not in DAYS_SINCE:
        index = ground.snapshot.index
        return {at for times in (index.order_time_us, index.orphan_time_us) for at in _leaving(ground, times, condition.period)}
    figures = ground.orders(condition.period)
    at_us = int((figures.first_us if condition.orders == "days_since_first_purchase" else figures.last_us)[0])
    if at_us == NEVER:
        return set()
    day = ground.moment.zone.day_of(from_us(at_us))
    bounds = [min(ceil(float(value)), MOST_AHEAD_DAYS) for value in several(condition.value)]
    return _starts(ground, [day + timedelta(days=bound + more) for bound in bounds for more in (0, 1)])


def _tier_turns(ground: Ground, scheme: str) -> tuple[int, ...]:
    tiers, index = ground.sources.tiers, ground.snapshot.index
    return tiers.turns(scheme, ground.moment.as_of, index, ground.everybody)


def _tier(ground: Ground, condition: InTier) -> set[int]:
    tiers = (condition.tier,) if isinstance(condition.tier, str) else condition.tier
    return {at for tier in tiers for at in _tier_turns(ground, tier.partition("/")[0])}


def _moved(ground: Ground, condition: Moved) -> set[int]:
    start = ground.moment.window(condition.period).start_us
    length = (ground.moment.today - ground.moment.zone.day_of(from_us(start))).days
    midnights = _starts(ground, [ground.moment.today + timedelta(days=ahead) for ahead in range(1, length + 2)])
    return {*midnights, *_tier_turns(ground, condition.moved)}


def _messages(ground: Ground, condition: Messaged) -> set[int]:
    matches = message_matches(ground.everybody.event_names, condition.messages, condition.channel)
    times = [ground.matched.of(match).time_us for match in matches]
    return {at for one in times for at in _leaving(ground, one, condition.period)}


_TURNS: dict[type[Rule], Callable[[Ground, Any], set[int] | tuple[int, ...]]] = {
    HasTrait: _trait,
    Did: _events(lambda condition: condition.event),
    FirstTime: _events(lambda condition: condition.first_time),
    LastTime: _events(lambda condition: condition.last_time),
    Sequence: _sequence,
    Ordered: _orders,
    InTier: _tier,
    Moved: _moved,
    Messaged: _messages,
}
