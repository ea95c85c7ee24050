"""What attribution means, sentence by sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.twins.behaviour import Happening
from tests.twins.logs import AS_OF, FIRST, PERIOD, SQL_WORLDS, WORLDS, World

from finegrain.behaviour.attribution.naming import minor_units
from finegrain.behaviour.errors import BadQueryError

if TYPE_CHECKING:
    from finegrain.behaviour.attribution.result import AttributionGroup, AttributionResult

DAY = 24


def at(hours: float, event: str, who: str = "x", **properties: Any) -> Happening:
    """Give an event so many hours after the period's first midnight."""
    return Happening(who, event, FIRST + timedelta(hours=23 + hours), properties=properties)


LONG_AGO = [at(-900, name, "quiet") for name in "ABCD"]
"""Somebody else's, so that every name is known."""


@pytest.fixture(params=SQL_WORLDS)
def world(request: pytest.FixtureRequest) -> Any:
    return SQL_WORLDS[request.param]


def ask(world: Any, log: list[Happening], **query: Any) -> AttributionResult:
    here: World = world([*LONG_AGO, *log])
    return here.service.attribution({"conversion": "D", "touches": ["A", "B"], "period": PERIOD, **query}, AS_OF)


def credited(group: AttributionGroup, model: str) -> dict[str, float]:
    return {touch.name: touch.by_model[model].conversions for touch in group.touches if touch.by_model[model].conversions}


def money(group: AttributionGroup, model: str) -> dict[str, int]:
    found = {touch.name: touch.by_model[model].money for touch in group.touches}
    return {name: amount.amount_minor for name, amount in found.items() if amount is not None}


THREE = [at(1, "A"), at(2, "B"), at(3, "A"), at(4, "D")]


def test_models_stand_side_by_side_in_the_order_asked_for(world: Any) -> None:
    total = ask(world, THREE).total
    assert credited(total, "first") == credited(total, "last") == {"A": 1}
    assert credited(total, "linear") == {"A": 0.666667, "B": 0.333333}
    assert credited(total, "position") == {"A": 0.8, "B": 0.2}
    assert list(ask(world, THREE, models=["last", "first"]).total.touches[0].by_model) == ["last", "first"]


def test_of_two_touches_each_has_half_a_position_and_a_single_one_has_all(world: Any) -> None:
    assert credited(ask(world, [at(1, "A"), at(2, "B"), at(3, "D")]).total, "position") == {"A": 0.5, "B": 0.5}
    assert credited(ask(world, [at(1, "A"), at(3, "D")]).total, "position") == {"A": 1}
    four = [at(1, "A"), at(2, "B"), at(2, "B"), at(3, "C"), at(4, "D")]
    told = ask(world, four, touches=["A", "B", "C"]).total
    assert credited(told, "position") == {"A": 0.4, "B": 0.2, "C": 0.4}


def test_a_touch_has_half_the_weight_after_each_half_life(world: Any) -> None:
    log = [at(1, "A"), at(1 + DAY, "B"), at(2 + DAY, "D")]
    assert credited(ask(world, log, half_life="1d").total, "decay") == {"A": 0.333333, "B": 0.666667}
    assert credited(ask(world, log, half_life="12h").total, "decay") == {"A": 0.2, "B": 0.8}
    # 2^(−24/36) = 0.629961 to 1, as by the formula itself.
    assert credited(ask(world, log, half_life="36h").total, "decay") == {"A": 0.386488, "B": 0.613512}


def test_after_very_many_half_lives_the_newest_touch_has_all(world: Any) -> None:
    log = [at(1, "A"), at(1 + DAY, "B"), at(2 + DAY, "D")]
    assert credited(ask(world, log, half_life="1s").total, "decay") == {"B": 1}


def test_a_touch_counts_at_the_bound_of_the_look_back_and_may_lie_before_the_period(world: Any) -> None:
    assert credited(ask(world, [at(-1, "A"), at(1, "D")], lookback="2h").total, "last") == {"A": 1}
    assert credited(ask(world, [at(-1.001, "A"), at(1, "D")], lookback="2h").total, "last") == {"Direct": 1}


def test_at_the_same_instant_a_touch_counts_if_it_arrived_earlier(world: Any) -> None:
    assert credited(ask(world, [at(1, "A"), at(1, "D")]).total, "last") == {"A": 1}
    assert credited(ask(world, [at(1, "D"), at(1, "A")]).total, "last") == {"Direct": 1}


def test_only_conversions_of_the_period_count_and_each_of_them(world: Any) -> None:
    log = [at(-1, "D"), at(1, "A"), at(2, "D"), at(3, "D"), at(5 * DAY - 1, "D")]  # a day of the period has 23 hours
    total = ask(world, log).total
    assert (total.conversions, total.actors) == (2, 1)
    assert credited(total, "first") == {"A": 2}


