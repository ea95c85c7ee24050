"""Arrays that lie together by person, put together anew from those of people who stayed as they were and of those who did not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_T = TypeVar("_T", bound=np.generic)


@dataclass(frozen=True)
class Seams:
    """Where the slices of everybody are taken from, piece by piece in order of person code.

    Attributes:
        fresh: ``(n,) bool``, whether a piece comes from the fresh arrays, else from the old ones.
        low, high: ``(n,) int64``, which people it is, in the codes of the arrays it comes from.
        start: ``(n,) int64``, the new code of its first person.
    """

    fresh: NDArray[np.bool_]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    start: NDArray[np.int64]


def find_seams(old_code: NDArray[np.int64], fresh: NDArray[np.bool_]) -> Seams:
    """Find the longest pieces.

    Args:
        old_code: ``(P,)``, each person's code in the old arrays, ascending where ``fresh`` is False, elsewhere without meaning.
        fresh: ``(P,)``, whether the person's slice comes from the fresh arrays, which hold these people only.
    """
    code = np.where(fresh, np.cumsum(fresh) - 1, old_code)
    cuts = (fresh[1:] != fresh[:-1]) | (code[1:] != code[:-1] + 1)
    start = np.flatnonzero(np.append(True, cuts)[: len(code)])
    low = code[start]
    return Seams(fresh[start], low, low + np.diff(np.append(start, len(code))), start)


@dataclass(frozen=True)
class Splice:
    """One set of arrays that share offsets, spliced along ``seams``.

    Attributes:
        seams: where from.
        old, fresh: offsets by person of the old and of the fresh arrays.
    """

    seams: Seams
    old: NDArray[np.int64]
    fresh: NDArray[np.int64]

    def offsets(self) -> NDArray[np.int64]:
        """Give the offsets by person of what comes out."""
        counts = self._pieces(np.diff(self.old), np.diff(self.fresh), self.seams.low, self.seams.high)
        offsets = np.zeros(len(counts) + 1, dtype=np.int64)
        np.cumsum(counts, out=offsets[1:])
        return offsets

    def values(self, old: NDArray[_T], fresh: NDArray[_T]) -> NDArray[_T]:
        """Give one of the arrays."""
        return self._pieces(old, fresh, self._places(self.seams.low), self._places(self.seams.high))

    def places(self, old: NDArray[np.int64], fresh: NDArray[np.int64], along: Splice) -> NDArray[np.int64]:
        """Give an array whose values are places in the arrays of ``along``, as the places that come out there."""
        moved = along.offsets()[self.seams.start] - along._places(self.seams.low)
        size = self._places(self.seams.high) - self._places(self.seams.low)
        return self.values(old, fresh) + np.repeat(moved, size)

    def _places(self, people: NDArray[np.int64]) -> NDArray[np.int64]:
        fresh = self.seams.fresh
        places = np.empty(len(people), dtype=np.int64)
        places[fresh], places[~fresh] = self.fresh[people[fresh]], self.old[people[~fresh]]
        return places

    def _pieces(self, old: NDArray[_T], fresh: NDArray[_T], low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[_T]:
        # Whole pieces are copied, some thousand at most where few people changed.
        bounds = zip(self.seams.fresh.tolist(), low.tolist(), high.tolist(), strict=True)
        return np.concatenate([old[:0], *((fresh if is_fresh else old)[start:end] for is_fresh, start, end in bounds)])
