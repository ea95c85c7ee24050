"""The runner of the measurements: it merges figures into its file, keeps the others, and says what failed."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from benchmarks import run
from benchmarks.figure import figure, median_seconds, seconds
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OLD = figure(9, "s", "lower", "limit 10 s", "measured long ago")


def raising() -> dict[str, Any]:
    """Measure nothing."""
    raise ZeroDivisionError


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of results with two old figures, and three measurements of which one fails."""
    path = tmp_path / "results.json"
    path.write_text(run.text({"one_s": OLD, "kept_s": OLD}), encoding="utf-8")
    measure: dict[str, Callable[[], dict[str, Any]]] = {
        "one": lambda: {"one_s": figure(1, "s", "lower", "limit 10 s", "now")},
        "two": lambda: {"two_ratio": figure(2.3456, "×", "higher", "SQL", "now")},
        "bad": raising,
    }
    for name, figures in measure.items():
        monkeypatch.setitem(sys.modules, f"benchmarks.{name}", SimpleNamespace(figures=figures))
    monkeypatch.setattr(run, "measuring", lambda: tuple(measure))
    monkeypatch.setattr(run, "RESULTS", path)
    return path


def values(path: Path) -> dict[str, float]:
    """Give the kept values by name."""
    return {name: kept["value"] for name, kept in run.read(path).items()}


def test_measuring_one_replaces_its_figures_and_keeps_the_others(results: Path) -> None:
    assert run.main(["one"]) == 0
    assert values(results) == {"one_s": 1, "kept_s": 9}


def test_measuring_all_keeps_what_nobody_measures_any_more_and_says_what_failed(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main() == 1
    assert values(results) == {"one_s": 1, "two_ratio": 2.35, "kept_s": 9}
    told = capsys.readouterr()
    assert "Failed: bad." in told.err
    assert "ZeroDivisionError" in told.err
    assert [line.split()[0] for line in told.out.splitlines()] == ["kept_s", "one_s", "two_ratio"]


def test_a_measurement_that_fails_leaves_its_old_figures(results: Path) -> None:
    before = results.read_bytes()
    assert run.main(["bad"]) == 1
    assert results.read_bytes() == before


def test_an_unknown_measurement_is_refused_before_anything_is_measured(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = results.read_bytes()
    assert run.main(["one", "three"]) == 2
    assert results.read_bytes() == before
    assert "There is no measurement named three. Known: one, two, bad." in capsys.readouterr().err


def test_without_a_file_there_are_no_figures(tmp_path: Path) -> None:
    assert run.read(tmp_path / "none.json") == {}
    assert run.table({}) == ""


@given(st.dictionaries(st.text("abc_", min_size=1), st.floats(1e-6, 1e9)))
def test_figures_read_back_as_they_were_written(measured: dict[str, float]) -> None:
    results = {name: figure(value, "s", "lower", "limit", "a note") for name, value in measured.items()}
    assert json.loads(run.text(results)) == results
    assert run.text(results) == run.text(dict(reversed(results.items())))
    assert len(run.table(results).splitlines()) == len(results)


@given(st.floats(1e-6, 1e9))
def test_a_figure_keeps_three_digits(value: float) -> None:
    kept = figure(value, "s", "lower", "limit", "a note")["value"]
    assert kept == pytest.approx(value, rel=0.006)
    assert float(f"{kept:.3g}") == kept


def test_every_module_that_measures_is_found_and_can_be_asked() -> None:
    found = run.measuring()
    assert found == tuple(sorted(found))
    assert run.HELPERS.isdisjoint(found)
    assert {"cli", "imports", "index", "tiers"} <= set(found)


def test_the_figures_that_are_tracked_are_whole() -> None:
    kept = run.read(run.RESULTS)
    assert run.RESULTS.read_text(encoding="utf-8") == run.text(kept)
    assert {frozenset(one) for one in kept.values()} == {frozenset({"value", "unit", "better", "against", "note"})}
    assert {one["better"] for one in kept.values()} <= {"higher", "lower"}
    assert all(one["value"] > 0 and one["note"].endswith(".") for one in kept.values())


def test_time_is_measured_around_the_work() -> None:
    done: list[int] = []
    assert seconds(lambda: done.append(1)) >= 0
    assert median_seconds(lambda: done.append(1), rounds=5) >= 0
    assert len(done) == 6
