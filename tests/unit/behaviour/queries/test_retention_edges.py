"""Retention's meaning, sentence by sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.twins.behaviour import Happening
from tests.twins.logs import AS_OF, FIRST, PERIOD, SQL_WORLDS, World

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.retention.contract import RetentionCell

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.behaviour.retention.result import RetentionResult

DAYS = [0, 24, 47, 71, 95, 119, 143]
"""Hours from the period's first midnight to those after it: its second day, on which the clocks go forward, has 23."""


def at(day: int, hour: float, event: str, who: str = "x", **properties: Any) -> Happening:
    """Give an event so many hours after a midnight; day 0 is the first of the period."""
    midnight = DAYS[day] if day >= 0 else 24 * day
    return Happening(who, event, FIRST + timedelta(hours=23 + midnight + hour), properties=properties)


@pytest.fixture(params=SQL_WORLDS)
def world(request: pytest.FixtureRequest) -> Any:
    return SQL_WORLDS[request.param]


def ask(world: Callable[[list[Happening]], World], log: list[Happening], **query: Any) -> RetentionResult:
    asked = {"start": "A", "returns": "B", "period": PERIOD, "periods": 3, **query}
    return world([*log, at(-1, 0, "A", "z"), at(-1, 0, "B", "z")]).service.retention(asked, AS_OF)


def table(result: RetentionResult) -> list[tuple[int, tuple[int, ...]]]:
    return [(cohort.size, cohort.counts) for cohort in result.total.cohorts if cohort.size]


def test_the_last_hour_of_a_day_is_still_that_day_whether_it_is_short_or_not(world: Any) -> None:
    assert table(ask(world, [at(0, 23.9, "A"), at(1, 0, "B")])) == [(1, (0, 1, 0, 0))]
    assert table(ask(world, [at(1, 22.9, "A"), at(2, 0, "B")])) == [(1, (0, 1, 0, 0))]
    assert table(ask(world, [at(1, 0, "A"), at(1, 22.9, "B")])) == [(1, (1, 0, 0, 0))]


def test_first_time_is_the_first_of_all_history(world: Any) -> None:
    log = [at(-1, 5, "A"), at(1, 5, "A"), at(2, 5, "B")]
    assert table(ask(world, log)) == []
    assert table(ask(world, log, cohort="recurring")) == [(1, (0, 1, 0, 0))]


def test_somebody_is_in_every_recurring_cohort_and_in_one_only_of_first_times(world: Any) -> None:
    log = [at(0, 5, "A"), at(0, 6, "A"), at(1, 5, "A"), at(2, 5, "B")]
    assert table(ask(world, log)) == [(1, (0, 0, 1, 0))]
    assert table(ask(world, log, cohort="recurring")) == [(1, (0, 0, 1, 0)), (1, (0, 1, 0, 0))]


def test_on_or_after_counts_every_period_up_to_the_return_but_not_its_own_day(world: Any) -> None:
    log = [at(0, 5, "A"), at(2, 5, "B")]
    assert table(ask(world, log)) == [(1, (0, 0, 1, 0))]
    assert table(ask(world, log, mode="on_or_after")) == [(1, (0, 1, 1, 0))]


def test_a_return_beyond_the_last_period_counts_on_or_after_only(world: Any) -> None:
    log = [at(0, 5, "A"), at(6, 5, "B"), at(6, 6, "B")]
    assert table(ask(world, log, periods=2)) == [(1, (0, 0, 0))]
    assert table(ask(world, log, periods=2, mode="on_or_after")) == [(1, (0, 1, 1))]
    assert table(ask(world, [*log, at(0, 6, "B")], period="2024-03-30", periods=2, mode="on_or_after")) == [(1, (1, 1, 1))]


def test_several_returns_in_a_period_count_once(world: Any) -> None:
    assert table(ask(world, [at(0, 5, "A"), at(1, 5, "B"), at(1, 6, "B"), at(2, 1, "B")])) == [(1, (0, 1, 1, 0))]


