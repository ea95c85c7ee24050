"""From what the index was to what it is now: only people to whom something happened are worked out anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.behaviour.building import IndexState, derive, order_log
from finegrain.behaviour.grouping import group_by_person
from finegrain.behaviour.growing import extend_log
from finegrain.behaviour.index import BehaviourIndex
from finegrain.behaviour.orders import resolve_orders
from finegrain.behaviour.owners import changed_ids, read_owners
from finegrain.behaviour.reading import read_log
from finegrain.behaviour.splicing import Splice, find_seams
from finegrain.zones import to_us

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.contract import EventSource, PeopleSource
    from finegrain.behaviour.orders import OrderArrays
    from finegrain.behaviour.owners import Owners
    from finegrain.behaviour.reading import EventLog
    from finegrain.behaviour.splicing import Seams

MOST_PEOPLE = 0.2
"""Share of people who are worked out one by one; when more changed, all are."""


def refresh(before: IndexState, events: EventSource, people: PeopleSource, *, most_people: float = MOST_PEOPLE) -> IndexState:
    """Give the state over everything that is stored now; array for array the one that ``build`` gives.

    Args:
        before: what stood before; it stays as it is, and is refreshed once (see ``extend_log``).
        events: what happened; only what arrived since is read.
        people: whose the ids are; only what changed since is read, as far as the people room can tell.
        most_people: share of people above which all are worked out anew.

    Raises:
        StorageError: one of the stores refused.
    """
    log, last_seq = before.log, events.last_seq()
    if last_seq != log.last_seq:
        log = extend_log(log, read_log(events, last_seq, before.index.currency, after_seq=log.last_seq))
    owners = read_owners(people, log, before.owners)
    changes = _find_changes(before, log, owners)
    if changes.people.sum() > most_people * len(changes.people):
        return IndexState(log, owners, derive(log, owners, before.index.currency))
    return IndexState(log, owners, _spliced(before.index, log, owners, changes))


def follows(events: EventSource, log: EventLog) -> bool:
    """Say whether ``log`` is the beginning of what ``events`` holds: its last event stands there under the same number."""
    if not log.last_seq:
        return True
    first = next(iter(events.scan(after_seq=log.last_seq - 1)), None)
    if first is None or not len(log.who) or first["seq"][0].as_py() != log.last_seq:
        return False
    there = (first["distinct_id"][0].as_py(), first["event"][0].as_py(), to_us(first["time"][0].as_py().replace(tzinfo=UTC)))
    here = (log.distinct_ids[int(log.who[-1])].as_py(), log.event_names[int(log.event[-1])], int(log.time_us[-1]))
    return there == here


@dataclass(frozen=True)
class _Changes:
    """To whom something happened: ``people`` by new code, and the ``old_code`` of everybody (−1: was not there)."""

    people: NDArray[np.bool_]
    old_code: NDArray[np.int64]


def _find_changes(before: IndexState, log: EventLog, owners: Owners) -> _Changes:
    ids, first_row = changed_ids(before.owners, owners), len(before.log.who)
    old_code = _old_codes(before.index.person_ids, owners.person_ids)
    people = old_code < 0
    moved = _rows_of(ids, before.log.who, len(before.owners.first_owner))
    if len(moved):
        was = before.owners.people_of(log.who[moved], log.time_us[moved])
        stays = _old_codes(owners.person_ids, before.owners.person_ids[np.unique(was)])
        people[stays[stays >= 0]] = True
        people[owners.people_of(log.who[moved], log.time_us[moved])] = True
    people[owners.people_of(log.who[first_row:], log.time_us[first_row:])] = True
    _mark_who_shares_orders(log, owners, moved, len(before.log.order_rows), people)
    return _Changes(people, old_code)


def _mark_who_shares_orders(
    log: EventLog, owners: Owners, moved: NDArray[np.int64], first_new: int, people: NDArray[np.bool_]
) -> None:
    """Mark everybody who has an event of an order of which another event is new, or changed its owner."""
    new = np.arange(first_new, len(log.order_rows))
    touched = np.append(np.flatnonzero(np.isin(log.order_rows, moved)), new) if len(moved) else new
    rows = log.order_rows[_same_orders(log, touched)]
    people[owners.people_of(log.who[rows], log.time_us[rows])] = True


def _same_orders(log: EventLog, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give these rows of the order log and all others that name the same orders, ascending."""
    named = np.zeros(len(log.order_ids) + 1, dtype=np.bool_)
    named[log.order_id[rows]] = True
    named[-1] = False  # rows without an order id share nothing
    same = named[log.order_id]
    same[rows] = True
    return np.flatnonzero(same)


