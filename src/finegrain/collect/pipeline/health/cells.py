"""What is counted of one source in one span of time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from finegrain.collect.pipeline.health.scales import ANSWERS, LAGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from finegrain.collect.pipeline.contract import Receipt
    from finegrain.collect.pipeline.rows import Rows

COUNTS = ("events", "duplicates", "refused", "requests", "failed", "clamped", "wrong_checksums", "bots", "commits")
"""The whole numbers of a cell."""
_LAGS_A_REQUEST = 8


class Cell:
    """Counts that can be added to one another.

    Attributes:
        events: stored, each once.
        duplicates: events that had been stored before.
        refused: items.
        requests: those that were answered with a receipt.
        failed: requests that a store refused, or that found no room.
        clamped: items whose time lay in the future.
        wrong_checksums: records whose checksum did not fit.
        bots: events of robots.
        commits, commit_s, longest_commit_s: groups stored, seconds spent in them, and in the longest.
        answers, answers_s, longest_answer_s: from the request's arrival to its answer, on the scale ``ANSWERS``; seconds in all,
            and of the slowest.
        lags, lags_s: from when events happened to their receipt, on the scale ``LAGS``, some of each request; seconds in all.
    """

    __slots__ = (*COUNTS, "answers", "answers_s", "commit_s", "lags", "lags_s", "longest_answer_s", "longest_commit_s")

    def __init__(self) -> None:
        self.events = self.duplicates = self.refused = self.requests = self.failed = 0
        self.clamped = self.wrong_checksums = self.bots = self.commits = 0
        self.commit_s = self.longest_commit_s = self.longest_answer_s = self.answers_s = self.lags_s = 0.0
        self.answers = ANSWERS.empty()
        self.lags = LAGS.empty()

    def add(self, other: Cell) -> None:
        """Add the counts of ``other``."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.commit_s += other.commit_s
        self.answers_s += other.answers_s
        self.lags_s += other.lags_s
        self.longest_commit_s = max(self.longest_commit_s, other.longest_commit_s)
        self.longest_answer_s = max(self.longest_answer_s, other.longest_answer_s)
        self.answers += other.answers
        self.lags += other.lags

    def add_all_but_commits(self, other: Cell) -> None:
        """Add the counts of ``other`` except its commits, which other sources have taken part in too."""
        commits = (self.commits, self.commit_s, self.longest_commit_s)
        self.add(other)
        self.commits, self.commit_s, self.longest_commit_s = commits

    def add_request(self, rows: Rows, receipt: Receipt) -> None:
        """Count one request, but for its times."""
        self.requests += 1
        self.events += receipt.stored
        self.duplicates += receipt.duplicates
        self.refused += len(receipt.refused)
        self.bots += rows.bots
        self.clamped += len(rows.arrival.decoded.clamped)
        self.wrong_checksums += rows.arrival.decoded.wrong_checksums

    def add_commit(self, seconds: float) -> None:
        """Count one commit."""
        self.commits += 1
        self.commit_s += seconds
        self.longest_commit_s = max(self.longest_commit_s, seconds)

    def add_times(self, group: Sequence[Rows], now_s: float) -> None:
        """Count how long requests took to be answered, at ``now_s`` (of ``perf_counter``) or before, and how old events were."""
        counted = [rows for rows in group if not rows.arrival.replayed]
        waited = np.array([(rows.answered_s or now_s) - rows.began_s for rows in counted])
        if not len(waited):
            return
        self.answers += ANSWERS.count(waited)
        self.answers_s += float(waited.sum())
        self.longest_answer_s = max(self.longest_answer_s, float(waited.max()))
        lags: list[int] = []
        for rows in group:
            sample = rows.times_us[:: len(rows) // _LAGS_A_REQUEST + 1]
            lags += [rows.received_us - at for at in sample]
        aged = np.array(lags, np.float64) / 1e6
        self.lags += LAGS.count(aged)
        self.lags_s += float(aged.sum())


def count_group(cells: dict[str, Cell], group: Sequence[Rows], receipts: Sequence[Receipt], commit_s: float) -> int:
    """Count one stored group in the cell of each source; give how many events were stored.

    The commit is counted for each source that took part.
    """
    parts: dict[str, list[Rows]] = {}
    for rows, receipt in zip(group, receipts, strict=True):
        source = rows.arrival.source
        if source not in parts:
            parts[source] = []
            cells.setdefault(source, Cell()).add_commit(commit_s)
        cells[source].add_request(rows, receipt)
        parts[source].append(rows)
    now_s = time.perf_counter()
    for source, part in parts.items():
        cells[source].add_times(part, now_s)
    return sum(receipt.stored for receipt in receipts)


def count_failed(cells: dict[str, Cell], group: Iterable[Rows]) -> None:
    """Count a group that a store refused in the cell of each source."""
    for rows in group:
        cells.setdefault(rows.arrival.source, Cell()).failed += 1