def test_touches_of_others_do_not_count(world: Any) -> None:
    log = [at(1, "A", "y", kind="red"), at(1.1, "B", kind="blue"), at(1.2, "D", kind="red")]
    assert credited(ask(world, log).total, "first") == {"B": 1}
    assert credited(ask(world, log, unit="groups", group="kind").total, "first") == {"A": 1}


def test_by_session_only_touches_of_the_conversions_session_count(world: Any) -> None:
    log = [at(1, "A"), at(2, "B"), at(2.1, "D"), at(5, "D")]
    total = ask(world, log, unit="sessions").total
    assert credited(total, "first") == {"B": 1, "Direct": 1}
    assert total.actors == 1


def test_an_event_is_one_touch_the_first_that_it_matches(world: Any) -> None:
    touches = [{"event": "A", "filters": [{"property": "kind", "value": "red"}], "label": "red A"}, "A", "*"]
    log = [at(1, "A", kind="red"), at(2, "A"), at(3, "B"), at(4, "D")]
    assert credited(ask(world, log, touches=touches).total, "linear") == {"red A": 0.333334, "A": 0.333333, "*": 0.333333}


def test_a_conversion_is_no_touch_of_itself_but_of_a_later_one(world: Any) -> None:
    total = ask(world, [at(1, "D"), at(2, "D")], touches=["D"]).total
    assert credited(total, "last") == {"D": 1, "Direct": 1}


def test_a_touch_without_a_value_is_none(world: Any) -> None:
    log = [at(1, "A", source="ad"), at(2, "A"), at(3, "A", source=""), at(4, "D")]
    assert credited(ask(world, log, touches=["A"], name_by="source").total, "last") == {"ad": 1}


def test_values_beyond_the_limit_are_told_together(world: Any) -> None:
    log = [at(1, "A", source="b"), at(2, "A", source="a"), at(3, "A", source="c"), at(4, "A", source="c"), at(5, "D")]
    total = ask(world, log, touches=["A"], name_by="source", limit=2).total
    assert [(touch.kind, touch.name) for touch in total.touches] == [
        ("touch", "c"), ("touch", "a"), ("other", "Other"), ("direct", "Direct"),
    ]  # fmt: skip
    assert credited(total, "linear") == {"c": 0.5, "a": 0.25, "Other": 0.25}


def test_names_of_touches_may_hold_any_signs(world: Any) -> None:
    signs = ["it's", "a\\b\\", "tab\tand\nline", "{most:UInt32} %s"]
    log = [*(at(hour, "A", source=one) for hour, one in enumerate(signs)), at(9, "D")]
    assert credited(ask(world, log, touches=["A"], name_by="source").total, "linear") == dict.fromkeys(signs, 0.25)


def test_money_is_shared_to_the_cent_and_what_is_left_goes_to_the_largest_remainder(world: Any) -> None:
    log = [*THREE[:3], at(4, "D", price=0.1)]
    total = ask(world, log, money="price").total
    assert money(total, "linear") == {"A": 7, "B": 3, "Direct": 0}
    half = ask(world, [at(1, "A"), at(2, "B"), at(4, "D", price=0.01)], money="price").total
    assert money(half, "linear") == {"A": 1, "B": 0, "Direct": 0}  # of equal remainders the first touch's


def test_negative_money_is_shared_like_positive_and_a_large_one_is_exact(world: Any) -> None:
    log = [*THREE[:3], at(4, "D", price=-0.1)]
    assert money(ask(world, log, money="price").total, "linear") == {"A": -7, "B": -3, "Direct": 0}
    log = [*THREE[:3], at(4, "D", price=4_000_000_000_000)]
    shared = money(ask(world, log, money="price").total, "linear")
    assert shared == {"A": 266_666_800_000_000, "B": 133_333_200_000_000, "Direct": 0}


def test_a_conversion_without_an_amount_counts_nothing_and_is_told(world: Any) -> None:
    log = [at(1, "D", price=12.5, kind="red"), at(2, "D"), at(3, "D", price="dear"), at(4, "D", price=1e13)]
    result = ask(world, log, money="price", breakdown="kind")
    assert result.total.amount is not None
    assert (result.total.amount.amount_minor, result.total.without_amount) == (1250, 3)
    assert [group.without_amount for group in result.groups] == [0, 0, 3]
    assert ask(world, log).total.amount is None


