"""Some people's part of the index: the same arrays, of one or a few, so that what asks of everybody asks of them as well."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.index import FOREVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.index import BehaviourIndex


def one_person(index: BehaviourIndex, code: int) -> BehaviourIndex:
    """Give the index of the one person with ``code``; ``row`` still tells rows of the whole log.

    Nothing is copied, and it takes as long for a person among millions as among few.
    """
    events, orders, orphans = (
        slice(int(offsets[code]), int(offsets[code + 1]))
        for offsets in (index.offsets, index.order_offsets, index.orphan_offsets)
    )
    changes = slice(*np.searchsorted(index.change_order, [orders.start, orders.stop]).tolist())
    return replace(
        index,
        person_ids=index.person_ids[code : code + 1],
        known_us=index.known_us[code : code + 1],
        offsets=_offsets(events),
        time_us=index.time_us[events],
        event=index.event[events],
        row=index.row[events],
        order_offsets=_offsets(orders),
        order_time_us=index.order_time_us[orders],
        order_amount_minor=index.order_amount_minor[orders],
        order_code=index.order_code[orders],
        change_order=index.change_order[changes] - orders.start,
        change_time_us=index.change_time_us[changes],
        change_kind=index.change_kind[changes],
        change_minor=index.change_minor[changes],
        orphan_offsets=_offsets(orphans),
        orphan_time_us=index.orphan_time_us[orphans],
        orphan_minor=index.orphan_minor[orphans],
        orphan_until_us=index.orphan_until_us[orphans],
    )


def some_people(index: BehaviourIndex, codes: NDArray[np.int64]) -> BehaviourIndex:
    """Give the index of some people alone; ``row`` still tells rows of the whole log. It takes as long as they have events.

    Args:
        index: of everybody.
        codes: ``(n,) int64``, ascending, each once.
    """
    offsets, events = _gathered(index.offsets[codes], index.offsets[codes + 1])
    order_offsets, orders = _gathered(index.order_offsets[codes], index.order_offsets[codes + 1])
    orphan_offsets, orphans = _gathered(index.orphan_offsets[codes], index.orphan_offsets[codes + 1])
    bounds = (np.searchsorted(index.change_order, index.order_offsets[codes + one]) for one in (0, 1))
    change_offsets, changes = _gathered(*bounds)
    moved = np.repeat(index.order_offsets[codes] - order_offsets[:-1], np.diff(change_offsets))
    return replace(
        index,
        person_ids=index.person_ids[codes],
        known_us=index.known_us[codes],
        offsets=offsets,
        time_us=index.time_us[events],
        event=index.event[events],
        row=index.row[events],
        order_offsets=order_offsets,
        order_time_us=index.order_time_us[orders],
        order_amount_minor=index.order_amount_minor[orders],
        order_code=index.order_code[orders],
        change_order=index.change_order[changes] - moved,
        change_time_us=index.change_time_us[changes],
        change_kind=index.change_kind[changes],
        change_minor=index.change_minor[changes],
        orphan_offsets=orphan_offsets,
        orphan_time_us=index.orphan_time_us[orphans],
        orphan_minor=index.orphan_minor[orphans],
        orphan_until_us=index.orphan_until_us[orphans],
    )


def _gathered(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the offsets of some stretches laid one after the other, and the places that they had."""
    offsets = np.concatenate([[0], np.cumsum(ends - starts)]).astype(np.int64)
    places = np.repeat(starts - offsets[:-1], ends - starts) + np.arange(offsets[-1])
    return offsets, places.astype(np.int64)


def _offsets(part: slice) -> NDArray[np.int64]:
    return np.array([0, part.stop - part.start], dtype=np.int64)


def until(index: BehaviourIndex, as_of_us: int) -> BehaviourIndex:
    """Give one person's part of the index as it would be if nothing happened at or after a moment.

    Args:
        index: as ``one_person`` gives it.
        as_of_us: the moment, microseconds since 1970 UTC.
    """
    events, orders = (int(np.searchsorted(times, as_of_us)) for times in (index.time_us, index.order_time_us))
    changes = (index.change_time_us < as_of_us) & (index.change_order < orders)
    orphans = index.orphan_time_us < as_of_us
    until_us = index.orphan_until_us[orphans]
    return replace(
        index,
        offsets=np.array([0, events], dtype=np.int64),
        time_us=index.time_us[:events],
        event=index.event[:events],
        row=index.row[:events],
        order_offsets=np.array([0, orders], dtype=np.int64),
        order_time_us=index.order_time_us[:orders],
        order_amount_minor=index.order_amount_minor[:orders],
        order_code=index.order_code[:orders],
        change_order=index.change_order[changes],
        change_time_us=index.change_time_us[changes],
        change_kind=index.change_kind[changes],
        change_minor=index.change_minor[changes],
        orphan_offsets=np.array([0, int(orphans.sum())], dtype=np.int64),
        orphan_time_us=index.orphan_time_us[orphans],
        orphan_minor=index.orphan_minor[orphans],
        orphan_until_us=np.where(until_us >= as_of_us, FOREVER, until_us),
    )
