"""The gate of the numeric core opens for what is covered, and names what is not."""

from __future__ import annotations

from tools import check, covered

CLOCK_TESTS = ("tests/unit/base/test_clock.py",)


def test_a_module_that_its_tests_run_to_the_last_branch_passes() -> None:
    code, _text = covered.measure(CLOCK_TESTS, ("src/finegrain/clock.py",))
    assert code == 0


def test_a_module_with_a_line_that_no_test_runs_is_named() -> None:
    code, text = covered.measure(CLOCK_TESTS, ("src/finegrain/clock.py", "src/finegrain/money.py"))
    assert code != 0
    assert "money.py" in text
    assert "clock.py" not in text


def test_tests_that_do_not_run_are_no_coverage() -> None:
    code, text = covered.measure(("tests/unit/base/no_such_file.py",), ("src/finegrain/clock.py",))
    assert code != 0
    assert "no_such_file" in text


def test_everything_that_is_measured_and_run_exists() -> None:
    assert [pattern for pattern in covered.CORE if not list(covered.ROOT.glob(pattern))] == []
    assert [path for path in covered.TESTS if not (covered.ROOT / path).exists()] == []
    assert "covered core" in check.CHECKS