def _old_codes(before: NDArray[np.int64], person_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the places of ``person_ids`` in ``before``, −1 where they are not."""
    places = np.searchsorted(before, person_ids)
    same = np.append(before, np.int64(-1))[places] == person_ids
    return np.where(same, places, -1)


def _rows_of(ids: NDArray[np.int64], who: NDArray[np.int32], n_ids: int) -> NDArray[np.int64]:
    if not len(ids):
        return ids
    wanted = np.zeros(n_ids, dtype=np.bool_)
    wanted[ids] = True
    return np.flatnonzero(wanted[who])


def _spliced(before: BehaviourIndex, log: EventLog, owners: Owners, changes: _Changes) -> BehaviourIndex:
    seams = find_seams(changes.old_code, changes.people)
    return BehaviourIndex(
        last_seq=log.last_seq,
        people_watermark=owners.watermark,
        currency=before.currency,
        event_names=log.event_names,
        person_ids=owners.person_ids,
        known_us=owners.known_us,
        order_names=log.order_ids,
        **_events(before, log, owners, changes, seams),
        **_orders(before, log, owners, changes, seams),
    )


def _events(before: BehaviourIndex, log: EventLog, owners: Owners, changes: _Changes, seams: Seams) -> dict[str, NDArray[Any]]:
    rows = np.flatnonzero(owners.ids_of(changes.people)[log.who])
    people = owners.people_of(log.who[rows], log.time_us[rows])
    theirs = changes.people[people]
    rows, people = rows[theirs], _ranks(changes.people)[people[theirs]]
    offsets, order = group_by_person(people, log.time_us[rows], n_people=int(changes.people.sum()))
    rows = rows[order]
    splice = Splice(seams, before.offsets, offsets)
    return {
        "offsets": splice.offsets(),
        "time_us": splice.values(before.time_us, log.time_us[rows]),
        "event": splice.values(before.event, log.event[rows]),
        "row": splice.values(before.row, rows.astype(np.int32)),
    }


def _orders(before: BehaviourIndex, log: EventLog, owners: Owners, changes: _Changes, seams: Seams) -> dict[str, NDArray[Any]]:
    fresh, codes = _resolve_theirs(log, owners, changes.people)
    orders = Splice(seams, before.order_offsets, fresh.order_offsets)
    after = np.searchsorted(fresh.change_order, fresh.order_offsets)
    changed = Splice(seams, np.searchsorted(before.change_order, before.order_offsets), after)
    orphans = Splice(seams, before.orphan_offsets, fresh.orphan_offsets)
    return {
        "order_offsets": orders.offsets(),
        "order_time_us": orders.values(before.order_time_us, fresh.order_time_us),
        "order_amount_minor": orders.values(before.order_amount_minor, fresh.order_amount_minor),
        "order_code": orders.values(before.order_code, codes),
        "change_order": changed.places(before.change_order, fresh.change_order, orders),
        **{name: changed.values(getattr(before, name), getattr(fresh, name)) for name in _CHANGE_COLUMNS},
        "orphan_offsets": orphans.offsets(),
        **{name: orphans.values(getattr(before, name), getattr(fresh, name)) for name in _ORPHAN_COLUMNS},
    }


_CHANGE_COLUMNS = ("change_time_us", "change_kind", "change_minor")
_ORPHAN_COLUMNS = ("orphan_time_us", "orphan_minor", "orphan_until_us")


def _resolve_theirs(log: EventLog, owners: Owners, people: NDArray[np.bool_]) -> tuple[OrderArrays, NDArray[np.int32]]:
    """Resolve the orders and orphans of the marked people, who get the codes in which they follow each other.

    Whoever else shares an order with them stands behind them, as one person more, and nobody asks for what that one has.
    """
    all_rows = log.order_rows
    may_be = np.flatnonzero(owners.ids_of(people)[log.who[all_rows]])
    theirs = people[owners.people_of(log.who[all_rows[may_be]], log.time_us[all_rows[may_be]])]
    rows = _same_orders(log, may_be[theirs])
    person = owners.people_of(log.who[all_rows[rows]], log.time_us[all_rows[rows]])
    count = int(people.sum())
    ranks = np.where(people, _ranks(people), count).astype(np.int32)
    part = order_log(log, ranks[person], rows)
    codes, places = np.unique(part.order, return_inverse=True)
    named = places - np.count_nonzero(codes < 0)  # −1 stays −1, the others count from 0
    found = resolve_orders(replace(part, order=named.astype(np.int32)), n_people=count + 1)
    return found, log.order_id[rows[found.order_row]]


def _ranks(people: NDArray[np.bool_]) -> NDArray[np.int32]:
    return (np.cumsum(people) - 1).astype(np.int32)
