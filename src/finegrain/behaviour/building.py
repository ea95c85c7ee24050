"""Building the index anew from the event store and the people room."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.grouping import group_by_person
from finegrain.behaviour.index import BehaviourIndex
from finegrain.behaviour.orders import OrderLog, resolve_orders
from finegrain.behaviour.owners import Owners, read_owners
from finegrain.behaviour.reading import EventLog, empty_log, read_log

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.contract import EventSource, PeopleSource


@dataclass(frozen=True)
class IndexState:
    """The index, and what it takes to bring it up to date without reading everything again.

    Attributes:
        log: all events in order of arrival.
        owners: whose they are.
        index: what follows from the two.
    """

    log: EventLog
    owners: Owners
    index: BehaviourIndex


def build(events: EventSource, people: PeopleSource, currency: str) -> IndexState:
    """Build the index over all events stored so far.

    Ids that have events but no person are registered; see ``read_owners``.

    Args:
        events: what happened.
        people: whose ids they are.
        currency: ISO 4217 code of all amounts.

    Raises:
        StorageError: one of the stores refused.
    """
    log = read_log(events, events.last_seq(), currency)
    owners = read_owners(people, log)
    return IndexState(log, owners, derive(log, owners, currency))


def derive(log: EventLog, owners: Owners, currency: str) -> BehaviourIndex:
    """Work out the index of all events of ``log``, whose amounts are minor units of ``currency``."""
    person = owners.people_of(log.who, log.time_us)
    n_people = len(owners.person_ids)
    offsets, rows = group_by_person(person, log.time_us, n_people=n_people)
    orders = resolve_orders(order_log(log, person[log.order_rows], np.arange(len(log.order_rows))), n_people=n_people)
    return BehaviourIndex(
        last_seq=log.last_seq,
        people_watermark=owners.watermark,
        currency=currency,
        event_names=log.event_names,
        person_ids=owners.person_ids,
        known_us=owners.known_us,
        offsets=offsets,
        time_us=log.time_us[rows],
        event=log.event[rows],
        row=rows.astype(np.int32),
        order_code=log.order_id[orders.order_row],
        order_names=log.order_ids,
        **{name: value for name, value in vars(orders).items() if name != "order_row"},
    )


def compile_kernels() -> None:
    """Have everything compiled, or read from the disk, that a refresh will need, so that the first one need not wait for it."""
    one, code = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int32)
    owners = Owners((1, 0), one, one, first_owner=code, more_offsets=np.arange(2), more_from_us=one, more_owner=code)
    derive(replace(empty_log("CNY"), who=code, time_us=one, event=code), owners, "CNY")


def order_log(log: EventLog, person: NDArray[np.int32], rows: NDArray[np.int64]) -> OrderLog:
    """Give the order events ``rows`` of ``log``, ascending, whose people have the codes ``person``."""
    events = log.order_rows[rows]
    kind, minor, has_total = log.order_kind[rows], log.minor[rows], log.has_total[rows]
    return OrderLog(person, log.time_us[events], kind, minor, has_total, log.order_id[rows])