def test_the_start_event_is_no_return_of_its_own(world: Any) -> None:
    assert table(ask(world, [at(0, 5, "A")], returns="A")) == [(1, (0, 0, 0, 0))]
    assert table(ask(world, [at(0, 5, "A"), at(0, 6, "A")], returns="A")) == [(1, (1, 0, 0, 0))]


def test_a_return_at_the_starts_instant_counts_however_it_arrived_and_an_earlier_one_does_not(world: Any) -> None:
    assert table(ask(world, [at(0, 5, "B"), at(0, 5, "C"), at(0, 5, "A")])) == [(1, (1, 0, 0, 0))]
    assert table(ask(world, [at(0, 5, "A"), at(0, 5, "B")])) == [(1, (1, 0, 0, 0))]
    assert table(ask(world, [at(0, 4, "B"), at(0, 5, "A")])) == [(1, (0, 0, 0, 0))]


def test_a_return_may_lie_after_the_period(world: Any) -> None:
    assert table(ask(world, [at(0, 5, "A"), at(1, 5, "B")], period="2024-03-30")) == [(1, (0, 1, 0, 0))]


def test_of_a_week_that_the_period_cuts_only_the_starts_inside_count(world: Any) -> None:
    log = [at(-1, 5, "A"), at(0, 5, "A", "y"), at(2, 1, "B", "y")]
    result = ask(world, log, granularity="week", periods=1)
    assert [cohort.start for cohort in result.total.cohorts] == ["2024-03-25", "2024-04-01"]
    assert table(result) == [(1, (0, 1))]


def test_a_return_in_the_rest_of_a_cut_week_is_in_period_zero(world: Any) -> None:
    log = [at(2, 5, "A"), at(5, 1, "B")]
    assert table(ask(world, log, granularity="week", period="2024-04-01..2024-04-02", periods=1)) == [(1, (1, 0))]


def test_hours_before_and_after_the_change_of_clocks_are_neighbours(world: Any) -> None:
    result = ask(world, [at(1, 1.5, "A"), at(1, 2.1, "B")], granularity="hour", period="2024-03-31", periods=2)
    assert [cohort.start for cohort in result.total.cohorts if cohort.size] == ["2024-03-31T01:00+01:00"]
    assert table(result) == [(1, (0, 1, 0))]


def test_a_far_return_is_found_among_many_buckets(world: Any) -> None:
    log = [at(0, 0.5, "A"), at(1, 3.5, "B")]
    assert table(ask(world, log, granularity="hour", periods=40))[0][1][27] == 1


def test_buckets_that_have_not_ended_are_open_and_left_out_of_the_average(world: Any) -> None:
    log = [at(3, 5, "A"), at(4, 5, "B"), at(4, 5, "A", "y"), at(5, 1, "B", "y"), at(6, 1, "B", "y")]
    result = ask(world, log)
    assert [cohort.open for cohort in result.total.cohorts][-2:] == [(False, False, False, True), (False, False, True, True)]
    assert [(point.size, point.count) for point in result.total.curve] == [(2, 0), (2, 2), (1, 0), (0, 0)]
    assert [point.share for point in result.total.curve] == [0, 1, 0, None]


def test_the_average_weighs_cohorts_by_their_size(world: Any) -> None:
    log = [at(0, 5, "A"), at(1, 5, "B"), at(1, 5, "A", "y"), at(1, 5, "A", "z"), at(2, 1, "B", "y")]
    result = ask(world, log, cohort="recurring")
    assert [cohort.shares[1] for cohort in result.total.cohorts[:2]] == [1, 0.5]
    assert result.total.curve[1].share == pytest.approx(2 / 3)
    assert result.total.cohorts[2].shares[1] is None


def test_groups_are_the_values_of_start_events_and_add_up(world: Any) -> None:
    log = [at(0, 5, "A", kind="red"), at(0, 6, "A", kind="blue"), at(1, 5, "B"), at(1, 5, "A", kind="red"), at(1, 5, "A", "y")]
    result = ask(world, log, cohort="recurring", breakdown={"property": "kind", "limit": 1})
    assert [(one.group.name, one.size) for one in result.groups] == [("red", 2), ("Other", 0), ("No value", 1)]
    assert result.groups[0].cohorts[0].counts == (0, 1, 0, 0)


