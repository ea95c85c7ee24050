"""How values of options are read and refused, and how values are written."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from finegrain.cli.errors import BadAssignmentError
from finegrain.cli.output import moment, money, number, percent
from finegrain.cli.values import assignments, civil_day, one_of, whole_number
from finegrain.errors import BadValueError, UnknownNameError
from finegrain.i18n import speaking
from finegrain.zones import Zone


@pytest.mark.parametrize("text", ["", "x", "1.5", "-1", "0"])
def test_whole_number_refuses_what_is_below_or_none(text: str) -> None:
    with pytest.raises(BadValueError, match="a whole number from 1 up"):
        whole_number("--page", 1)(text)


def test_whole_number_reads_a_number() -> None:
    assert whole_number("--page", 1)("12") == 12


def test_one_of_names_what_is_allowed() -> None:
    assert one_of("thing", ("a", "b"))("b") == "b"
    with pytest.raises(UnknownNameError, match="Known: a, b"):
        one_of("thing", ("a", "b"))("c")


def test_assignments_keep_everything_behind_the_first_equals_sign() -> None:
    assert assignments("--map", ["person = 用户 ID", "time=a=b"], "x=y") == {"person": "用户 ID", "time": "a=b"}


@pytest.mark.parametrize("text", ["person", "=x", "person=", " = "])
def test_assignments_refuse_what_has_not_both_sides(text: str) -> None:
    with pytest.raises(BadAssignmentError, match="--map"):
        assignments("--map", [text], "person=UserID")


def test_civil_day_reads_iso_days_only() -> None:
    assert civil_day("--from", "2024-02-29") == date(2024, 2, 29)
    assert civil_day("--from", None) is None
    with pytest.raises(BadValueError):
        civil_day("--from", "29.2.2024")


def test_figures_are_written_for_the_reader() -> None:
    assert (number(1234567), number(None), percent(0.1234)) == ("1,234,567", "–", "12.3%")
    with speaking("zh"):
        assert (money(123456, "CNY"), money(None, "CNY")) == ("¥1,234.56", "–")


def test_moments_are_written_in_the_projects_zone() -> None:
    assert moment(datetime(2024, 1, 1, 16, tzinfo=UTC), Zone("Asia/Shanghai")) == "2024-01-02 00:00"
    assert moment(None, Zone("UTC")) == "–"
