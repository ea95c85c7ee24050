"""What the collector has done since it started, counted by source."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finegrain.collect.pipeline.health.cells import Cell
from finegrain.collect.pipeline.health.scales import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.collect.pipeline.contract import Receipt
    from finegrain.collect.pipeline.rows import Rows

_COUNTED_AT_ONCE = 1_000


@dataclass(frozen=True)
class TallyResult:
    """The counts at one moment.

    Attributes:
        cells: source → what was counted of it.
        refused: (source, reason) → items refused.
        turned_away: code of the error → requests that never came to the writer.
        commits: durations of all commits, on the scale ``ANSWERS``.
        commit_s: seconds spent in all of them.
        longest_commit_s: seconds of the longest.
    """

    cells: dict[str, Cell]
    refused: dict[tuple[str, str], int]
    turned_away: dict[str, int]
    commits: NDArray[np.int64]
    commit_s: float
    longest_commit_s: float


class Tally:
    """Counts; whoever uses it sees to it that threads do so in turn.

    Attributes:
        turned_away: code of the error → requests that never came to the writer.
    """

    def __init__(self) -> None:
        self.turned_away: Counter[str] = Counter()
        self._cells: dict[str, Cell] = {}
        self._refused: Counter[tuple[str, str]] = Counter()
        self._commits = ANSWERS.empty()
        self._uncounted: list[float] = []
        self._commit_s = self._longest_commit_s = 0.0

    def add(self, cells: Mapping[str, Cell]) -> None:
        """Add counts by source."""
        for source, cell in cells.items():
            self._cells.setdefault(source, Cell()).add(cell)

    def add_commit(self, receipts: Iterable[tuple[Rows, Receipt]], seconds: float) -> None:
        """Count why items of one stored group were refused, and how long its commit took."""
        for rows, receipt in receipts:
            for item in receipt.refused:
                self._refused[rows.arrival.source, item.reason] += 1
        self._uncounted.append(seconds)
        if len(self._uncounted) == _COUNTED_AT_ONCE:
            self._count_commits()

    def read(self) -> TallyResult:
        """Give the counts."""
        self._count_commits()
        return TallyResult(
            cells=deepcopy(self._cells),
            refused=dict(self._refused),
            turned_away=dict(self.turned_away),
            commits=self._commits.copy(),
            commit_s=self._commit_s,
            longest_commit_s=self._longest_commit_s,
        )

    def _count_commits(self) -> None:
        self._commits += ANSWERS.count(self._uncounted)
        self._commit_s += sum(self._uncounted)
        self._longest_commit_s = max([self._longest_commit_s, *self._uncounted])
        self._uncounted = []
