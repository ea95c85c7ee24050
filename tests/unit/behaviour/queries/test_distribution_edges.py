"""The meaning of distributions, sentence by sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.twins.behaviour import Happening
from tests.twins.logs import AS_OF, FIRST, PERIOD, SQL_WORLDS

from finegrain.behaviour.distribution.breaks import MOST_VALUES, natural_breaks
from finegrain.behaviour.errors import BadQueryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.twins.logs import World

    from finegrain.behaviour.distribution.result import DistributionResult

DAY = 24


def at(hours: float, event: str, who: str = "x", **properties: Any) -> Happening:
    """Give an event so many hours after the period's first midnight."""
    return Happening(who, event, FIRST + timedelta(hours=23 + hours), properties=properties)


@pytest.fixture(params=SQL_WORLDS)
def world(request: pytest.FixtureRequest) -> Any:
    return SQL_WORLDS[request.param]


def ask(world: Callable[[list[Happening]], World], log: list[Happening], **query: Any) -> DistributionResult:
    return world([*log, at(-20, "A", "z")]).service.distribution({"event": "A", "period": PERIOD, **query}, AS_OF)


def values(result: DistributionResult) -> dict[int, float]:
    return dict(zip(result.found.total.person_id.tolist(), result.found.total.value.tolist(), strict=True))


def bars(result: DistributionResult) -> list[tuple[float | None, float | None, int]]:
    return [(bar.low, bar.high, bar.count) for bar in result.total.bars]


TWICE = [at(1, "A"), at(2, "A"), at(1, "A", "y"), at(5, "B", "z")]


def test_people_are_counted_by_their_number_of_events(world: Any) -> None:
    result = ask(world, TWICE)
    assert values(result) == {1: 2, 2: 1}
    assert bars(result) == [(1, 2, 1), (2, None, 1)]
    assert (result.total.mean, result.total.median, result.total.max) == (1.5, 1.5, 2)
    assert result.total.p90 == pytest.approx(1.9)


def test_a_day_of_23_hours_is_one_day(world: Any) -> None:
    log = [at(DAY, "A"), at(DAY + 22.9, "A"), at(DAY, "A", "y"), at(DAY + 23, "A", "y")]
    assert values(ask(world, log, measure="days")) == {1: 1, 2: 2}


def test_events_without_a_number_are_left_out_and_counted(world: Any) -> None:
    log = [at(1, "A", price=2.5), at(2, "A", price="12"), at(3, "A", price="dear"), at(1, "A", "y", price=None)]
    result = ask(world, log, measure="sum", property="price")
    assert values(result) == {1: 14.5}
    assert (result.total.sum, result.total.left_out) == (14.5, 2)


def test_those_who_did_nothing_count_where_asked(world: Any) -> None:
    assert values(ask(world, TWICE, zero=True)) == {1: 2, 2: 1, 3: 0, 4: 0}
    assert bars(ask(world, TWICE, zero=True, breaks=[1])) == [(0, 1, 2), (1, None, 2)]
    assert values(ask(world, TWICE, zero=True, audience={"people": ["x", "z"]})) == {1: 2, 3: 0}
    assert values(ask(world, TWICE, zero=True, filters=[{"property": "city", "of": "person", "value": "Bonn"}])) == {2: 1}


def test_those_who_came_after_the_period_did_not_do_nothing_in_it(world: Any) -> None:
    assert values(ask(world, TWICE, zero=True, period="2024-03-28")) == {}
    early = [at(-40, "B", "y")]  # before anybody was registered
    assert values(ask(world, early, zero=True, period="2024-03-28")) == {2: 0}


def test_chosen_breaks_are_where_bars_begin(world: Any) -> None:
    assert bars(ask(world, TWICE, breaks=[2, 5])) == [(1, 2, 1), (2, 5, 1), (5, None, 0)]
    assert bars(ask(world, TWICE, breaks=[1, 2])) == [(1, 2, 1), (2, None, 1)]
    assert bars(ask(world, TWICE, breaks=[0, 1, 2], zero=True)) == [(0, 1, 2), (1, 2, 1), (2, None, 1)]


