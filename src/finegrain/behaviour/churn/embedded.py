"""Index moments and the windows before them, from the behaviour index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.behaviour.churn import _kernels as kernels
from finegrain.behaviour.churn.contract import Histories, LeftOut
from finegrain.behaviour.churn.naming import messages_of, signs_of_life, steps_of
from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.facts import order_arrays
from finegrain.behaviour.queries import parallel
from finegrain.behaviour.queries.columns import frozen
from finegrain.behaviour.queries.contract import ANY_EVENT, EventMatch
from finegrain.behaviour.queries.matching import find_matches
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.churn.query import ChurnQuery
    from finegrain.behaviour.index import BehaviourIndex
    from finegrain.behaviour.queries._view_kernels import Matches
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.behaviour.queries.views import ActorView

MOST_NAMES = 200
"""Events that are looked for; of more names those of the fewest events are left out."""


def find_histories(snapshot: Snapshot, scope: Scope, query: ChurnQuery) -> Histories:
    """Give everybody's index moment and what lies in the window before it; see ``ChurnQuery``.

    Args:
        snapshot: what everybody did.
        scope: whose behaviour counts, and when.
        query: the question; checked before.
    """
    _check_period(scope, query)
    index, view = snapshot.index, snapshot.view("people", "", scope)
    steps = steps_of(query, index.event_names)
    span = kernels.Span(
        start_us=scope.start_us,
        end_us=min(scope.end_us, scope.now_us),
        silence_us=query.silence_us,
        lookback_us=query.lookback_us,
        gap_us=scope.session_gap_us,
        steps=len(steps),
    )
    known_us = known_since(index)
    people = _people(view, _matches(snapshot, view, scope, query), span, known_us, index)
    money = _money(index, people, query)
    return _histories(index, query, people, money, known_us)


def _check_period(scope: Scope, query: ChurnQuery) -> None:
    """Refuse a period in which nobody can have been silent for so long; all days may be as few as there are.

    Raises:
        BadQueryError: it is as short as the silence, or shorter.
    """
    if query.period != "all" and scope.end_us - scope.start_us <= query.silence_us:
        allowed = Phrase("a period longer than the silence, {silence}", silence=query.silence)
        raise BadQueryError(field="period", value=query.period, allowed=allowed)


def known_since(index: BehaviourIndex) -> NDArray[np.int64]:
    """Give since when each person is known, ``(P,) int64``: by the first event at the latest."""
    known_us = index.known_us.copy()
    some = np.flatnonzero(np.diff(index.offsets))
    known_us[some] = np.minimum(known_us[some], index.time_us[index.offsets[some]])
    return frozen(known_us)


def luck_of(person_ids: NDArray[np.int64]) -> NDArray[np.float64]:
    """Draw one number in [0, 1) for each person, from the id alone.

    It is the finaliser of splitmix64 (Steele, Lea & Flood 2014) of the id, its upper 53 bits as a fraction.
    """
    bits = person_ids.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return frozen(((bits ^ (bits >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / 2**53)


def _matches(snapshot: Snapshot, view: ActorView, scope: Scope, query: ChurnQuery) -> Matches:
    names = snapshot.index.event_names
    message = messages_of(query, names) or EventMatch(())
    anything = EventMatch(ANY_EVENT)
    matches = find_matches(snapshot, view, scope, [query.active or anything, message, anything, *steps_of(query, names)])
    alive = np.array(signs_of_life(query, names), dtype=np.bool_)
    by_name = np.where(alive, matches.by_name, matches.by_name & ~np.uint32(kernels.ACTIVE))
    return matches._replace(by_name=frozen(by_name))


def _people(
    view: ActorView, matches: Matches, span: kernels.Span, known_us: NDArray[np.int64], index: BehaviourIndex
) -> kernels.People:
    events, luck = view.events, luck_of(index.person_ids)
    out = kernels.make_people(view.actors, len(index.event_names), span.steps)

    def work(low: int, high: int) -> None:
        lasts = np.empty(max(1, span.steps), dtype=np.int64)
        kernels.fill_people(events, matches, span, known_us, luck, lasts, low, high, out)

    parallel.run(work, parallel.ranges(events.offsets))
    return out


def _money(index: BehaviourIndex, people: kernels.People, query: ChurnQuery) -> kernels.Money:
    out = kernels.Money(np.zeros(index.people, np.int32), np.zeros(index.people, np.int64))
    orders = order_arrays(index)

    def work(low: int, high: int) -> None:
        kernels.fill_money(orders, people, query.lookback_us, query.earlier_us, low, high, out)

    parallel.run(work, parallel.ranges(index.offsets))
    return out


def _histories(
    index: BehaviourIndex, query: ChurnQuery, people: kernels.People, money: kernels.Money, known_us: NDArray[np.int64]
) -> Histories:
    state = people.state
    rows = np.flatnonzero((state == kernels.SILENT) | (state == kernels.STAYED))
    codes = _names_of(people.present[rows], index.event_names)
    place_of = np.full(len(index.event_names), -1, dtype=np.int32)
    place_of[codes] = np.arange(len(codes), dtype=np.int32)
    return Histories(
        person_id=index.person_ids[rows],
        silent=state[rows] == kernels.SILENT,
        index_us=people.index_us[rows],
        known_us=known_us[rows],
        visits=people.visits[rows],
        orders=money.orders[rows],
        revenue_minor=money.revenue_minor[rows],
        messages=people.messages[rows],
        last_event=place_of[people.last_event[rows]],
        present=_columns(people.present[rows], codes),
        stopped=people.stopped[rows],
        names=tuple(index.event_names[code] for code in codes),
        message=messages_of(query, index.event_names),
        steps=steps_of(query, index.event_names),
        left_out=LeftOut(*(index.person_ids[state == one] for one in (kernels.TOO_NEW, kernels.OUTSIDE, kernels.BACK))),
    )


def _names_of(present: NDArray[np.bool_], names: tuple[str, ...]) -> list[int]:
    """Give the codes of the names in anybody's window, in order of the text; of too many those in the most windows."""
    counts = present.sum(axis=0).tolist()
    some = sorted((code for code in range(len(names)) if counts[code]), key=lambda code: (-counts[code], names[code]))
    return sorted(some[:MOST_NAMES], key=lambda code: names[code])


def _columns(table: NDArray[Any], columns: list[int]) -> NDArray[Any]:
    return np.ascontiguousarray(table[:, np.array(columns, dtype=np.int64)])
