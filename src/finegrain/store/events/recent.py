"""Digests of message ids in memory: tells in microseconds which ids cannot have been stored, and where the others may stand.

A digest is 64 bits, so two ids may share one: what is found here is a candidate, which the store compares in full. What is not
found was not stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GROWTH = 4
"""A run is merged into the one before it as soon as that is less than so many times as long: some twelve runs hold 30 M ids."""


class RecentIds:
    """Digests with the arrival numbers of their events, 16 bytes an id, in sorted runs of growing length.

    Merging copies a run, so that for a moment the two longest are in memory twice.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[NDArray[np.uint64], NDArray[np.int64]]] = []

    def __len__(self) -> int:
        """Give the number of ids."""
        return sum(len(digests) for digests, _ in self._runs)

    def add(self, digests: NDArray[np.uint64], seqs: NDArray[np.int64]) -> None:
        """Add ids by digest and arrival number, ``(n,)`` each, in any order."""
        if not len(digests):
            return
        order = np.argsort(digests, kind="stable")
        self._runs.append((digests[order], seqs[order]))
        while len(self._runs) > 1 and len(self._runs[-2][0]) < _GROWTH * len(self._runs[-1][0]):
            shorter, longer = self._runs.pop(), self._runs.pop()
            self._runs.append(_merged(longer, shorter))

    def candidates(self, digests: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give where ids may have been stored.

        Args:
            digests: ``(n,)``, of the ids asked for.

        Returns:
            places in ``digests``, and arrival numbers of events that have the same digest; of one place there may be several.
        """
        places: list[NDArray[np.int64]] = []
        seqs: list[NDArray[np.int64]] = []
        for run, run_seqs in self._runs:
            first = np.searchsorted(run, digests)
            found = np.flatnonzero(run[np.minimum(first, len(run) - 1)] == digests)
            while len(found):
                places.append(found)
                seqs.append(run_seqs[first[found]])
                first = first + 1
                found = found[first[found] < len(run)]
                found = found[run[first[found]] == digests[found]]
        none = np.zeros(0, np.int64)
        return np.concatenate([none, *places]), np.concatenate([none, *seqs])

    def drop_before(self, seq: int) -> None:
        """Forget the events that arrived before number ``seq``."""
        kept = [(digests[seqs >= seq], seqs[seqs >= seq]) for digests, seqs in self._runs]
        self._runs = [run for run in kept if len(run[0])]

    def middle_seq(self) -> int:
        """Give an arrival number that half of the events came before; 0 when there are none."""
        every = [seqs for _, seqs in self._runs]
        return int(np.median(np.concatenate(every))) if every else 0


def _merged(
    longer: tuple[NDArray[np.uint64], NDArray[np.int64]], shorter: tuple[NDArray[np.uint64], NDArray[np.int64]]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    places = np.searchsorted(longer[0], shorter[0], side="right")
    return np.insert(longer[0], places, shorter[0]), np.insert(longer[1], places, shorter[1])