def test_below_the_first_break_of_a_sum_anything_can_lie(world: Any) -> None:
    log = [at(1, "A", price=-3), at(1, "A", "y", price=4)]
    assert bars(ask(world, log, measure="sum", property="price", breaks=[0])) == [(None, 0, 1), (0, None, 1)]


def test_natural_breaks_keep_apart_what_lies_apart(world: Any) -> None:
    log = [at(hour, "A") for hour in range(9)] + [at(1, "A", "y"), at(1, "A", "z"), at(2, "A", "z")]
    result = ask(world, log, bars=2)
    assert bars(result) == [(1, 9, 2), (9, None, 1)]
    assert result.people(0).tolist() == [2, 3]


def test_many_values_are_cut_among_so_many_that_hold_as_many_each() -> None:
    many = np.concatenate([np.linspace(0, 1, 2 * MOST_VALUES), np.linspace(5, 6, 2 * MOST_VALUES)])
    assert natural_breaks(many, 2) == (5.0,)


def test_in_each_group_its_own_events_count(world: Any) -> None:
    log = [at(1, "A", kind="red"), at(2, "A", kind="red"), at(3, "A", kind="blue"), at(1, "A", "y")]
    result = ask(world, log, breakdown="kind", zero=True)
    found = [(one.group.name, one.count, one.sum) for one in result.groups]
    assert found == [("red", 1, 2), ("blue", 1, 1), ("Other", 0, 0), ("No value", 3, 1)]
    assert result.people(group=3).tolist() == [2, 3, 4]


def test_those_who_did_nothing_are_in_the_group_of_what_they_are(world: Any) -> None:
    result = ask(world, [at(1, "A"), at(1, "A", "y")], breakdown={"property": "city", "of": "person"}, zero=True)
    found = [(one.group.name, one.count) for one in result.groups]
    assert found == [("Bonn", 1), ("Ulm", 2), ("Other", 0), ("No value", 1)]


def test_sessions_and_groups_are_measured_too(world: Any) -> None:
    log = [at(1, "A", kind="a"), at(1.1, "A"), at(5, "A", kind="a"), at(5, "A", "y", kind="a")]
    sessions = ask(world, log, unit="sessions")
    assert sorted(sessions.found.total.value.tolist()) == [1, 1, 2]
    assert sessions.people().tolist() == [1, 2]
    groups = ask(world, log, unit="groups", group="kind")
    assert groups.found.total.value.tolist() == [3]
    assert groups.people().tolist() == []


@pytest.mark.parametrize(("bar", "group"), [(-1, None), (99, None), (None, 0)])
def test_people_of_a_bar_or_group_that_is_not_there_are_refused(world: Any, bar: int | None, group: int | None) -> None:
    with pytest.raises(BadQueryError):
        ask(world, []).people(bar, group)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("property", {"measure": "sum"}),
        ("property", {"property": "price"}),
        ("bars", {"bars": 1}),
        ("breaks", {"breaks": [2, 2]}),
        ("breaks", {"breaks": list(range(51))}),
        ("breaks", {"breaks": [float("nan")]}),
        ("unit", {"unit": "events"}),
        ("zero", {"unit": "sessions", "zero": True}),
    ],
)
def test_what_cannot_be_asked_is_refused(world: Any, field: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadQueryError) as refused:
        ask(world, [], **wrong)
    assert refused.value.facts["field"] == field


def test_nobody_gives_one_empty_bar(world: Any) -> None:
    result = ask(world, [])
    assert bars(result) == [(1, None, 0)]
    assert (result.total.mean, result.total.bars[0].share) == (None, None)


def test_a_result_can_be_taken_along(world: Any) -> None:
    result = ask(world, TWICE)
    written = result.to_dict()
    assert written["query"] == {"period": PERIOD, "event": {"event": "A"}}
    assert written["bars"][0] == {"low": 1, "high": 2, "count": 1, "share": 0.5}
    assert result.to_arrow().to_pylist()[1] == {"group": "All", "low": 2, "high": None, "count": 1, "share": 0.5}
    assert repr(result) == "DistributionResult(2024-03-30..2024-04-03: 2 counted; 1: 1, 2: 1)"
    assert repr(ask(world, TWICE, measure="sum", property="price")).endswith("0 counted; …: 0)")
