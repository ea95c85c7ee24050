"""The meaning of intervals, sentence by sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.twins.behaviour import Happening
from tests.twins.logs import AS_OF, FIRST, PERIOD, SQL_WORLDS

from finegrain.behaviour.errors import BadQueryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.twins.logs import World

    from finegrain.behaviour.intervals.result import IntervalResult

DAY = 24
HOUR_US = 3_600_000_000


def at(hours: float, event: str, who: str = "x", **properties: Any) -> Happening:
    """Give an event so many hours after the period's first midnight."""
    return Happening(who, event, FIRST + timedelta(hours=23 + hours), properties=properties)


@pytest.fixture(params=SQL_WORLDS)
def world(request: pytest.FixtureRequest) -> Any:
    return SQL_WORLDS[request.param]


def ask(world: Callable[[list[Happening]], World], log: list[Happening], **query: Any) -> IntervalResult:
    asked = {"start": "A", "end": "B", "period": PERIOD, "window": "2d", **query}
    return world([*log, at(-20, "A", "z"), at(-20, "B", "z")]).service.intervals(asked, AS_OF)


def hours(result: IntervalResult) -> list[float]:
    return [us / HOUR_US for us in result.intervals.length_us.tolist()]


def test_one_end_closes_only_the_latest_start_before_it(world: Any) -> None:
    log = [at(1, "A"), at(3, "A"), at(7, "B"), at(8, "B")]
    assert hours(ask(world, log)) == [4]
    assert hours(ask(world, log, closing="every")) == [6, 4]


def test_with_the_same_event_twice_intervals_lie_between_neighbours(world: Any) -> None:
    log = [at(1, "A"), at(3, "A"), at(3, "A"), at(7, "A")]
    assert hours(ask(world, log, end="A")) == [2, 0, 4]
    assert hours(ask(world, log, end="A", closing="every")) == [2, 0, 4]


def test_at_one_instant_the_end_arrives_after_the_start(world: Any) -> None:
    assert hours(ask(world, [at(1, "A"), at(1, "B")])) == [0]
    assert hours(ask(world, [at(1, "B"), at(1, "A")])) == []


def test_an_end_at_the_end_of_the_window_counts_and_a_moment_later_does_not(world: Any) -> None:
    assert hours(ask(world, [at(1, "A"), at(1 + 2 * DAY, "B")])) == [48]
    assert hours(ask(world, [at(1, "A"), at(1.001 + 2 * DAY, "B")])) == []
    assert hours(ask(world, [at(1, "A"), at(3, "A"), at(1.001 + 2 * DAY, "B")], closing="every")) == [46.001]


def test_starts_lie_in_the_period_and_ends_may_lie_after_it(world: Any) -> None:
    last = 5 * DAY - 1  # a day of the period has 23 hours
    assert hours(ask(world, [at(last - 1, "A"), at(last + 2, "B")])) == [3]
    assert hours(ask(world, [at(last, "A"), at(last + 2, "B")])) == []
    assert hours(ask(world, [at(-1, "A"), at(2, "B")])) == []


def test_an_end_long_after_the_period_closes_nothing(world: Any) -> None:
    assert hours(ask(world, [at(1, "A"), at(12 * DAY, "B")])) == []


def test_a_start_after_the_period_takes_the_end_from_one_inside(world: Any) -> None:
    last = 5 * DAY - 1
    log = [at(last - 1, "A"), at(last + 1, "A"), at(last + 2, "B")]
    assert hours(ask(world, log)) == []
    assert hours(ask(world, log, closing="every")) == [3]


def test_intervals_and_people_are_counted(world: Any) -> None:
    log = [at(1, "A"), at(2, "B"), at(3, "A"), at(4, "B"), at(1, "A", "y"), at(1 + DAY, "B", "y")]
    result = ask(world, log)
    assert (result.total.time.count, result.total.actors) == (3, 2)
    assert result.total.time.median_s == 3600
    assert result.people().tolist() == [1, 2]
    hour, day = result.total.time.breaks_s.index(3600), result.total.time.breaks_s.index(86400)
    assert (result.total.time.counts[hour], result.total.actors_by_bar[hour]) == (2, 1)
    assert result.people(hour).tolist() == [1]
    assert result.people(day).tolist() == [2]


