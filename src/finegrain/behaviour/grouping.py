"""Sorting by person and time, in linear time for data that arrive nearly in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def group_by_person(
    person: NDArray[np.int32], time_us: NDArray[np.int64], *, n_people: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Put rows together by person, in time order, ties in the order given.

    Args:
        person: ``(n,) int32`` person codes below ``n_people``.
        time_us: ``(n,) int64`` times.
        n_people: how many codes there are.

    Returns:
        ``(n_people + 1,) int64`` offsets, and ``(n,) int64``: the row that stands at each place.
    """
    from finegrain.behaviour._kernels import place_by_person, sort_groups

    offsets = np.zeros(n_people + 1, dtype=np.int64)
    np.cumsum(np.bincount(person, minlength=n_people), out=offsets[1:])
    rows = np.empty(len(person), dtype=np.int64)
    place_by_person(person, offsets[:-1].copy(), rows)
    left = np.zeros(n_people, dtype=np.bool_)
    if sort_groups(offsets, time_us, rows, left):
        _sort_left(person, time_us, rows, left)
    return offsets, rows


def _sort_left(person: NDArray[np.int32], time_us: NDArray[np.int64], rows: NDArray[np.int64], left: NDArray[np.bool_]) -> None:
    # NumPy sorts the few long groups: compiling a merge sort of our own takes seconds on first use.
    places = np.flatnonzero(left[person[rows]])
    part = rows[places]
    rows[places] = part[np.lexsort((time_us[part], person[part]))]
