"""One person's part of the index: the same arrays, of one person alone, so that what asks of everybody asks of one as well."""

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
