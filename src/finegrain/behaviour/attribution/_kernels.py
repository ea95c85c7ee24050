"""Shares each conversion out among the touches before it, in whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finegrain.behaviour._jit import inlined, jit
from finegrain.behaviour.queries._view_kernels import Events, Groups, Matches, bits_at, first_at_or_after, group_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST, LAST, LINEAR, POSITION, DECAY = 0, 1, 2, 3, 4
WHOLE = 1_000_000
HALF_BITS, FINE = 24, 1024
FORGOTTEN = 40
"""Half-lives from which a touch has no weight."""


class Rules(NamedTuple):
    """How conversions are shared out.

    Attributes:
        start_us, end_us: a conversion lies in ``[start_us, end_us)``.
        lookback_us, half_life_us: see ``AttributionQuery``.
        most: touches of one conversion that count.
        conversion, touches: the matchers that make one.
        models: ``(M,) int64``, constants of this module.
        coarse, fine: ``(1024,) int64``, the factors A and B of decay.
    """

    start_us: int
    end_us: int
    lookback_us: int
    half_life_us: int
    most: int
    conversion: np.uint32
    touches: np.uint32
    models: NDArray[np.int64]
    coarse: NDArray[np.int64]
    fine: NDArray[np.int64]


class Sources(NamedTuple):
    """What touches are called and what conversions are worth, by row of the log; empty where that is not asked.

    Attributes:
        value: ``(N,) int32``, codes of the naming property's values, −1 for none; empty where the matchers name.
        of_value: ``(n_values + 1,) int32``, the place of each value; −1 for what is no touch.
        amount_minor: ``(N,) int64``.
        has_amount: ``(N,) bool``.
    """

    value: NDArray[np.int32]
    of_value: NDArray[np.int32]
    amount_minor: NDArray[np.int64]
    has_amount: NDArray[np.bool_]


class Scratch(NamedTuple):
    """Room for one actor's touches, and for what one conversion gives to each name: weights, credits, money, remainders."""

    time_us: NDArray[np.int64]
    name: NDArray[np.int64]
    weight: NDArray[np.int64]
    credit: NDArray[np.int64]
    minor: NDArray[np.int64]
    rest: NDArray[np.int64]


class Sums(NamedTuple):
    """What is counted; see ``Credits``. The ``seen`` say whose was counted last, −1 for nobody's."""

    conversions: NDArray[np.int64]
    actors: NDArray[np.int64]
    seen: NDArray[np.int32]
    amount_minor: NDArray[np.int64]
    without_amount: NDArray[np.int64]
    credit: NDArray[np.int64]
    credited: NDArray[np.int64]
    credited_actors: NDArray[np.int64]
    credited_seen: NDArray[np.int32]
    credit_minor: NDArray[np.int64]


class Marks(NamedTuple):
    """Whom to mark while sharing out: the owners ``(P,) bool`` of conversions with credit for a name; empty for nobody.

    ``slot`` is the one that a conversion must be in, 0 for any.
    """

    name: int
    slot: int
    marked: NDArray[np.bool_]


@jit
def share_out(
    events: Events,
    matches: Matches,
    groups: Groups,
    sources: Sources,
    owner: NDArray[np.int32],
    rules: Rules,
    low: int,
    high: int,
    scratch: Scratch,
    sums: Sums,
    marks: Marks,
) -> None:
    """Share out the conversions of the actors ``[low, high)``; ``owner`` ``(A,)`` says whose they are."""
    for actor in range(low, high):
        if not matches.by_actor[actor] & rules.conversion:
            continue
        oldest, count, end = 0, 0, events.offsets[actor + 1]
        first = first_at_or_after(events.time_us, events.offsets[actor], end, rules.start_us - rules.lookback_us)
        for place in range(first, end):
            time_us = events.time_us[place]
            if time_us >= rules.end_us:
                break
            bits = bits_at(events, matches, actor, place)
            if bits & rules.conversion and time_us >= rules.start_us:
                while oldest < count and (scratch.time_us[oldest] < time_us - rules.lookback_us or count - oldest > rules.most):
                    oldest += 1
                slot = 1 + group_at(events, groups, actor, place) if len(sums.conversions) > 1 else 0
                _convert(events, sources, rules, place, oldest, count, owner[actor], slot, scratch, sums, marks)
            name = _touch_at(events, sources, place, bits & rules.touches)
            if name >= 0:
                scratch.time_us[count], scratch.name[count] = time_us, name
                count += 1


@inlined
def _touch_at(events: Events, sources: Sources, place: int, bits: np.uint32) -> int:
    """Give the place of the touch's name; −1 where the event is none."""
    if not bits:
        return -1
    if len(sources.value):
        return sources.of_value[sources.value[events.row[place]]]  # type: ignore[no-any-return]
    name = 0
    while not bits & np.uint32(2 << name):
        name += 1
    return name


