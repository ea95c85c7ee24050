"""Events of some names alone: the same as all events looked through, kept as long as there is room."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from finegrain.behaviour.queries import parallel
from finegrain.behaviour.queries._view_kernels import Events
from finegrain.behaviour.queries.columns import frozen
from finegrain.behaviour.queries.thinning import ThinEvents, thin

NAMES = 4


def events_of(actors: list[list[int]]) -> Events:
    """Give events by actor, each a code of its name, at instants and rows that tell them apart."""
    offsets = np.cumsum([0, *map(len, actors)], dtype=np.int64)
    event = np.array([code for codes in actors for code in codes], dtype=np.int32)
    numbers = np.arange(len(event))
    return Events(frozen(offsets), frozen(numbers * 10), frozen(event), frozen(numbers.astype(np.int32)))


def names(*codes: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Give which names are wanted."""
    return np.isin(np.arange(NAMES), codes)


@given(actors=st.lists(st.lists(st.integers(0, NAMES - 1), max_size=8), max_size=8), codes=st.sets(st.integers(0, NAMES - 1)))
def test_each_actor_keeps_the_wanted_events_in_order(actors: list[list[int]], codes: set[int]) -> None:
    whole, thinned = events_of(actors), thin(events_of(actors), names(*codes))
    for actor in range(len(actors)):
        before = slice(*whole.offsets[actor : actor + 2])
        after = slice(*thinned.offsets[actor : actor + 2])
        kept = np.isin(whole.event[before], list(codes))
        assert whole.time_us[before][kept].tolist() == thinned.time_us[after].tolist()
        assert whole.event[before][kept].tolist() == thinned.event[after].tolist()
        assert whole.row[before][kept].tolist() == thinned.row[after].tolist()


def test_where_most_events_are_wanted_all_are_given() -> None:
    events = events_of([[0, 1, 1], [1, 2]])
    assert ThinEvents(events, NAMES).of(names(1, 2)) is events
    assert ThinEvents(events, NAMES).of(names(1)) is not events


def test_what_was_asked_last_is_kept_while_there_is_room() -> None:
    kept = ThinEvents(events_of([[0, 0, 1, 1, 2]]), NAMES)
    first, second = kept.of(names(0)), kept.of(names(1))
    assert kept.of(names(0)) is first
    third = kept.of(names(2))  # five events in all: room for all three
    assert (kept.of(names(1)), kept.of(names(2))) == (second, third)
    kept.of(names(0, 2))
    assert kept.of(names(2)) is third
    assert kept.of(names(0)) is not first


def test_of_no_events_none_are_wanted() -> None:
    assert len(ThinEvents(events_of([]), 0).of(np.ones(1, dtype=np.bool_)).event) == 0


def test_many_things_are_cut_for_all_cores() -> None:
    assert parallel.even(5) == [(0, 5)]
    many = parallel.even(parallel.LEAST_EVENTS)
    assert (len(many), many[0][0], many[-1][1]) == (parallel.cores(), 0, parallel.LEAST_EVENTS)