def test_the_longest_interval_lies_in_the_last_bar(world: Any) -> None:
    result = ask(world, [at(1, "A"), at(1 + 2 * DAY, "B")])
    assert result.total.actors_by_bar[-1] == 1
    assert result.people(len(result.total.actors_by_bar) - 1).tolist() == [1]


def test_over_time_goes_by_the_bucket_of_the_start(world: Any) -> None:
    log = [at(1, "A"), at(2, "B"), at(2, "A"), at(5, "B"), at(1, "A", "y"), at(6, "B", "y"), at(1 + DAY, "A"), at(2 + DAY, "B")]
    first, second = ask(world, log).total.over_time[:2]
    assert (first.start, first.intervals, first.actors, first.median_s) == ("2024-03-30", 3, 2, 3 * 3600)
    assert first.mean_s == 3 * 3600
    assert first.p90_s == pytest.approx(4.6 * 3600)
    assert (second.intervals, second.actors, second.p90_s) == (1, 1, 3600)


def test_a_bucket_is_open_while_a_start_can_find_its_end(world: Any) -> None:
    # the present is 12 h on April 5; what started on the 3rd has until the end of the 5th
    assert [bucket.open for bucket in ask(world, []).total.over_time] == [False] * 4 + [True]
    assert [bucket.open for bucket in ask(world, [], window="1d").total.over_time] == [False] * 5


def test_groups_are_the_values_of_start_events(world: Any) -> None:
    log = [
        at(1, "A", kind="red"),
        at(2, "B"),
        at(3, "A", kind="blue"),
        at(5, "B"),
        at(6, "A", kind="red"),
        at(7, "B", kind="green"),
    ]
    result = ask(world, log, breakdown={"property": "kind", "limit": 1})
    assert [(one.group.name, one.time.count, one.actors) for one in result.groups] == [
        ("red", 2, 1), ("Other", 1, 1), ("No value", 0, 0),
    ]  # fmt: skip
    assert result.people(group=1).tolist() == [1]


def test_in_sessions_both_events_lie_in_one(world: Any) -> None:
    log = [at(1, "A"), at(1.2, "B"), at(3, "A"), at(4, "B")]
    result = ask(world, log, unit="sessions")
    assert hours(result) == [0.2]
    assert result.people().tolist() == [1]
    assert ask(world, [at(1, "A", kind="a"), at(2, "B", "y", kind="a")], unit="groups", group="kind").people().tolist() == []


@pytest.mark.parametrize(("bar", "group"), [(-1, None), (99, None), (None, 0)])
def test_people_of_a_bar_or_group_that_is_not_there_are_refused(world: Any, bar: int | None, group: int | None) -> None:
    with pytest.raises(BadQueryError):
        ask(world, []).people(bar, group)


@pytest.mark.parametrize(("field", "wrong"), [("window", "soon"), ("unit", "events"), ("closing", "first")])
def test_what_cannot_be_asked_is_refused(world: Any, field: str, wrong: str) -> None:
    with pytest.raises(BadQueryError) as refused:
        ask(world, [], **{field: wrong})
    assert refused.value.facts["field"] == field


def test_a_result_can_be_taken_along(world: Any) -> None:
    result = ask(world, [at(1, "A"), at(2, "B")])
    written = result.to_dict()
    assert written["query"]["window"] == "2d"
    assert written["time"]["count"] == written["actors"] == written["over_time"][0]["intervals"] == 1
    assert written["groups"] == []
    assert result.to_arrow().slice(0, 1).to_pylist()[0]["median_s"] == 3600
    assert repr(result) == "IntervalResult(2024-03-30..2024-04-03: 1 intervals, median 3,600 s)"
    assert repr(ask(world, [])).endswith("0 intervals, median –)")