def test_the_count_is_the_list_of_people(world: Any) -> None:
    log = [at(0, 5, "A"), at(1, 5, "B"), at(3, 5, "B"), at(0, 7, "A", "y")]
    here: World = world([*log, at(0, 1, "C", "z")])
    query = {"start": "A", "returns": "B", "period": PERIOD}

    def people(*cell: Any, **more: Any) -> list[int]:
        return list(here.service.people("retention", {**query, **more}, RetentionCell(*cell), AS_OF))

    assert people(0) == [1, 2]
    assert people(0, 1) == [1]
    assert people(0, 3) == [1]
    assert people(0, 1, "lost") == [2]
    assert people(0, 2, "lost") == [1, 2]
    assert people(0, 0) == people(1) == people(0, 1, unit="groups", group="kind") == []
    assert people(0, 1, "returned", 1, breakdown="kind") == [1]


def test_people_on_or_after_are_those_of_any_later_period(world: Any) -> None:
    here: World = world([at(0, 5, "A"), at(3, 5, "B")])
    query = {"start": "A", "returns": "B", "period": PERIOD, "mode": "on_or_after"}
    lists = [here.service.people("retention", query, RetentionCell(0, period), AS_OF).tolist() for period in range(5)]
    assert lists == [[], [1], [1], [1], []]


@pytest.mark.parametrize("cell", [RetentionCell(5), RetentionCell(-1), RetentionCell(0, 8), RetentionCell(0, 1, "lost", 1)])
def test_a_cell_that_is_not_there_is_refused(world: Any, cell: RetentionCell) -> None:
    with pytest.raises(BadQueryError, match="cell"):
        world([at(0, 5, "A")]).service.people("retention", {"start": "A", "returns": "*", "period": PERIOD}, cell, AS_OF)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("periods", {"periods": 0}),
        ("periods", {"periods": 367}),
        ("periods", {"periods": 366, "period": "2020-01-01..2024-01-01"}),
        ("periods", {"period": "9990-01-01..9990-01-02", "granularity": "quarter", "periods": 366}),
        ("unit", {"unit": "events"}),
        ("granularity", {"period": "2020-01-01..2024-01-01", "granularity": "hour"}),
        ("mode", {"mode": "before"}),
    ],
)
def test_what_cannot_be_asked_is_refused(world: Any, field: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadQueryError) as refused:
        ask(world, [], **wrong)
    assert refused.value.facts["field"] == field


def test_nobody_gives_an_empty_table(world: Any) -> None:
    result = ask(world, [at(0, 1, "B")])
    assert result.total.size == 0
    assert repr(result) == "RetentionResult(2024-03-30..2024-04-03: 0 started; –, –, –, –)"


def test_a_result_can_be_taken_along(world: Any) -> None:
    result = ask(world, [at(0, 5, "A", kind="red"), at(1, 5, "B")], breakdown="kind")
    written = result.to_dict()
    assert written["query"]["start"] == {"event": "A"}
    first = {"start": "2024-03-30", "size": 1, "counts": (0, 1, 0, 0), "shares": (0, 1, 0, 0), "open": (False,) * 4}
    assert written["cohorts"][0] == first
    assert [one["group"]["name"] for one in written["groups"]] == ["red", "Other", "No value"]
    frame = result.to_arrow()
    assert frame.num_rows == 4 * 5 * 4
    assert frame.slice(1, 1).to_pylist() == [
        {"group": "All", "cohort": "2024-03-30", "size": 1, "period": 1, "count": 1, "share": 1.0, "open": False}
    ]
    assert len(result.to_pandas()) == frame.num_rows
    assert repr(result) == "RetentionResult(2024-03-30..2024-04-03: 1 started; 0.0%, 100.0%, 0.0%, 0.0%)"


def test_as_of_decides_what_is_open(world: Any) -> None:
    here: World = world([at(0, 5, "A"), at(1, 5, "B")])
    query = {"start": "A", "returns": "B", "period": PERIOD, "periods": 1}
    early = here.service.retention(query, datetime(2024, 3, 30, 23, tzinfo=UTC))
    assert early.total.cohorts[0].open == (False, True)
