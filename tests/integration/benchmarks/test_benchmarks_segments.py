"""The measurements of segments and their history run on a small shop, and count as SQL does."""

from __future__ import annotations

import re

import duckdb
import pytest
from benchmarks import history, run, segments

PUBLISHED = run.read(run.RESULTS)


def test_segments_are_measured_where_sql_counts_the_same_people() -> None:
    found = segments.figures(people=500, events=10_000, segments=6, rounds=1)
    assert set(found) <= set(PUBLISHED)
    assert "every count compared and equal" in found["segments_vs_duckdb"]["note"]
    assert all(one["value"] > 0 for one in found.values())


def test_counts_that_differ_are_not_measured() -> None:
    with duckdb.connect() as duck, pytest.raises(AssertionError, match=r"DuckDB counts \(2,\), not 3"):
        segments.counted(duck, ["SELECT 1 + 1"], [3])


def test_history_is_measured_with_people_who_moved() -> None:
    found = history.figures(people=1_000, events=10_000, segments=40, movers=300)
    assert set(found) <= set(PUBLISHED)
    moved = re.search(r"([\d,]+) transitions", found["transitions_10k_s"]["note"])
    assert moved is not None
    assert int(moved[1].replace(",", "")) > 0
