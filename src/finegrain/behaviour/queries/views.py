"""Whose events lie together for a query: people's, their sessions', or groups'."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.behaviour.grouping import group_by_person
from finegrain.behaviour.queries import _view_kernels as kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.index import BehaviourIndex
    from finegrain.behaviour.queries.columns import TextColumn

Events = kernels.Events


@dataclass(frozen=True)
class ActorView:
    """Events by actor, in time order, ties in order of arrival. An actor is a person, a session or a group.

    Attributes:
        events: the arrays; see ``Events``.
        person: ``(A,) int32``, the code of each actor's person; empty where an actor is not one person's.
    """

    events: Events
    person: NDArray[np.int32]

    @property
    def actors(self) -> int:
        """How many there are."""
        return len(self.events.offsets) - 1

    @property
    def one_person(self) -> bool:
        """Whether each actor's events are one person's."""
        return len(self.person) == self.actors


def people_view(index: BehaviourIndex) -> ActorView:
    """Give the events by person."""
    events = Events(index.offsets, index.time_us, index.event, index.row)
    return ActorView(events, np.arange(index.people, dtype=np.int32))


def session_view(events: Events, gap_us: int) -> ActorView:
    """Give the events of people by session: a person's events until ``gap_us`` or longer pass without one."""
    firsts = np.flatnonzero(session_starts(events, gap_us))
    offsets = np.append(firsts, len(events.time_us)).astype(np.int64)
    person = (np.searchsorted(events.offsets, firsts, side="right") - 1).astype(np.int32)
    return ActorView(events._replace(offsets=_frozen(offsets)), person)


def session_starts(events: Events, gap_us: int) -> NDArray[np.bool_]:
    """Say of each event of people, ``(n,) bool``, whether it begins a session."""
    starts = np.empty(len(events.time_us), dtype=np.bool_)
    if len(starts):
        starts[0] = True
        np.greater_equal(np.diff(events.time_us), gap_us, out=starts[1:])
        # The first event of each person begins one; people without events have no place of their own.
        starts[events.offsets[:-1][np.diff(events.offsets) > 0]] = True
    return starts


def group_view(index: BehaviourIndex, groups: TextColumn) -> ActorView:
    """Give the events by the value of a property, its texts' codes being the actors; events without one are left out."""
    order = np.flatnonzero(groups.codes[index.row] >= 0)
    code, time_us = groups.codes[index.row[order]], index.time_us[order]
    # Order of arrival, so that ties within a group stand in it.
    arrival = np.argsort(index.row[order], kind="stable")
    order, code, time_us = order[arrival], code[arrival], time_us[arrival]
    offsets, rows = group_by_person(code, time_us, n_people=len(groups.texts))
    places = order[rows]
    events = Events(_frozen(offsets), _frozen(index.time_us[places]), _frozen(index.event[places]), _frozen(index.row[places]))
    return ActorView(events, np.zeros(0, dtype=np.int32))


def person_of_row(index: BehaviourIndex) -> NDArray[np.int32]:
    """Give the person's code of each row of the log, ``(N,) int32``."""
    person = np.empty(index.events, dtype=np.int32)
    person[index.row] = np.repeat(np.arange(index.people, dtype=np.int32), np.diff(index.offsets))
    return person


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    # Kernels are compiled once, for read-only arrays.
    array.flags.writeable = False
    return array