def test_amounts_round_half_away_from_zero() -> None:
    values = np.array([12.345, -12.345, 0.004, 1.005, np.nan, 5e12])
    minor, has_amount = minor_units(values, "CNY")
    assert minor.tolist() == [1235, -1235, 0, 101, 0, 0]
    assert has_amount.tolist() == [True, True, True, True, False, False]
    assert minor_units(values[:1], "JPY")[0].tolist() == [12]
    assert minor_units(values[:1], "KWD")[0].tolist() == [12345]


def test_people_are_found_by_model_and_touch(world: Any) -> None:
    log = [at(1, "A"), at(2, "B"), at(3, "D"), at(1, "B", "y"), at(2, "D", "y"), at(1, "D", "z")]
    here: World = world(log)

    def people(**selection: Any) -> list[int]:
        query = {"conversion": "D", "touches": ["A", "B"], "period": PERIOD}
        found: list[int] = here.service.people("attribution", query, selection, AS_OF).tolist()
        return found

    assert people(model="first", touch="B") == [2]
    assert people(model="linear", touch="B") == [1, 2]
    assert people(model="last", kind="direct") == [3]
    assert people(model="last", touch="C") == people(model="last", kind="other") == []


def test_nobodys_conversions_are_none(world: Any) -> None:
    total = ask(world, [at(1, "A"), at(2, "B"), at(-9, "D")]).total
    assert (total.conversions, total.actors) == (0, 0)
    assert [touch.by_model["last"].share for touch in total.touches] == [None, None, None]


def test_a_result_can_be_taken_along(world: Any) -> None:
    log = [at(1, "A"), at(2, "D", price=3, kind="red")]
    result = ask(world, log, models=["last"], touches=["A"], money="price", breakdown="kind")
    told = result.to_dict()
    assert (told["currency"], told["conversions"], told["amount"]) == ("CNY", 1, 300)
    credit = {"conversions": 1.0, "share": 1.0, "credited": 1, "actors": 1, "money": 300}
    assert told["touches"][0] == {"kind": "touch", "touch": "A", "name": "A", "by_model": {"last": credit}}
    assert [group["group"]["name"] for group in told["groups"]] == ["red", "Other", "No value"]
    first = {"group": "All", "touch": "A", "model": "last", **credit, "money": 3.0}
    assert result.to_pandas().to_dict("records")[0] == first
    assert repr(result) == "AttributionResult(2024-03-30..2024-04-03: 1 conversions: A 1.0, Direct 0.0)"
    assert ask(world, log, touches=["A"]).to_arrow()["money"].to_pylist()[0] is None


def test_of_very_many_touches_the_newest_count(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("finegrain.behaviour.attribution.embedded.MOST_TOUCHES", 2)
    assert credited(ask(world, THREE).total, "linear") == {"A": 0.5, "B": 0.5}


def test_nobodys_sessions_are_torn_between_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("finegrain.behaviour.queries.parallel.LEAST_EVENTS", 1)
    log = [at(hour, "D", who) for who in "xyz" for hour in range(5)]
    total = ask(WORLDS["embedded"], log, unit="sessions").total
    assert (total.conversions, total.actors) == (15, 3)
    assert total.touches[-1].by_model["last"].actors == 3


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"touches": []}, "touches"),
        ({"touches": ["A"] * 32}, "touches"),
        ({"touches": ["A", "B", "A"]}, "touches[2].label"),
        ({"models": []}, "models"),
        ({"models": ["last", "last"]}, "models"),
        ({"lookback": "soon"}, "lookback"),
        ({"half_life": "0d"}, "half_life"),
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"unit": "events"}, "unit"),
    ],
)
def test_what_attribution_cannot_be_asked_is_refused(query: dict[str, Any], field: str) -> None:
    with pytest.raises(BadQueryError) as refused:
        ask(WORLDS["embedded"], THREE, **query)
    assert refused.value.facts["field"] == field


@pytest.mark.parametrize(
    ("query", "selection", "field"),
    [
        ({"models": ["last"]}, {"model": "first"}, "model"),
        ({}, {"model": "first", "group": 0}, "group"),
        ({"breakdown": {"property": "kind", "limit": 2}}, {"model": "first", "group": 4}, "group"),
        ({"unit": "groups", "group": "kind"}, {"model": "first"}, "unit"),
        ({}, {"touch": "A"}, "model"),
    ],
)
def test_a_selection_that_no_answer_holds_is_refused(query: dict[str, Any], selection: dict[str, Any], field: str) -> None:
    here = WORLDS["embedded"](THREE)
    with pytest.raises(BadQueryError) as refused:
        here.service.people("attribution", {"conversion": "D", "touches": ["A"], "period": PERIOD, **query}, selection, AS_OF)
    assert refused.value.facts["field"] == field
