"""The meaning of the churn diagnosis, sentence by sentence."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pytest
from tests.twins.behaviour import Happening
from tests.twins.churn import luck
from tests.twins.logs import AS_OF, FIRST, PEOPLE, WORLDS

from finegrain.behaviour.churn.contract import GroupName
from finegrain.behaviour.churn.embedded import MOST_NAMES, luck_of
from finegrain.behaviour.churn.query import ChurnQuery
from finegrain.behaviour.churn.strata import matched, strata_of
from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.reading import read_query
from finegrain.i18n import speaking

if TYPE_CHECKING:
    from finegrain.behaviour.churn.contract import Histories
    from finegrain.behaviour.churn.result import ChurnResult

HOURS = {"silence": "2d", "lookback": "12h", "earlier": "1d", "period": "2024-03-30..2024-04-04"}
"""The end is midnight after April 4th in Berlin, hour 166 since ``FIRST``: who does nothing from hour 118 on is silent."""


def at(hours: float, event: str = "A", who: str = "x", **more: Any) -> Happening:
    """Give an event so many hours after everybody became known."""
    return Happening(who, event, FIRST + timedelta(hours=hours), **more)


def ask(log: list[Happening], **query: Any) -> ChurnResult:
    return WORLDS["embedded"](log).service.churn({**HOURS, **query}, AS_OF)


def found(log: list[Happening], **query: Any) -> Histories:
    return ask(log, **query).found


def states(log: list[Happening], **query: Any) -> dict[str, str]:
    """Give the group of each person who shows any sign of life."""
    result = ask(log, **query)
    return {PEOPLE[person - 1]: group for group in get_args(GroupName) for person in result.people(group).tolist()}


def test_who_shows_no_sign_of_life_for_so_long_is_silent() -> None:
    assert states([at(118)]) == {"x": "silent"}
    assert states([at(40), at(118.01)]) != {"x": "silent"}
    assert states([at(118)], silence="47h") == {"x": "silent"}
    assert states([at(118)], silence="49h") != {"x": "silent"}


def test_what_happens_to_a_person_is_no_sign_of_life() -> None:
    log = [at(100), at(150, "Message Delivered"), at(151, "Order Refunded"), at(152, "Email Opened"), at(153, "order_cancelled")]
    assert states(log) == {"x": "silent"}
    assert found(log).index_us.tolist() == found([at(100)]).index_us.tolist()
    assert states([at(150, "Message Delivered")]) == {}


def test_a_sign_of_life_may_be_any_event_that_is_named() -> None:
    log = [at(60, "B"), at(150, "A"), at(110, "Message Delivered")]
    assert states(log, active="B") == {"x": "silent"}
    assert found(log, active="Message Delivered").last_event.tolist() == [0]


def test_events_that_are_named_messages_are_no_sign_of_life() -> None:
    assert states([at(100), at(150, "C")], messages="C") == {"x": "silent"}
    assert found([at(100, "C"), at(101), at(90, "C")], messages="C").messages.tolist() == [2]


def test_the_window_reaches_from_the_lookback_up_to_the_moment_and_no_further() -> None:
    log = [at(88, "C"), at(88.1, "B"), at(100), at(100.1, "Message Delivered"), at(90, "Message Delivered")]
    assert found(log).names == ("A", "B", "Message Delivered")
    assert found(log).messages.tolist() == [1]


def test_the_moment_of_who_stayed_ends_a_visit_and_is_drawn_by_the_id_alone() -> None:
    # Index moments of y may lie from hour 23, the first day's start, to hour 118.
    drawn = 23 + luck(2) * (118 - 23)
    visit = [at(drawn - 1, "A", "y"), at(drawn - 0.1, "B", "y"), at(drawn + 0.2, "C", "y")]
    later = [at(drawn + 0.1, "Message Delivered", "y"), at(drawn + 3, "A", "y"), at(119, "A", "y")]
    history = found([*visit, *later], lookback="2h")
    assert history.silent.tolist() == [False]
    assert [history.names[place] for place in history.last_event] == ["C"]
    assert history.visits.tolist() == [2]


def test_who_stayed_but_was_silent_after_the_moment_is_left_out() -> None:
    drawn = 23 + luck(2) * (118 - 23)
    assert states([at(drawn - 1, "A", "y"), at(drawn + 60, "A", "y"), at(160, "A", "y")]) == {"y": "back"}


def test_who_is_too_new_to_have_a_whole_window_is_left_out() -> None:
    assert states([at(60)], lookback="61h") == {"x": "too_new"}
    assert states([at(60)], lookback="60h") == {"x": "silent"}
    assert states([at(60), at(150)], lookback="3w") == {"x": "too_new"}


def test_who_left_before_the_period_is_left_out_as_such() -> None:
    assert states([at(40)], period="2024-03-31..2024-04-04") == {"x": "outside"}


def test_whose_visit_runs_on_until_too_little_time_is_left_is_left_out() -> None:
    # The moment is drawn between hours 117 and 118, and the visit has no pause of half an hour before hour 118.4.
    log = [at(117 - 0.1 + 0.3 * place, "A", "y") for place in range(6)]
    assert states(log, lookback="117h") == {"y": "outside"}


def test_nobody_who_never_does_anything_is_counted() -> None:
    assert states([]) == {}
    assert repr(ask([])) == "ChurnResult(2024-03-30..2024-04-04: 0 silent, 0 stayed; no finding)"
    assert ask([]).signs == ()


def test_nothing_that_lies_after_the_present_has_happened() -> None:
    log = [at(50), at(100)]
    result = WORLDS["embedded"](log).service.churn({**HOURS, "lookback": "6h"}, FIRST + timedelta(hours=100))
    assert result.found.index_us.tolist() == found([at(50)], lookback="6h").index_us.tolist()


def test_a_step_counts_as_the_end_where_the_next_one_does_not_follow() -> None:
    steps, early = ["A", "B", "C"], at(60, "C")
    assert found([early, at(90), at(91, "B")], steps=steps).stopped.tolist() == [[False, True, False]]
    assert found([early, at(90), at(91, "B"), at(92)], steps=steps).stopped.tolist() == [[True, True, False]]
    assert found([early, at(90), at(91, "B"), at(92, "C")], steps=steps).stopped.tolist() == [[False, False, False]]


def test_a_shops_own_steps_are_taken_where_they_happen() -> None:
    shop = [at(90, "Product Viewed"), at(91, "Product Added"), at(91.1, "Order Completed")]
    assert [step.name for step in found(shop).steps] == ["Product Viewed", "Product Added", "Order Completed"]
    assert found(shop[:1]).steps == ()


def test_revenue_is_that_before_the_moment_less_what_was_refunded_by_then() -> None:
    log = [
        at(70, "Order Completed", order_id="1", total=Decimal(99)),
        at(90, "Order Completed", order_id="2", total=Decimal(10)),
        at(95, "Order Completed", order_id="3", total=Decimal(5)),
        at(96, "Order Refunded", order_id="3", total=Decimal(2)),
        at(101, "Order Refunded", order_id="2", total=Decimal(10)),
        at(100),
    ]
    assert found(log).revenue_minor.tolist() == [1_300]
    assert found(log).orders.tolist() == [2]
    assert found(log, earlier="2d").revenue_minor.tolist() == [11_200]


def test_only_the_audience_is_compared() -> None:
    log = [at(100, who="x"), at(101, who="y")]
    assert states(log, audience={"people": ["y"]}) == {"y": "silent"}


def test_of_very_many_names_those_in_the_most_windows_are_looked_for() -> None:
    log = [at(100 + place / 1_000, f"E{place:03}") for place in range(MOST_NAMES + 2)] + [at(100.5, "E201", "y")]
    history = found(log)
    assert len(history.names) == MOST_NAMES
    assert "E201" in history.names
    assert "E200" not in history.names
    assert history.last_event.tolist() == [history.names.index("E201")] * 2


def test_luck_is_splitmix_of_the_id() -> None:
    ids = np.arange(1, 2_000, dtype=np.int64)
    drawn = luck_of(ids)
    assert drawn.tolist() == [luck(number) for number in ids.tolist()]
    # The mean of 2,000 even draws lies within four standard errors, 4 / √(12 · 2000).
    assert abs(drawn.mean() - 0.5) < 0.026


def test_alike_is_who_has_the_same_week_tenure_visits_and_orders() -> None:
    log = [at(100, who="x"), at(101, who="y"), at(102, who="z"), at(103, who="z")]
    service = WORLDS["embedded"](log).service
    query = read_query(ChurnQuery, HOURS)
    stratum = strata_of(found(log), service.scope(query, AS_OF), query)
    assert (stratum[0] == stratum[1], stratum[0] == stratum[2]) == (True, False)
    assert matched(np.array([True, False, True]), stratum).tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"unit": "sessions"}, "unit"),
        ({"breakdown": "kind"}, "breakdown"),
        ({"steps": ["A"]}, "steps"),
        ({"least": 4}, "least"),
        ({"level": 0.5}, "level"),
        ({"silence": "soon"}, "silence"),
        ({"lookback": "0d"}, "lookback"),
        ({"earlier": "x"}, "earlier"),
        ({"windows": 3}, "windows"),
        ({"period": "2024-03-30", "silence": "1d"}, "period"),
    ],
)
def test_what_cannot_be_asked_names_its_field(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(BadQueryError) as error:
        ask([at(100)], **wrong)
    assert error.value.facts["field"] == field


@pytest.mark.parametrize(
    ("selection", "field"),
    [({"sign": 99}, "sign"), ({"group": "back", "sign": 0}, "group"), ({"group": "too_new", "matched": True}, "group")],
)
def test_there_is_nobody_behind_a_number_that_the_answer_does_not_hold(selection: dict[str, Any], field: str) -> None:
    with pytest.raises(BadQueryError) as error:
        ask([at(100)]).people(**selection)
    assert error.value.facts["field"] == field


def test_thin_data_are_called_thin_with_the_numbers() -> None:
    result = ask([at(100, who="x"), at(101, who="y")])
    assert result.thin
    assert {sign.verdict for sign in result.signs} == {"thin"}
    told = {line.code: line for line in result.report()}
    assert told["thin"].numbers == {"matched_silent": 0, "matched_stayed": 0, "least": 30}
    assert "too thin" in told["thin"].text
    assert "finding" not in told
    with speaking("zh_CN"):
        assert "30" in result.report()[-1].text
    assert result.report("zh-CN")[-1].text != result.report("en")[-1].text
