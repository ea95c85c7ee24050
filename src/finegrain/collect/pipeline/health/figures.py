"""The figures of a span of time, and of now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from finegrain.collect.pipeline.health.cells import COUNTS
from finegrain.collect.pipeline.health.scales import ANSWERS, LAGS

if TYPE_CHECKING:
    from datetime import datetime

    from finegrain.collect.pipeline.health.cells import Cell


@dataclass(frozen=True)
class Figures:
    """What came in within a span of time.

    Attributes:
        at: when the span begins, aware, in UTC.
        source: whose; None for all together.
        events: stored, each once.
        duplicates: events that had been stored before.
        refused: items that lie in the dead letters, counted each time that they were sent.
        requests: those that were stored.
        failed: requests that were answered 503 because a store refused; for all sources together also those answered 429.
        clamped: items whose time lay over a minute in the future, and was set to that of their receipt.
        wrong_checksums: records whose checksum did not fit (神策's ``crc``); they count all the same.
        bots: events of robots.
        commits: groups of requests stored in one commit.
        commit_s: mean seconds of a commit; None without any.
        longest_commit_s: seconds of the longest.
        answer_p50_s, answer_p99_s: half, and 99 of 100, requests took at most so many seconds from their arrival to their
            answer; None without any. They are read off a scale and may be 9 % off.
        answer_max_s: seconds of the slowest.
        lag_s: median seconds from when events happened, by the corrected clock, to their receipt; None without events.
    """

    at: datetime
    source: str | None
    events: int
    duplicates: int
    refused: int
    requests: int
    failed: int
    clamped: int
    wrong_checksums: int
    bots: int
    commits: int
    commit_s: float | None
    longest_commit_s: float
    answer_p50_s: float | None
    answer_p99_s: float | None
    answer_max_s: float
    lag_s: float | None

    @classmethod
    def of(cls, at: datetime, source: str | None, cell: Cell) -> Self:
        """Give the figures of a cell."""
        p50, p99 = (ANSWERS.quantile(cell.answers, share) for share in (0.5, 0.99))
        counts: dict[str, Any] = {name: getattr(cell, name) for name in COUNTS}
        return cls(
            at=at,
            source=source,
            **counts,
            commit_s=cell.commit_s / cell.commits if cell.commits else None,
            longest_commit_s=cell.longest_commit_s,
            answer_p50_s=None if p50 is None else min(p50, cell.longest_answer_s),
            answer_p99_s=None if p99 is None else min(p99, cell.longest_answer_s),
            answer_max_s=cell.longest_answer_s,
            lag_s=LAGS.quantile(cell.lags, 0.5),
        )


@dataclass(frozen=True)
class MinuteFigures(Figures):
    """What came in within one minute."""


@dataclass(frozen=True)
class HourFigures(Figures):
    """What came in within one hour."""


@dataclass(frozen=True)
class HealthNow:
    """How the collector is at this moment.

    Attributes:
        events_per_s: events stored a second, over the last ten seconds.
        lag_s: median lag of the events of the last two minutes; None without any.
        answer_p99_s: of the last two minutes; None without requests.
        waiting_bytes: of requests that were not stored yet, answered or not.
        limit_bytes: how many may wait before senders are told to try again later.
        ready: whether requests can be taken; what ``/readyz`` answers.
        refusing: why nothing can be stored at present; None while all is well.
        refusing_since: since when, aware, in UTC.
        last_stored_at: when something was last stored; None where nothing was since the start.
    """

    events_per_s: float
    lag_s: float | None
    answer_p99_s: float | None
    waiting_bytes: int
    limit_bytes: int
    ready: bool
    refusing: str | None
    refusing_since: datetime | None
    last_stored_at: datetime | None
