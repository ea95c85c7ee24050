"""When time alone moves a person: what ``explain`` says, checked by computing facts anew at other moments, by a slow twin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.twins.tiers import AS_OF_US, Person, Setting, crowds, facts_at, settings_of_schemes, sort

from finegrain.audience.tiers.compute import compute, resolve
from finegrain.audience.tiers.contract import PersonOrder
from finegrain.audience.tiers.schemes import scheme_named
from finegrain.i18n import speaking
from finegrain.zones import MICROSECONDS_PER_DAY as DAY
from finegrain.zones import Zone, from_us, to_us

if TYPE_CHECKING:
    from finegrain.audience.tiers.result import TierResult

FAR = 4_000 * DAY


def tier_at(result: TierResult, people: list[Person], person_id: int, at_us: int) -> str:
    """Give the tier of one person at a later moment, from facts made anew, under the bounds of ``result``."""
    basis = result.basis
    facts = facts_at(people, at_us, basis.scheme.window_days(basis.values))
    return result.assignment.keys[int(basis.scheme.classify(facts, basis.bounds)[person_id - 1])]


@given(people=crowds, setting=settings_of_schemes(), data=st.data())
def test_people_move_exactly_when_it_is_said(people: list[Person], setting: Setting, data: st.DataObject) -> None:
    result = sort(people, *setting)
    person_id = data.draw(st.integers(1, len(people)))
    said = result.explain(person_id)
    moves_us = AS_OF_US + FAR if said.moves_at is None else to_us(said.moves_at)
    between = data.draw(st.integers(AS_OF_US, moves_us - 1))
    assert said.tier == result.tier_of(person_id)
    assert tier_at(result, people, person_id, between) == said.tier
    assert tier_at(result, people, person_id, moves_us - 1) == said.tier
    assert tier_at(result, people, person_id, moves_us) == (said.moves_to or said.tier)
    assert said.moves_to != said.tier


@given(people=crowds, setting=settings_of_schemes())
def test_everybody_is_in_exactly_one_tier(people: list[Person], setting: Setting) -> None:
    result = sort(people, *setting)
    listed = np.concatenate([result.people(tier.key) for tier in result.tiers])
    assert sorted(listed.tolist()) == result.assignment.person_ids.tolist()
    assert [len(result.people(tier.key)) for tier in result.tiers] == [tier.people for tier in result.tiers]
    assert sum(tier.revenue_minor for tier in result.tiers) == int(result.basis.facts.revenue_minor.sum())
    assert sum(tier.purchases for tier in result.tiers) == int(result.basis.facts.purchases.sum())


@given(people=crowds, setting=settings_of_schemes())
def test_people_without_a_purchase_stand_apart(people: list[Person], setting: Setting) -> None:
    result = sort(people, *setting)
    if setting[1].get("without_order") == "by_activity":
        return
    apart = "never" if result.scheme == "frequency" else "none"
    without = [place for place, person in enumerate(people, 1) if not any(order.is_purchase for order in person.orders)]
    assert result.people(apart).tolist() == without


@given(people=crowds, setting=settings_of_schemes())
def test_equal_people_are_in_one_tier(people: list[Person], setting: Setting) -> None:
    twice = [*people, *people]
    codes = sort(twice, *setting).assignment.codes.tolist()
    assert codes[: len(people)] == codes[len(people) :]


def test_without_orders_the_window_stays_out_and_the_note_says_so() -> None:
    order = PersonOrder(AS_OF_US - 10 * DAY, 1000, is_purchase=True)
    person = Person(order.time_us, (), (order,))
    found = scheme_named("rfm")
    values = resolve(found, {"window_days": 20, "split": "fixed", "r_split_days": 50, "f_split": 1, "m_split": 5})
    facts = facts_at([person], AS_OF_US, 20)
    blind = compute(found, facts, values, zone=Zone("UTC"), currency="CNY").explain(1)
    seeing = sort([person], "rfm", values)
    assert blind.moves_at == from_us(order.time_us + 50 * DAY)
    assert "not taken into account" in blind.note
    assert seeing.explain(1).moves_at == from_us(order.time_us + 20 * DAY + 1)


def test_an_explanation_names_the_figures_behind_it() -> None:
    order = PersonOrder(AS_OF_US - 12 * DAY, 123_400, is_purchase=True)
    result = sort([Person(order.time_us, (), (order,))], "frequency", {"lapsed_days": 90})
    said = result.explain(1)
    figures = [(row.label, row.value) for row in said.figures]
    assert figures == [("Purchases", "1 purchase"), ("Since the last purchase", "12 days")]
    assert (said.moves_to, said.moves_at) == ("lapsed", from_us(order.time_us + 90 * DAY))


def test_an_explanation_speaks_the_readers_language() -> None:
    order = PersonOrder(AS_OF_US - 12 * DAY, 123_400, is_purchase=True)
    result = sort([Person(order.time_us, (), (order,))], "frequency", {"lapsed_days": 90})
    with speaking("zh_CN"):
        said = result.explain(1)
    assert (said.tier_name, said.moves_to_name) == ("首次购买", "长期未购")
    assert said.figures[1].value == "12 天"
