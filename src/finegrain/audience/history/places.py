"""Who is where, as small numbers by person id: packed into compressed bitmaps, and followed to the people of today."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Places = NDArray[np.uint8]

_BITS, _BYTES = b"b", b"n"
_LEVEL = 1
"""A random half of a million people takes 125 kB and 4 ms at this level; a higher one takes ten times as long for 1 % less."""


def placed(people: NDArray[np.int64], places: NDArray[np.uint8]) -> Places:
    """Lay out places by person id.

    Args:
        people: ``(n,) int64`` ids, ascending, each once.
        places: ``(n,) uint8``, from 1; 0 for a person who is nowhere.

    Returns:
        ``(largest id that is somewhere + 1,) uint8``; empty where nobody is.

    Examples:
        >>> placed(np.array([2, 3, 4], np.int64), np.array([1, 2, 0], np.uint8)).tolist()
        [0, 0, 1, 2]
    """
    found = np.zeros(int(people[-1]) + 1 if len(people) else 0, dtype=np.uint8)
    if len(people) and len(people) == people[-1] - people[0] + 1:
        found[people[0] :] = places  # no number is missing: a tenth of the time
    else:
        found[people] = places
    return found[: len(found) - int(np.argmax(found[::-1] > 0))] if found.any() else found[:0]


def packed(places: Places) -> bytes:
    """Pack places: a bit a person where all are 0 or 1, else a byte, compressed.

    Examples:
        >>> some = np.array([0, 1, 1], np.uint8)
        >>> unpacked(packed(some)).tolist(), unpacked(packed(some * 2)).tolist()
        ([0, 1, 1], [0, 2, 2])
    """
    if places.max(initial=0) > 1:
        return _BYTES + zlib.compress(places.tobytes(), _LEVEL)
    return _BITS + len(places).to_bytes(8, "little") + zlib.compress(np.packbits(places).tobytes(), _LEVEL)


def unpacked(data: bytes) -> Places:
    """Give the places that were packed."""
    if data[:1] == _BYTES:
        return np.frombuffer(zlib.decompress(data[1:]), np.uint8)
    size = int.from_bytes(data[1:9], "little")
    return np.unpackbits(np.frombuffer(zlib.decompress(data[9:]), np.uint8), count=size)


def relabelled(places: Places, keys: tuple[str, ...], wanted: tuple[str, ...]) -> Places:
    """Give places among other keys: ``wanted`` holds all of ``keys``, maybe in another order."""
    if keys == wanted[: len(keys)]:
        return places
    table = np.array([0, *(wanted.index(key) + 1 for key in keys)], dtype=np.uint8)
    found: Places = table[places]
    return found


class Followed:
    """Follows people who were merged to whom they are now.

    Args:
        alive: ``(n,) int64``, the ids of all people there are, ascending.
        living: gives the people who have some numbers now, 0 for nobody; see ``PeopleService.living``.
    """

    def __init__(self, alive: NDArray[np.int64], living: Callable[[NDArray[np.int64]], NDArray[np.int64]]) -> None:
        self._size = int(alive[-1]) + 1 if len(alive) else 0
        self._alive = np.zeros(self._size, dtype=np.bool_)
        self._alive[alive] = True
        self._living = living
        self._known: dict[int, int] = {}

    def places(self, then: Places) -> Places:
        """Give the places of the people of today, ``(largest id + 1,) uint8``.

        A person into whom others were merged has the place of their own number; where that was nowhere, the last place that one
        of the others had. Who is not among people any more is left out.
        """
        found = np.zeros(self._size, dtype=np.uint8)
        shared = min(len(then), self._size)
        here, alive = then[:shared], self._alive[:shared]
        found[:shared] = here * alive
        lost = np.concatenate([np.flatnonzero((here > 0) & ~alive), np.flatnonzero(then[shared:]) + shared])
        if len(lost):
            order = np.argsort(then[lost], kind="stable")
            people, places = self._people(lost)[order], then[lost][order]
            people, places = people[people > 0], places[people > 0]
            nowhere = found[people] == 0
            found[people[nowhere]] = places[nowhere]
        return found

    def _people(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        asked = np.array([one for one in numbers.tolist() if one not in self._known], dtype=np.int64)
        if len(asked):
            people = self._living(asked)
            people[people >= self._size] = 0  # came after the index was asked
            self._known |= dict(zip(asked.tolist(), people.tolist(), strict=True))
        return np.array([self._known[one] for one in numbers.tolist()], dtype=np.int64)
