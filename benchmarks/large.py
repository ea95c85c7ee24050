"""The queries and the refresh over 100 M events of 2 M people: what they take, and how much memory."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.events import make_events, state_of
from benchmarks.figure import figure, seconds
from benchmarks.queries import AS_OF, FUNNEL, PATHS, RETENTION, TREND, service_over
from benchmarks.refreshing import TAIL, refreshed_twice

if TYPE_CHECKING:
    from benchmarks.figure import Figures

PEOPLE, EVENTS, ROUNDS = 2_000_000, 100_000_000, 5
QUESTIONS: dict[str, dict[str, Any]] = {"funnel": FUNNEL, "retention": RETENTION, "paths": PATHS, "trends": TREND}


def figures() -> Figures:
    """Measure each question, a refresh, and the most memory that all of it took."""
    rng = np.random.default_rng(20240604)
    state = state_of(make_events(PEOPLE, EVENTS, rng=rng))
    service, found = service_over(state), {}
    for kind, question in QUESTIONS.items():
        taken_s = [seconds(lambda kind=kind, question=question: service.answer(kind, question, AS_OF)) for _ in range(ROUNDS)]  # type: ignore[misc]
        note = f"{EVENTS:,} events of {PEOPLE:,} people; best of {ROUNDS}, the first took {taken_s[0]:.2f} s."
        found[f"{kind}_100m_s"] = figure(min(taken_s), "s", "lower", "reported", note)
    _, refresh_s = refreshed_twice(state, rng)
    note = f"{TAIL:,} new events, a tenth up to a month late, among {EVENTS:,} of {PEOPLE:,} people."
    found["refresh_100m_s"] = figure(refresh_s, "s", "lower", "limit 10 s", note)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    note = f"Most of this process at any time: {EVENTS:,} events made up, asked about, and refreshed beside their old state."
    found["memory_100m_gib"] = figure(peak, "GiB", "lower", "under 24 GiB", note)
    return found
