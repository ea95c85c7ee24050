"""Whole traits as columns: as they are now and as they were, on each engine, and kept only as long as they are true."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.twins.identity import fold_traits
from tests.twins.logs import number_of, text_of

from finegrain.people.contract import Link, TraitChange
from finegrain.people.service import PeopleService
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.people.contract import TraitHistory
    from finegrain.store.ops import OpsStore

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
VALUES = (1, 2.5, "3", " 4 ", "Ulm", "null", None, True, [1], {"a": "王"}, "1e999")


@pytest.fixture
def people(ops: OpsStore) -> PeopleService:
    """An empty people room, on each engine."""
    return PeopleService(ops)


def past(found: TraitHistory) -> list[tuple[int, int, str | None]]:
    """Give the rows of a history: the person, the day, the text."""
    days = [(us - to_us(NOON)) // 86_400_000_000 for us in found.from_us.tolist()]
    return list(zip(found.person_ids.tolist(), days, found.texts.to_pylist(), strict=True))


def test_values_are_texts_as_they_are_and_all_else_as_json(people: PeopleService) -> None:
    people.set_traits([TraitChange(str(place), {"x": value, "y": 1}, NOON) for place, value in enumerate(VALUES)])
    found = people.trait_values("x")
    kept = [place for place, value in enumerate(VALUES) if value is not None]
    assert found.texts.to_pylist() == ["1", "2.5", "3", " 4 ", "Ulm", "null", "true", "[1]", '{"a": "王"}', "1e999"]
    assert found.person_ids.tolist() == [people.find(str(place)).id for place in kept]


def test_numbers_are_numbers_and_texts_that_read_as_finite_ones(people: PeopleService) -> None:
    people.set_traits([TraitChange(str(place), {"x": value}, NOON) for place, value in enumerate(VALUES)])
    numbers = people.trait_values("x").numbers.tolist()
    assert [one for one in numbers if not math.isnan(one)] == [1, 2.5, 3, 4]


def test_a_trait_that_nobody_has_is_empty(people: PeopleService) -> None:
    assert len(people.trait_values("x").person_ids) == len(people.trait_values("x").texts) == 0
    assert past(people.trait_history("x")) == []


def test_a_history_tells_since_when_each_value_held(people: PeopleService) -> None:
    said: list[tuple[int, str, Any]] = [
        (4, "unset", None),
        (0, "set", 5),
        (2, "increment", 2),
        (1, "set", 5),
        (6, "set_once", "a"),
    ]
    for day, action, value in said:
        people.set_traits([TraitChange("A", {"x": value, "y": day}, NOON + day * DAY, action)])  # type: ignore[arg-type]
    person = people.find("A").id
    assert past(people.trait_history("x")) == [(person, 0, "5"), (person, 2, "7"), (person, 4, None), (person, 6, "a")]


def test_what_was_said_belongs_to_whose_the_id_was_at_that_moment(people: PeopleService) -> None:
    people.link([Link("identify", "dev", "A", NOON), Link("identify", "dev", "B", NOON + 3 * DAY)])
    people.set_traits([TraitChange("dev", {"city": city}, NOON + day * DAY) for day, city in ((1, "Ulm"), (4, "Bonn"))])
    a, b = people.find("A").id, people.find("B").id
    assert past(people.trait_history("city")) == sorted([(a, 1, "Ulm"), (b, 4, "Bonn")])
    edge = people.edges(b)[-1]
    people.unmerge(edge.id)
    assert past(people.trait_history("city")) == [(people.find("A").id, 1, "Ulm"), (people.find("A").id, 4, "Bonn")]


@pytest.mark.parametrize("name", ["城市", 'a"b', "100%", "a_b", "\\", "x"])
def test_names_are_found_whatever_is_in_them(people: PeopleService, name: str) -> None:
    people.set_traits([TraitChange("A", {name: "yes", "note": f'"{name}"', "deep": {name: "no"}}, NOON)])
    people.set_traits([TraitChange("B", {"other": {name: 1}, "note": name}, NOON)])
    person = people.find("A").id
    assert past(people.trait_history(name)) == [(person, 0, "yes")]
    assert people.trait_values(name).texts.to_pylist() == ["yes"]


def test_columns_are_kept_until_a_trait_changes(people: PeopleService) -> None:
    people.register(["A"], NOON - DAY)
    people.set_traits([TraitChange("A", {"x": 1}, NOON)])
    values, history = people.trait_values("x"), people.trait_history("x")
    assert people.trait_values("x") is values
    assert people.trait_history("x") is history
    people.set_traits([TraitChange("A", {"x": 2}, NOON - DAY)])
    assert people.trait_values("x") is values
    assert past(people.trait_history("x"))[0][1:] == (-1, "2")
    people.set_traits([TraitChange("A", {"x": 3}, NOON + DAY)])
    assert people.trait_values("x").texts.to_pylist() == ["3"]


def test_another_service_over_the_same_store_is_told_of_changes(ops: OpsStore, people: PeopleService) -> None:
    people.set_traits([TraitChange("A", {"x": 1}, NOON)])
    assert (people.trait_names(), people.trait_values("x").texts.to_pylist()) == (("x",), ["1"])
    PeopleService(ops).set_traits([TraitChange("A", {"x": 2, "y": 2}, NOON)])
    assert (people.trait_names(), people.trait_values("x").texts.to_pylist()) == (("x", "y"), ["2"])


def test_columns_follow_people_who_become_one_and_part_again(people: PeopleService) -> None:
    people.set_traits([TraitChange("A", {"x": 1}, NOON), TraitChange("B", {"x": 2}, NOON + DAY)])
    assert len(people.trait_values("x").person_ids) == 2
    people.link([Link("alias", "A", "B", NOON, from_login=True)])
    assert people.trait_values("x").texts.to_pylist() == ["2"]
    people.unmerge(people.edges(people.find("A").id)[0].id)
    assert people.trait_values("x").texts.to_pylist() == ["1", "2"]


ACTIONS = st.sampled_from(["set", "set", "set_once", "unset", "increment", "append", "delete"])
IDS = st.sampled_from(["A", "B", "dev"])


@st.composite
def said(draw: st.DrawFn) -> TraitChange:
    """Draw something said of an id within a week."""
    action = draw(ACTIONS)
    of_action = {"increment": st.integers(1, 3), "append": st.lists(st.integers(1, 3), max_size=2)}
    value = draw(of_action.get(action, st.sampled_from([1, 2, "3", None, True])))
    values = {} if action == "delete" else {draw(st.sampled_from("xxy")): value}
    return TraitChange(draw(IDS), values, NOON + draw(st.integers(0, 6)) * DAY, action)  # type: ignore[arg-type]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(every=st.lists(said(), max_size=8), days=st.lists(st.integers(0, 6), max_size=2), drop=st.booleans())
def test_a_history_is_what_a_fold_up_to_each_moment_leaves(
    new_ops: Callable[[], OpsStore], every: list[TraitChange], days: list[int], *, drop: bool
) -> None:
    people = PeopleService(new_ops())
    for change in every:
        people.set_traits([change])
    people.link([Link("identify", "dev", login, NOON + day * DAY) for login, day in zip("AB", days, strict=False)])
    if drop and days:
        people.unmerge(people.edges(people.find("dev").id)[0].id)
    found = people.trait_history("x")
    twin = {person: [row for row in sayings(people, every) if row[0] == person] for person in people.known_since()[0].tolist()}
    for person, told in twin.items():
        for day in range(-1, 8):
            until = to_us(NOON + day * DAY)
            folded = fold_traits(row[1:] for row in told if row[1] <= until)
            assert at(found, person, until) == shown(folded.get("x"))


def sayings(people: PeopleService, every: list[TraitChange]) -> list[tuple[int, int, int, str, dict[str, Any]]]:
    """Give what was said, each of the person who had the id at that moment."""
    owned = people.ownership()
    spans = list(zip(owned.distinct_ids.to_pylist(), owned.from_us.tolist(), owned.person_ids.tolist(), strict=True))
    rows: list[tuple[int, int, int, str, dict[str, Any]]] = []
    for place, one in enumerate(every):
        at_us = to_us(one.at)
        person = [row[2] for row in spans if row[0] == one.distinct_id and row[1] <= at_us][-1]
        rows.append((person, at_us, place, one.action, one.traits))
    return rows


def at(found: TraitHistory, person: int, at_us: int) -> tuple[str | None, float]:
    """Give what a history says of a person at a moment."""
    rows = zip(found.person_ids.tolist(), found.from_us.tolist(), found.texts.to_pylist(), found.numbers.tolist(), strict=True)
    held = [row[2:] for row in rows if row[0] == person and row[1] <= at_us]
    return (held[-1][0], 0.0 if math.isnan(held[-1][1]) else held[-1][1]) if held else (None, 0.0)


def shown(value: Any) -> tuple[str | None, float]:
    """Give a value as the columns show it, 0 for no number."""
    number = math.nan if isinstance(value, bool | list) else number_of(value)
    return text_of(value), 0.0 if math.isnan(number) else number
