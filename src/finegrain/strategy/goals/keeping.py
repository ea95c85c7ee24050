"""Tallies as of moments of the past, kept until something arrives that happened before them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from finegrain.behaviour.index import FOREVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.strategy.goals.metrics import Tally

    Measure = Callable[[], Tally]
    Tallies = Callable[["About", Measure], Tally]
    """Gives the tally of something: what is kept, or else what is measured."""

MOST_KEPT = 50_000
"""Tallies that are kept, about 400 bytes each: those of some 400 goals of thirty days with their past."""


class About(NamedTuple):
    """What a tally is of.

    Attributes:
        goal: the number of the goal.
        of: what else decides it but what happened: its days, the people, the thresholds and rules of their tiers.
        until_us: only what happened before this moment counts, microseconds since 1970 UTC.
    """

    goal: int
    of: tuple[object, ...]
    until_us: int


@dataclass(frozen=True)
class _State:
    """How much was known: so many events in order of arrival, people up to a number, and who is who as of a revision."""

    events: int
    newest_person: int
    revision: int


class KeptTallies:
    """Keeps tallies, of one state of the data at a time. Safe to use from several threads.

    Args:
        most: how many are kept; the oldest go first.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._state: _State | None = None
        self._kept: dict[About, Tally] = {}

    def at(self, snapshot: Snapshot) -> Tallies:
        """Give those that still hold for a state of the data, to which what is measured of it is added.

        The figures of a moment follow from what happened before it. So a tally holds until an event arrives, late, that happened
        before its moment, or somebody is added who was known before it; and none holds where people or their ids changed.
        """
        watermark = snapshot.index.people_watermark
        state = _State(len(snapshot.log.time_us), *watermark)
        with self._lock:
            if self._state is not None and self._state != state:
                first_us = _first_change(self._state, state, snapshot)
                self._kept = {about: tally for about, tally in self._kept.items() if about.until_us <= first_us}
            self._state = state
        return partial(self._tally, state)

    def forget(self, goal: int) -> None:
        """Forget the tallies of a goal that is gone: another one may take its number."""
        with self._lock:
            self._kept = {about: tally for about, tally in self._kept.items() if about.goal != goal}

    def _tally(self, state: _State, about: About, measure: Measure) -> Tally:
        with self._lock:
            found = self._kept.get(about) if self._state == state else None
        return self._measured(state, about, measure) if found is None else found

    def _measured(self, state: _State, about: About, measure: Measure) -> Tally:
        tally = measure()
        with self._lock:
            if self._state == state:  # else it may be older than what is kept
                self._kept[about] = tally
                while len(self._kept) > self._most:
                    del self._kept[next(iter(self._kept))]
        return tally


def _first_change(before: _State, now: _State, snapshot: Snapshot) -> int:
    """Give the moment before which nothing changed between two states, microseconds since 1970 UTC."""
    if now.revision != before.revision or now.events < before.events:
        return -FOREVER
    index = snapshot.index
    people = index.known_us[np.searchsorted(index.person_ids, before.newest_person, side="right") :]
    return int(min(snapshot.log.time_us[before.events :].min(initial=FOREVER), people.min(initial=FOREVER)))
