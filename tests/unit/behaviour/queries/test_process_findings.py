"""What is found where many people go through a process: points, best days, sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.twins.logs import AS_OF, embedded_world

from finegrain.behaviour.process.contract import REPEATED, RETURNED, Cases, Rework, Split
from finegrain.behaviour.process.estimates import two_sided
from finegrain.behaviour.process.query import ProcessQuery
from finegrain.behaviour.process.result import process_result
from finegrain.behaviour.queries.contract import Breakdown, EventMatch
from finegrain.behaviour.queries.matching import GroupNames
from finegrain.zones import to_us

if TYPE_CHECKING:
    from finegrain.behaviour.process.result import ProcessResult

STEPS = (EventMatch("A"), EventMatch("B"), EventMatch("C"))
DAY_US = 86_400_000_000
FIRST_US = to_us(datetime(2024, 3, 1, tzinfo=UTC))
NO_REWORK = Rework(*(np.zeros(0, dtype=np.int64) for _ in range(5)))


def cases_of(
    level: list[int], *, owner: list[int] | None = None, group: list[int] | None = None, day: list[int] | None = None
) -> Cases:
    """Give cases that reached ``level``; of as many people by default, all in the group 0 of two, over ten days."""
    n = len(level)
    owners = np.array(owner or range(1, n + 1), dtype=np.int64)
    start_us = FIRST_US + np.array(day or [place % 10 for place in range(n)], dtype=np.int64) * DAY_US + 50_000_000_000
    times = start_us[:, None] + np.array([0, 60, 600]) * 1_000_000
    split = Split(Breakdown("kind"), np.repeat(np.array(group or [0] * n, np.int32)[:, None], 3, axis=1), _names())
    ways = np.array([[1 << 55, 0]])
    amount = np.where(np.array(level) == 3, 10.0, np.nan)
    return Cases(
        owners, owners, start_us, np.array(level, np.int8), np.full(n, 7, np.uint32), times, amount, np.zeros(n, np.int32), ways,
        NO_REWORK, (split,), 0,
    )  # fmt: skip


def _names() -> GroupNames:
    return GroupNames(("red", "blue"), broken_down=True)


def diagnosed(cases: Cases) -> ProcessResult:
    query = ProcessQuery(steps=STEPS, period="2024-03-01..2024-03-20", value="price")
    return process_result(query, embedded_world([]).service.scope(query, AS_OF), cases)


def broken(red: int = 100, blue: int = 100, *, red_on: int = 40, blue_on: int = 80) -> Cases:
    """Give people of whom fewer go on to the last step with red than with blue; all come to the second."""
    level = [3] * red_on + [2] * (red - red_on) + [3] * blue_on + [2] * (blue - blue_on)
    return cases_of(level, group=[0] * red + [1] * blue)


def test_the_value_with_which_a_step_goes_on_less_often_is_found() -> None:
    result = diagnosed(broken())
    assert [(point.step, point.group) for point in result.findings] == [(2, 0)]
    point = result.findings[0]
    assert (point.here.conversion, point.others_conversion) == (0.4, 0.8)
    assert point.difference == pytest.approx(-0.4)


def test_what_a_point_is_worth_is_lost_people_times_what_could_be_avoided_times_onward_conversion_times_value() -> None:
    point = diagnosed(broken()).findings[0]
    assert point.here.lost_people == 60
    assert point.lost.completions == pytest.approx(60 * (0.8 - 0.4) / (1 - 0.4) * 1.0)
    assert point.lost.value == pytest.approx(400)
    assert 0 < point.lost_least.completions < point.lost.completions


def test_with_one_case_a_person_the_test_is_that_of_two_proportions() -> None:
    point = diagnosed(broken()).findings[0]
    z = (0.4 - 0.8) / sqrt(0.6 * 0.4 * (1 / 100 + 1 / 100)) * sqrt(199 / 200)
    assert point.p == pytest.approx(two_sided(z))
    # The same two groups the other way round make the second comparison, so that h(2) = 1 + 1/2 is left of the correction.
    assert point.q == pytest.approx(1.5 * point.p, rel=1e-6, abs=0)


def test_cases_of_one_person_are_no_more_evidence_than_one() -> None:
    once = diagnosed(broken(40, 40, red_on=20, blue_on=28))
    level = [3] * 20 + [2] * 20 + [3] * 28 + [2] * 12
    many = diagnosed(cases_of([one for one in level for _ in range(6)], owner=[who for who in range(1, 81) for _ in range(6)],
                              group=[0] * 240 + [1] * 240))  # fmt: skip
    assert [point.p for point in many.points if point.step == 2] == pytest.approx([one.p for one in once.points if one.step == 2])
    assert not many.findings


def test_too_few_people_are_not_compared_and_called_thin() -> None:
    result = diagnosed(broken(29, 100, red_on=1))
    assert (result.compared.made, result.points) == (0, ())
    assert result.compared.thin == 4
    assert result.splits[0].groups[0].steps[1].thin


def test_where_nobody_or_everybody_goes_on_there_is_nothing_to_compare() -> None:
    result = diagnosed(cases_of([2] * 100 + [2] * 100, group=[0] * 100 + [1] * 100))
    assert (result.compared.made, result.steps[1].conversion, result.steps[0].conversion) == (0, 0, 1)
    assert result.steps[0].onward == 0


def test_a_group_in_which_everybody_goes_on_loses_nothing() -> None:
    result = diagnosed(broken(100, 100, red_on=100, blue_on=50))
    assert [(point.step, point.group) for point in result.points] == [(2, 1)]


def test_people_who_balance_each_other_out_are_no_evidence() -> None:
    level = [3, 2] * 80
    owner = [who for who in range(1, 81) for _ in range(2)]
    result = diagnosed(cases_of(level, owner=owner, group=[0] * 80 + [1] * 80))
    assert result.compared.made == 2
    assert result.points == ()


def test_best_days_that_differ_by_chance_bring_nothing() -> None:
    best = diagnosed(broken()).steps[1].best_days
    assert best is not None
    assert (best.days, best.worth.completions) == (10, 0)


def test_best_days_bring_what_their_step_converts_more() -> None:
    days = [place // 40 for place in range(400)]
    level = [3 if place % 40 < (38 if place >= 320 else 10) else 2 for place in range(400)]
    step = diagnosed(cases_of(level, day=days)).steps[1]
    assert step.best_days is not None
    assert step.conversion == pytest.approx(0.39)
    assert 0.9 < step.best_days.conversion < 0.95  # drawn to the mean from 0.95
    regained = (step.best_days.conversion - 0.39) / 0.61
    assert step.best_days.worth.completions == pytest.approx(step.lost_people * regained)


def test_nine_days_have_no_best_tenth() -> None:
    assert diagnosed(cases_of([3, 2] * 50, day=[place % 9 for place in range(100)])).steps[1].best_days is None


def test_the_report_tells_findings_first_and_calls_them_no_causes() -> None:
    cases = broken()
    rework = Rework(np.array([0, 1, 2]), np.array([1, 0, 0]), np.array([RETURNED, REPEATED, RETURNED]), np.array([1, 3, 1]),
                    np.array([90, 80, 70]) * 1_000_000)  # fmt: skip
    result = diagnosed(replace(cases, rework=rework, ways=np.array([[1 << 55, 1 << 60]])))
    told = {sentence.code: sentence for sentence in result.report()}
    assert list(told) == ["overview", "finding", "loss", "same_days", "waiting", "rework", "variants"]
    assert told["overview"].text == "200 people began “A” 200 times; 120 times (60.0%) they reached “C”."
    assert "With kind = red, “B” goes on to “C” in 40.0% of cases, with all others in 80.0%" in told["finding"].text
    assert "whether one causes the other, only a change or an experiment can tell" in told["finding"].text
    assert told["finding"].select == {"step": 2, "outcome": "lost", "split": 0, "group": 0}
    assert len(result.people(2, "lost", split=0, group=0)) == told["finding"].numbers["people"] == 60
    assert told["variants"].text.startswith("The most frequent way is “A …”")


def test_the_report_says_when_nothing_stands_out() -> None:
    told = {sentence.code: sentence.text for sentence in diagnosed(broken(red_on=80)).report()}
    assert told["no_finding"].startswith("No value stands out: of 2 comparisons none is worse than chance explains")


def test_the_report_tells_what_the_best_days_would_bring() -> None:
    days = [place // 40 for place in range(400)]
    cases = cases_of([3 if place % 40 < (38 if place >= 320 else 10) else 2 for place in range(400)], day=days)
    told = {sentence.code: sentence.text for sentence in diagnosed(replace(cases, amount=np.full(400, np.nan))).report()}
    assert "If “B” always went as on the best tenth of days" in told["best_days"]
    assert told["best_days"].endswith("more completions.")


def test_the_report_speaks_chinese() -> None:
    texts = [sentence.text for sentence in diagnosed(broken()).report("zh-CN")]
    assert all("。" in text for text in texts)
    assert any("红" not in text and "red" in text for text in texts)


def test_json_names_the_value_of_each_point() -> None:
    told = diagnosed(broken()).to_dict()["points"][0]
    assert (told["property"], told["of"], told["value"]["name"]) == ("kind", "event", "red")


def test_json_holds_what_the_best_days_are_worth() -> None:
    told = diagnosed(broken()).to_dict()["steps"][1]["best_days"]
    assert (told["days"], told["worth"]["completions"]) == (10, 0)


def test_the_report_says_nothing_of_best_days_where_there_are_too_few() -> None:
    codes = [sentence.code for sentence in diagnosed(cases_of([3, 2] * 50, day=[place % 9 for place in range(100)])).report()]
    assert "loss" in codes
    assert not {"best_days", "same_days"} & set(codes)
