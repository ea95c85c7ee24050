"""Sharing out the events of one instant among steps, against every way there is, for events that match several steps."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest

from finegrain.behaviour._jit import jit
from finegrain.behaviour.funnel import _kernels as kernels
from finegrain.behaviour.funnel.embedded import fill_levels
from finegrain.behaviour.queries._view_kernels import Events, Matches
from finegrain.behaviour.queries.columns import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

STEPS, ACTORS, MOST = 4, 400, 6
HOUR_US = 3_600_000_000
NOBODY = np.zeros(0, dtype=np.int64)

Crowd = list[list[tuple[int, int]]]
"""By actor: the hour and the bits of each event, in order."""


def crowd(rng: np.random.Generator) -> Crowd:
    """Make actors with up to six events in up to three hours, most of which match several steps."""
    made = []
    for size in rng.integers(1, MOST + 1, ACTORS).tolist():
        hours = np.sort(rng.choice([0, 0, 0, 1, 30], size)).tolist()
        made.append(list(zip(hours, rng.integers(0, 1 << STEPS, size).tolist(), strict=True)))
    return made


def found(people: Crowd, order: int) -> tuple[list[int], NDArray[np.int64]]:
    """Give the kernel's levels, and the places of the chains within each actor's events."""
    offsets = np.cumsum([0, *(len(events) for events in people)])
    hours, bits = np.array([event for events in people for event in events]).T
    count = len(hours)
    events = Events(
        frozen(offsets), frozen(hours * HOUR_US), frozen(np.zeros(count, np.int32)), frozen(np.arange(count, dtype=np.int32))
    )
    every = np.uint32(2**32 - 1)
    matches = Matches(frozen(np.array([every])), every, frozen(bits.astype(np.uint32)), frozen(np.full(ACTORS, every)))
    rules = kernels.Rules(STEPS, order, kernels.ANY_START, 0, 100 * HOUR_US, 24 * HOUR_US, True, NOBODY, NOBODY)  # noqa: FBT003
    level, places = fill_levels(events, matches, rules)
    return level.tolist(), places - offsets[:-1, None]


def shared_out(first: int, together: list[int], events: list[tuple[int, int]], steps: int = STEPS) -> list[int]:
    """Serve as many steps as can be; of all ways the one that takes what arrived first, step by step."""
    for size in range(min(steps - first, len(together)), 0, -1):
        for chosen in itertools.permutations(together, size):
            if all(events[one][1] >> (first + place) & 1 for place, one in enumerate(chosen)):
                return list(chosen)
    return []


def ordered(events: list[tuple[int, int]]) -> list[int]:
    """Give the longest chain, of several the one that starts first."""
    best: list[int] = []
    for start, (hour, bits) in enumerate(events):
        if bits & 1:
            chain = [start]
            for at in sorted({one[0] for one in events if hour <= one[0] <= hour + 24}):
                together = [place for place, one in enumerate(events) if one[0] == at and place != start]
                chain += shared_out(len(chain), together, events)
            best = chain if len(chain) > len(best) else best
    return best


def windows(events: list[tuple[int, int]]) -> Iterator[list[int]]:
    """Give, for each event that matches anything, what serves one distinct step more within a day of it."""
    for anchor, (hour, bits) in enumerate(events):
        if bits:
            within = [place for place in range(anchor, len(events)) if events[place][0] <= hour + 24]
            sizes = [0, *(most_served([events[one][1] for one in within[: count + 1]]) for count in range(len(within)))]
            yield [one for one, (before, after) in zip(within, itertools.pairwise(sizes), strict=True) if after > before]


def most_served(bits: list[int]) -> int:
    """Give how many distinct steps distinct events can serve."""
    ways = [[step for step in range(STEPS) if one >> step & 1] or [-1 - place] for place, one in enumerate(bits)]
    return max(len({step for step in way if step >= 0}) for way in itertools.product(*ways)) if bits else 0


@pytest.mark.parametrize("seed", range(3))
def test_in_order_as_many_steps_are_served_as_can_be_by_what_arrived_first(seed: int) -> None:
    people = crowd(np.random.default_rng(seed))
    level, places = found(people, kernels.ORDERED)
    expected = [ordered(events) for events in people]
    assert level == [len(chain) for chain in expected]
    assert [row[:reached].tolist() for row, reached in zip(places, level, strict=True)] == expected


@jit
def share_out(rules: kernels.Rules, scratch: kernels.Scratch) -> int:
    """Call what only kernels can call."""
    return kernels._share_out(rules, 1, 0, len(scratch.bits), 0, scratch)


def test_an_event_that_a_step_gave_up_for_an_earlier_one_serves_the_next() -> None:
    bits = [45, 30, 34, 35, 52, 5, 24]  # of six steps, found by chance among some hundreds
    scratch = kernels.make_scratch(len(bits), 6, 0)
    scratch.bits[:] = bits
    rules = kernels.Rules(6, kernels.ORDERED, kernels.ANY_START, 0, 1, 1, True, NOBODY, NOBODY)  # noqa: FBT003
    assert share_out(rules, scratch) == 6
    expected = shared_out(1, [1, 2, 3, 4, 5, 6], [(0, one) for one in bits], steps=6)
    assert scratch.chain[1:].tolist() == expected


def test_in_any_order_as_many_distinct_steps_are_served_as_can_be() -> None:
    people = crowd(np.random.default_rng(11))
    level, places = found(people, kernels.ANY_ORDER)
    expected = [max(windows(events), key=len, default=[]) for events in people]
    assert level == [len(chain) for chain in expected]
    assert [row[:reached].tolist() for row, reached in zip(places, level, strict=True)] == expected
