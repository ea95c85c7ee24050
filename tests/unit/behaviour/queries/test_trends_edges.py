"""Trends, sentence by sentence: what each measure means at its edges, and what cannot be asked."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.twins.behaviour import Happening
from tests.twins.logs import AS_OF, PERIOD, SQL_WORLDS, ZONE

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.trends.contract import LifecycleSelection, StickinessSelection, TrendSelection
from finegrain.behaviour.trends.formulas import read_formula, work_out

if TYPE_CHECKING:
    from tests.twins.logs import World

    from finegrain.behaviour.trends.result import TrendsResult

pytestmark = pytest.mark.parametrize("engine", SQL_WORLDS)


def at(day: str, hour: int = 12, minute: int = 0) -> datetime:
    """Give a time of a day of 2024, in Berlin."""
    return datetime.fromisoformat(f"2024-{day}T{hour:02}:{minute:02}").replace(tzinfo=ZONE.info)


def did(who: str, when: datetime, name: str = "A", **properties: Any) -> Happening:
    """Give one event."""
    return Happening(who, name, when, properties=properties)


def world(engine: str, *log: Happening) -> World:
    """Give an engine over a log."""
    return SQL_WORLDS[engine](list(log))


def trend(here: World, measure: str, price: str = "", **query: Any) -> TrendsResult:
    """Ask for one series of event A."""
    series = [{"event": "A", "measure": measure, "property": price}]
    return here.service.trends({"period": PERIOD, "series": series, **query}, AS_OF)


def test_unique_people_of_a_period_are_not_the_sum_of_its_buckets(engine: str) -> None:
    here = world(engine, did("x", at("03-30")), did("x", at("03-31")), did("y", at("03-31")))
    line = trend(here, "unique").total.lines[0]
    assert (line.values, line.total) == ((1, 2, 0, 0, 0), 2)


def test_cumulative_unique_people_count_in_their_first_bucket(engine: str) -> None:
    here = world(engine, did("x", at("03-30")), did("x", at("03-31")), did("y", at("04-01")))
    assert trend(here, "unique", cumulative=True).total.lines[0].values == (1, 1, 2, 2, 2)


def test_a_day_of_23_hours_is_one_bucket_with_as_many_hours(engine: str) -> None:
    here = world(engine, did("x", at("03-31", 0)), did("x", at("03-31", 23, 59)))
    assert trend(here, "total").total.lines[0].values == (0, 2, 0, 0, 0)
    assert len(trend(here, "total", period="2024-03-31", granularity="hour").buckets) == 23


def test_messages_are_events_but_make_no_sessions(engine: str) -> None:
    log = [did("x", at("03-30", 9)), did("x", at("03-30", 12), "Email Delivered"), did("y", at("03-31"), "Email Delivered")]
    here = world(engine, *log)
    series = [{"event": "*", "measure": measure} for measure in ("total", "per_session", "unique")]
    query = {"period": PERIOD, "unit": "sessions", "series": series}
    assert [line.total for line in here.service.trends(query, AS_OF).total.lines] == [3, 1, 1]
    people = [here.service.people("trends", query, TrendSelection(series=place), AS_OF).tolist() for place in (1, 2, 3)]
    assert people == [[1, 2], [1], [1]]


def test_buckets_that_have_not_ended_are_open(engine: str) -> None:
    here = world(engine, did("x", at("04-05", 1)))
    buckets = trend(here, "total", period="2024-04-04..2024-04-05").buckets
    assert [bucket.open for bucket in buckets] == [False, True]


def test_sums_are_exact_whatever_the_order(engine: str) -> None:
    cents = [did("x", at("03-30"), price=0.1) for _ in range(10)]
    here = world(engine, did("x", at("03-30"), price=2.0**53), *cents, did("x", at("03-30"), price=-(2.0**53)))
    assert trend(here, "sum", "price").total.lines[0].total == 1.0


@pytest.mark.parametrize("value", [-3, -0.000001, 123456789.123456, -(2.0**53), 2.0**53])
def test_a_sum_of_one_number_is_that_number(engine: str, value: float) -> None:
    here = world(engine, did("x", at("03-30"), price=value))
    assert trend(here, "sum", "price").total.lines[0].total == value


def test_events_without_a_number_are_left_out_and_counted(engine: str) -> None:
    odd: list[Any] = [None, "dear", "", 2.0**53 * 2]
    here = world(engine, did("x", at("03-30"), price="1.5"), *(did("x", at("03-30"), price=one) for one in odd))
    line = trend(here, "average", "price").total.lines[0]
    assert (line.values[0], line.values[1], line.left_out) == (1.5, None, 4)


def test_truth_values_are_one_and_zero(engine: str) -> None:
    here = world(engine, *(did("x", at("03-30"), price=one) for one in (True, True, False, 2)))
    assert trend(here, "average", "price").total.lines[0].total == 1.0


def test_without_a_number_a_sum_is_zero_and_an_average_is_none(engine: str) -> None:
    here = world(engine, did("x", at("03-30")))
    assert [trend(here, one, "price").total.lines[0].total for one in ("sum", "average", "min", "median")] == [
        0,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(("measure", "percent"), [("median", 50), ("p90", 90), ("p95", 95), ("p99", 99)])
def test_percentiles_are_those_of_numpy(engine: str, measure: str, percent: int) -> None:
    values = [3.0, 1.0, 4.0, 1.5, 9.0, 2.6, 5.0]
    here = world(engine, *(did("x", at("03-30"), price=one) for one in values))
    line = trend(here, measure, "price").total.lines[0]
    assert line.values[0] == pytest.approx(np.percentile(values, percent), rel=1e-12)
    assert line.total == line.values[0]


def test_the_least_number_is_never_minus_zero(engine: str) -> None:
    here = world(engine, did("x", at("03-30"), price=-0.0), did("x", at("03-30"), price=0.0))
    assert math.copysign(1, trend(here, "min", "price").total.lines[0].total or 0.0) == 1


def test_running_extremes_keep_what_came_before(engine: str) -> None:
    here = world(engine, did("x", at("03-31"), price=2), did("x", at("04-01"), price=1), did("x", at("04-02"), price=3))
    assert trend(here, "min", "price", cumulative=True).total.lines[0].values == (None, 2.0, 1.0, 1.0, 1.0)
    assert trend(here, "max", "price", cumulative=True).total.lines[0].values == (None, 2.0, 2.0, 3.0, 3.0)


def test_rolling_people_look_back_before_the_period(engine: str) -> None:
    here = world(engine, did("x", at("03-26")), did("y", at("04-01")))
    assert trend(here, "wau").total.lines[0].values == (1, 1, 2, 1, 1)  # 26 March lies in the 7 days up to 1 April
    assert trend(here, "dau").total.lines[0].values == (0, 0, 1, 0, 0)


def test_rolling_people_are_those_whose_events_pass(engine: str) -> None:
    blue = did("x", at("04-01"), kind="blue"), did("y", at("04-01"), kind="blue")
    here = world(engine, did("x", at("03-31"), kind="red"), *blue)
    red = {"event": "A", "filters": [{"property": "kind", "op": "is", "value": "red"}], "measure": "wau"}
    line = here.service.trends({"period": PERIOD, "series": [red]}, AS_OF).total.lines[0]
    assert line.values == (0, 1, 1, 1, 1)


def test_rolling_days_end_with_the_last_day_of_a_week(engine: str) -> None:
    here = world(engine, did("x", at("03-29")), did("y", at("04-01")), did("z", at("03-31")))
    line = trend(here, "dau", granularity="week").total.lines[0]
    assert (line.values, line.total) == ((1, 0), 0)  # Sunday, and the last day of the period


def test_a_session_counts_in_each_bucket_it_reaches(engine: str) -> None:
    here = world(engine, did("x", at("03-30", 23, 50)), did("x", at("03-31", 0, 10)), did("x", at("03-31", 0, 20)))
    line = trend(here, "per_session").total.lines[0]
    assert (line.values[:2], line.total) == ((1.0, 2.0), 3.0)


def test_the_days_before_are_as_many_and_have_the_same_groups(engine: str) -> None:
    here = world(engine, did("x", at("03-29"), kind="old"), did("x", at("03-29"), kind="new"), did("x", at("03-30"), kind="new"))
    result = trend(here, "total", compare=True, breakdown="kind")
    assert [bucket.start for bucket in result.before] == ["2024-03-25", "2024-03-26", "2024-03-27", "2024-03-28", "2024-03-29"]
    assert [(one.group.kind, one.lines[0].before_total) for one in result.groups] == [("value", 1), ("other", 1), ("none", 0)]
    assert (result.total.lines[0].change, trend(here, "total").total.lines[0].change) == (-0.5, None)


def test_groups_add_up_for_events_but_not_for_people(engine: str) -> None:
    here = world(engine, *(did("x", at("03-30"), kind=kind) for kind in ("red", "blue", None)))
    events, people = trend(here, "total", breakdown="kind"), trend(here, "unique", breakdown="kind")
    assert sum(int(one.lines[0].total or 0) for one in events.groups) == events.total.lines[0].total == 3
    assert (sum(int(one.lines[0].total or 0) for one in people.groups), people.total.lines[0].total) == (3, 1)


def test_events_are_counted_by_what_their_person_is(engine: str) -> None:
    here = world(engine, did("x", at("03-30"), price=2), did("y", at("03-30"), price=3), did("z", at("03-31"), price=5))
    city = {"property": "city", "of": "person"}
    found = [trend(here, one, "price" if one != "total" else "", breakdown=city).groups for one in ("total", "sum", "median")]
    values = [[(one.group.value, one.lines[0].values[:2]) for one in groups[:2]] for groups in found]
    assert values[0] == [("Ulm", (1, 1)), ("Bonn", (1, 0))]
    assert values[1:] == [[("Ulm", (2.0, 5.0)), ("Bonn", (3.0, 0.0))], [("Ulm", (2.0, 5.0)), ("Bonn", (3.0, None))]]


def test_each_group_counts_somebody_once_a_bucket(engine: str) -> None:
    here = world(engine, *(did("x", at("03-30"), kind="red", price=price) for price in (1, 3)), did("x", at("03-31"), kind="red"))
    red = [trend(here, one, breakdown="kind").groups[0].lines[0] for one in ("unique", "wau")]
    assert [(line.values, line.total) for line in red] == [((1, 1, 0, 0, 0), 1), ((1, 1, 1, 1, 1), 1)]
    assert trend(here, "median", "price", breakdown="kind").groups[0].lines[0].values[:2] == (2.0, None)


def test_formulas_work_on_buckets_and_on_totals(engine: str) -> None:
    here = world(engine, did("x", at("03-30")), did("x", at("03-30")), did("y", at("03-31")))
    query = {"period": PERIOD, "series": ["A", {"event": "A", "measure": "unique"}], "formulas": ["A / B", "-(A - B) * 2 + 1.5"]}
    *_, ratio, other = here.service.trends(query, AS_OF).total.lines
    assert (ratio.values, ratio.total) == ((2.0, 1.0, None, None, None), 1.5)
    assert (other.letter, other.name, other.values[0]) == ("", "-(A - B) * 2 + 1.5", -0.5)


def test_the_same_events_counted_by_session_and_in_total_agree(engine: str) -> None:
    here = world(engine, did("x", at("03-30", 9)), did("x", at("03-30", 15)), did("y", at("03-31")))
    query = {"period": PERIOD, "series": ["A", {"event": "A", "measure": "per_session"}]}
    assert [line.total for line in here.service.trends(query, AS_OF).total.lines] == [3, 1.0]


def test_people_and_events_of_each_of_them_go_together(engine: str) -> None:
    here = world(engine, did("x", at("03-30", 9)), did("x", at("03-30", 15)), did("y", at("03-31")))
    query = {"period": PERIOD, "series": [{"event": "A", "measure": one} for one in ("unique", "per_person")]}
    assert [line.total for line in here.service.trends(query, AS_OF).total.lines] == [2, 1.5]


def test_a_trend_of_nothing_is_zero(engine: str) -> None:
    here = world(engine)
    query = {"period": PERIOD, "series": ["*", {"event": "*", "measure": "unique"}], "breakdown": "kind"}
    assert [line.total for line in here.service.trends(query, AS_OF).total.lines] == [0, 0]


def test_a_trend_tells_itself_as_json_and_as_frames(engine: str) -> None:
    here = world(engine, did("x", at("03-30"), kind="red"))
    result = trend(here, "total", compare=True, breakdown="kind")
    told = result.to_dict()
    assert (told["lines"][0]["values"], told["groups"][0]["group"]["value"]) == ([1, 0, 0, 0, 0], "red")
    assert len(told["buckets"]) == len(told["before"]) == 5
    frame = result.to_pandas()
    assert len(frame) == 4 * 10
    assert frame.query("not before and group == 'red'")["value"].tolist() == [1, 0, 0, 0, 0]
    assert repr(result) == "TrendsResult(2024-03-30..2024-04-03: A total 1)"


def test_the_people_of_a_running_figure_came_at_any_time_before(engine: str) -> None:
    here = world(engine, did("x", at("03-30")), did("y", at("04-01")))
    query = {"period": PERIOD, "series": [{"event": "A", "measure": "unique"}], "cumulative": True}
    assert here.service.people("trends", query, TrendSelection(bucket=2), AS_OF).tolist() == [1, 2]
    assert here.service.people("trends", query, TrendSelection(bucket=1), AS_OF).tolist() == [1]


def test_the_people_of_rolling_days_are_those_of_all_of_them(engine: str) -> None:
    here = world(engine, did("x", at("03-26")), did("y", at("04-02")))
    query = {"period": PERIOD, "series": [{"event": "A", "measure": "wau"}]}
    found = [here.service.people("trends", query, TrendSelection(bucket=one), AS_OF).tolist() for one in (0, None)]
    assert found == [[1], [2]]


def test_behind_groups_are_people_whose_events_have_one(engine: str) -> None:
    here = world(engine, did("x", at("03-30"), kind="red"), did("y", at("03-30")))
    query = {"period": PERIOD, "unit": "groups", "group": "kind", "series": [{"event": "A", "measure": "unique"}]}
    assert here.service.people("trends", query, TrendSelection(), AS_OF).tolist() == [1]


def test_the_people_of_the_days_before_are_found(engine: str) -> None:
    here = world(engine, did("x", at("03-29")), did("y", at("04-01")))
    selection = TrendSelection(bucket=4, before=True)
    assert here.service.people("trends", {"period": PERIOD, "series": ["A"]}, selection, AS_OF).tolist() == [1]


def test_a_week_that_reaches_over_the_period_counts_whole_in_a_life(engine: str) -> None:
    here = world(engine, did("x", at("03-19")), did("x", at("03-26")))
    result = here.service.lifecycle({"period": PERIOD, "event": "A", "granularity": "week"}, AS_OF)
    first, second = result.total.buckets
    assert (first.start, first.returning, first.dormant) == ("2024-03-25", 1, 0)
    assert (second.start, second.returning, second.dormant, second.open) == ("2024-04-01", 0, -1, True)


def test_who_comes_back_after_a_bucket_away_is_resurrected(engine: str) -> None:
    here = world(engine, did("x", at("03-30")), did("x", at("04-01")))
    result = here.service.lifecycle({"period": "2024-03-30..2024-04-01", "event": "A"}, AS_OF)
    states = [(one.new, one.returning, one.resurrected, one.dormant) for one in result.total.buckets]
    assert states == [(1, 0, 0, 0), (0, 0, 0, -1), (0, 0, 1, 0)]
    assert result.to_arrow()["resurrected"].to_pylist() == [0, 0, 1]
    assert result.to_dict()["buckets"][2]["start"] == "2024-04-01"
    assert repr(result) == "LifecycleResult(2024-03-30..2024-04-01: 3 buckets)"


def test_a_life_by_the_hour_looks_back_to_the_hour_before_midnight(engine: str) -> None:
    here = world(engine, did("x", at("03-30", 23, 30)), did("x", at("03-31", 0, 30)), did("x", at("03-31", 3, 30)))
    result = here.service.lifecycle({"period": "2024-03-31", "event": "A", "granularity": "hour"}, AS_OF)
    states = [(one.returning, one.resurrected, one.dormant) for one in result.total.buckets]
    assert states[:4] == [(1, 0, 0), (0, 0, -1), (0, 1, 0), (0, 0, -1)]  # there is no hour from 2 to 3 on that day
    assert len(states) == 23


def test_each_group_has_a_life_of_its_own(engine: str) -> None:
    here = world(engine, *(did("x", at(day), kind=kind) for day, kind in (("03-20", "red"), ("03-30", "red"), ("03-31", "blue"))))
    result = here.service.lifecycle({"period": "2024-03-30..2024-03-31", "event": "A", "breakdown": "kind"}, AS_OF)
    blue, red, *_ = (one.to_dict() for one in result.groups)
    assert [one["new"] for one in blue["buckets"]] == [0, 1]
    assert [(one["resurrected"], one["dormant"]) for one in red["buckets"]] == [(1, 0), (0, -1)]


def test_behind_a_group_are_the_people_of_its_events(engine: str) -> None:
    here = world(engine, did("x", at("03-30"), kind="red"), did("y", at("03-30"), kind="red"), did("z", at("03-31"), kind="blue"))
    query = {"period": PERIOD, "event": "A", "unit": "groups", "group": "kind"}
    assert here.service.people("lifecycle", query, LifecycleSelection("new", 0), AS_OF).tolist() == [1, 2]
    assert here.service.people("stickiness", query, StickinessSelection(1), AS_OF).tolist() == [1, 2, 3]


def test_stickiness_counts_each_bucket_once(engine: str) -> None:
    here = world(engine, did("x", at("03-30")), did("x", at("03-30")), did("x", at("04-01")), did("y", at("04-01")))
    result = here.service.stickiness({"period": PERIOD, "event": "A", "breakdown": "kind"}, AS_OF)
    assert (result.total.actors, result.total.shares) == ((1, 1, 0, 0, 0), (1.0, 0.5, 0.0, 0.0, 0.0))
    assert result.to_arrow().slice(0, 5)["actors"].to_pylist() == [1, 1, 0, 0, 0]
    assert result.to_dict()["groups"][-1]["total"] == 2


def test_the_ratio_is_of_the_30_days_that_are_over(engine: str) -> None:
    here = world(engine, did("x", at("04-01")), did("x", at("04-05", 1)), did("y", at("04-04")))
    result = here.service.stickiness({"period": "2024-04-05", "event": "A"}, AS_OF)  # at noon of the 5th
    assert (result.first, result.last) == ("2024-03-06", "2024-04-04")
    assert (result.total.daily, result.total.monthly, result.total.ratio) == (2 / 30, 2, 1 / 30)
    assert repr(result) == f"StickinessResult(2024-04-05..2024-04-05: 1, DAU/MAU {1 / 30})"


def test_a_ratio_of_nobody_is_none(engine: str) -> None:
    result = world(engine).service.stickiness({"period": PERIOD, "event": "*"}, AS_OF)
    assert (result.total.ratio, result.total.shares) == (None, (None,) * 5)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"series": []}, "series"),
        ({"series": ["A"] * 27}, "series"),
        ({"formulas": ["A"] * 27}, "formulas"),
        ({"formulas": ["A", "A + B"]}, "formulas[1]"),
        ({"series": [{"event": "A", "measure": "sum"}]}, "series[0].property"),
        ({"series": [{"event": "A", "property": "price"}]}, "series[0].property"),
        ({"series": [{"event": "A", "measure": "unique"}], "unit": "events"}, "unit"),
        ({"series": [{"event": "A", "measure": "dau"}], "granularity": "hour"}, "granularity"),
        ({"series": [{"event": "A", "measure": "mau"}], "cumulative": True}, "series[0].measure"),
        ({"series": [{"event": "A", "measure": "p90", "property": "price"}], "cumulative": True}, "series[0].measure"),
        ({"period": "0900-01-01..2024-01-01", "granularity": "quarter", "compare": True}, "compare"),
    ],
)
def test_what_no_trend_can_be_asked_is_refused(engine: str, query: dict[str, Any], field: str) -> None:
    here = world(engine, did("x", at("03-30")))
    with pytest.raises(BadQueryError) as refused:
        here.service.trends({"period": PERIOD, "series": ["A"], **query}, AS_OF)
    assert refused.value.facts["field"] == field


@pytest.mark.parametrize("unit", ["events", "sessions"])
def test_sessions_and_events_have_no_life(engine: str, unit: str) -> None:
    here = world(engine, did("x", at("03-30")))
    with pytest.raises(BadQueryError):
        here.service.lifecycle({"event": "A", "unit": unit}, AS_OF)
    with pytest.raises(BadQueryError):
        here.service.stickiness({"event": "A", "unit": unit}, AS_OF)


@pytest.mark.parametrize(
    "selection", [TrendSelection(series=2), TrendSelection(bucket=5), TrendSelection(group=0), TrendSelection(bucket=-1)]
)
def test_there_are_no_people_behind_what_is_not_there(engine: str, selection: TrendSelection) -> None:
    here = world(engine, did("x", at("03-30")))
    with pytest.raises(BadQueryError):
        here.service.people("trends", {"period": PERIOD, "series": ["A"]}, selection, AS_OF)


@pytest.mark.parametrize("text", ["", "A +", "(A", "A)", "A B", "1e3", "a", "C", "A % 2", "__import__", "(" * 201, "2 2"])
def test_what_is_no_formula_is_refused(engine: str, text: str) -> None:
    assert engine
    with pytest.raises(BadQueryError) as refused:
        read_formula(text, 2, "formulas[0]")
    assert refused.value.facts["value"] == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A + B * 2", 11.0),
        ("(A + B) * 2", 16.0),
        ("A - B - 1", 1.0),
        ("A / B / 5", 5 / 3 / 5),
        ("--A", 5.0),
        (" -A*B ", -15.0),
        ("1.5", 1.5),
    ],
)
def test_formulas_bind_as_in_school(engine: str, text: str, found: float) -> None:
    assert engine
    assert work_out(read_formula(text, 2, "formulas[0]"), [5, 3]) == found


def test_a_formula_without_an_answer_gives_none(engine: str) -> None:
    assert engine
    asked: list[tuple[str, list[float | None]]] = [("A / B", [1, 0]), ("A * B", [1, None]), ("A * A", [1e200]), ("A + 1", [None])]
    assert [work_out(read_formula(text, 2, ""), values) for text, values in asked] == [None] * 4


def test_buckets_of_any_length_are_found(engine: str) -> None:
    hours = [at("01-01") + timedelta(hours=step) for step in range(0, 24 * 90, 7)]
    here = world(engine, *(did("x", hour) for hour in hours))
    days = trend(here, "unique", period="2023-12-01..2024-04-03").total.lines[0]
    months = trend(here, "total", period="2023-12-01..2024-04-03", granularity="month").total.lines[0]
    by_month = [sum(1 for hour in hours if hour.month == month) for month in (12, 1, 2, 3, 4)]
    assert (sum(int(one or 0) for one in days.values), months.values) == (len({hour.date() for hour in hours}), tuple(by_month))
