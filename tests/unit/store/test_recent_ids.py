"""Digests of message ids in memory, against a plain dictionary."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from finegrain.store.events.recent import RecentIds

DIGESTS = st.integers(0, 12)
"""Few, so that many events share one."""


def filled(parts: list[list[int]]) -> tuple[RecentIds, list[tuple[int, int]]]:
    """Give recent ids of the parts, and the same as plain pairs of digest and arrival number."""
    recent, pairs = RecentIds(), list[tuple[int, int]]()
    for part in parts:
        seqs = np.arange(len(pairs), len(pairs) + len(part), dtype=np.int64)
        recent.add(np.array(part, dtype=np.uint64), seqs)
        pairs += list(zip(part, seqs.tolist(), strict=True))
    return recent, pairs


@given(st.lists(st.lists(DIGESTS, max_size=9), max_size=12), st.lists(DIGESTS, max_size=6), st.integers(0, 40))
def test_every_event_with_the_digest_is_a_candidate_and_no_other(parts: list[list[int]], asked: list[int], dropped: int) -> None:
    recent, pairs = filled(parts)
    recent.drop_before(dropped)
    places, seqs = recent.candidates(np.array(asked, dtype=np.uint64))
    expected = {
        (place, seq) for place, wanted in enumerate(asked) for digest, seq in pairs if digest == wanted and seq >= dropped
    }
    assert set(zip(places.tolist(), seqs.tolist(), strict=True)) == expected
    assert len(places) == len(expected)
    assert len(recent) == sum(seq >= dropped for _, seq in pairs)


def test_runs_stay_few_however_small_the_parts() -> None:
    recent, _ = filled([[number] for number in range(5000)])
    assert len(recent) == 5000
    assert len(recent._runs) <= 8


def test_the_middle_number_halves_them() -> None:
    recent, _ = filled([list(range(100))])
    recent.drop_before(recent.middle_seq())
    assert 50 <= len(recent) <= 51
    assert RecentIds().middle_seq() == 0