@inlined
def _convert(
    events: Events,
    sources: Sources,
    rules: Rules,
    place: int,
    oldest: int,
    count: int,
    owner: int,
    slot: int,
    scratch: Scratch,
    sums: Sums,
    marks: Marks,
) -> None:
    """Add one conversion with its credits, to the slot of all and to its group's."""
    amount = np.int64(0)
    if len(sources.amount_minor):
        row = events.row[place]
        amount = sources.amount_minor[row]
        _add_without(sums, slot, 0 if sources.has_amount[row] else 1)
    _add_conversion(sums, 0, amount, owner)
    if slot:
        _add_conversion(sums, slot, amount, owner)
    for model in range(len(rules.models)):
        _weigh(rules, rules.models[model], oldest, count, scratch)
        _divide(np.int64(WHOLE), scratch.weight, scratch.credit, scratch.rest)
        _divide(abs(amount), scratch.credit, scratch.minor, scratch.rest)
        sign = -1 if amount < 0 else 1
        _add_credits(sums, 0, model, sign, owner, scratch)
        if slot:
            _add_credits(sums, slot, model, sign, owner, scratch)
        if len(marks.marked) and (marks.slot in (0, slot)) and scratch.credit[marks.name]:
            marks.marked[owner] = True


@inlined
def _add_without(sums: Sums, slot: int, without: int) -> None:
    sums.without_amount[0] += without
    if slot:
        sums.without_amount[slot] += without


@inlined
def _add_conversion(sums: Sums, slot: int, amount: np.int64, owner: int) -> None:
    sums.conversions[slot] += 1
    sums.amount_minor[slot] += amount
    sums.actors[slot] += sums.seen[slot] != owner
    sums.seen[slot] = owner


@inlined
def _add_credits(sums: Sums, slot: int, model: int, sign: int, owner: int, scratch: Scratch) -> None:
    for name in range(len(scratch.credit)):
        if scratch.credit[name]:
            sums.credit[slot, model, name] += scratch.credit[name]
            sums.credit_minor[slot, model, name] += sign * scratch.minor[name]
            sums.credited[slot, model, name] += 1
            sums.credited_actors[slot, model, name] += sums.credited_seen[slot, model, name] != owner
            sums.credited_seen[slot, model, name] = owner


@inlined
def _weigh(rules: Rules, model: int, oldest: int, count: int, scratch: Scratch) -> None:
    """Write the weight of each name among the touches ``[oldest, count)``; ``direct``, the last one, where there is none."""
    scratch.weight[:] = 0
    touches = count - oldest
    if touches == 0:
        scratch.weight[-1] = 1
    elif model == FIRST:
        scratch.weight[scratch.name[oldest]] = 1
    elif model == LAST or touches == 1:
        scratch.weight[scratch.name[count - 1]] = 1
    else:
        for touch in range(oldest, count):
            scratch.weight[scratch.name[touch]] += _weight(rules, model, touch, oldest, count, scratch)


@inlined
def _weight(rules: Rules, model: int, touch: int, oldest: int, count: int, scratch: Scratch) -> int:
    if model == DECAY:
        return _decayed(rules, scratch.time_us[count - 1] - scratch.time_us[touch])
    touches = count - oldest
    if model == POSITION and touches > 2:  # noqa: PLR2004 - with two, each has half
        # 40 : 20 / (n − 2) : 40, in whole numbers.
        return 2 * (touches - 2) if touch in (oldest, count - 1) else 1
    return 1


@inlined
def _decayed(rules: Rules, age_us: int) -> int:
    halvings, rest = age_us // rules.half_life_us, age_us % rules.half_life_us
    if halvings >= FORGOTTEN:
        return 0
    coarse, rest = rest * FINE // rules.half_life_us, rest * FINE % rules.half_life_us
    fine = rest * FINE // rules.half_life_us
    return (rules.coarse[coarse] * rules.fine[fine]) >> (HALF_BITS + halvings)  # type: ignore[no-any-return]


@inlined
def _divide(whole: np.int64, weight: NDArray[np.int64], part: NDArray[np.int64], rest: NDArray[np.int64]) -> None:
    """Divide ``whole`` in proportion to weights by largest remainders, ties to the first.

    With ``whole = q W + r`` a part is ``q w + r w / W``. Weights add up to less than 2⁴³ where the whole is 10⁶, and to 10⁶ where
    it is money, so that no product exceeds 64 bits.
    """
    total = np.int64(0)
    for name in range(len(weight)):
        total += weight[name]
    times, more = whole // total, whole % total
    left = whole
    for name in range(len(weight)):
        part[name], rest[name] = times * weight[name], 0
        if weight[name] and more:
            product = more * weight[name]
            part[name] += product // total
            rest[name] = product % total
        left -= part[name]
    while left > 0:
        largest = 0
        for name in range(1, len(rest)):
            if rest[name] > rest[largest]:
                largest = name
        part[largest] += 1
        rest[largest] = -1
        left -= 1
