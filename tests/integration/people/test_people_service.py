"""People: registering ids, traits by time, and search."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finegrain.people.columns import as_array
from finegrain.people.contract import NEVER, Link, TraitChange
from finegrain.people.errors import UnknownPersonError
from finegrain.people.service import PeopleService
from finegrain.zones import to_us

if TYPE_CHECKING:
    from finegrain.store.ops import OpsStore

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def people(ops: OpsStore) -> PeopleService:
    """An empty people room, on each engine."""
    return PeopleService(ops)


def test_an_id_keeps_its_person(people: PeopleService) -> None:
    first = people.register(["a", "b", "a"], NOON).tolist()
    again = people.register(["b", "c"], NOON).tolist()
    assert first[0] == first[2] != first[1]
    assert again[0] == first[1]
    assert people.count() == 3


def test_distinct_ids_are_those_of_each_person(people: PeopleService) -> None:
    people.register(["phone", "guest"], NOON)
    people.link([Link("identify", "guest", "anna", NOON, to_login=True)])
    everybody = people.known_since()[0].tolist()
    found = people.distinct_ids([*everybody, max(everybody) + 1])
    assert found == {person.id: person.distinct_ids for person in people.many(everybody)}
    assert sorted(found.values()) == [("anna", "guest"), ("phone",)]


def test_an_earlier_sight_moves_known_since_back(people: PeopleService) -> None:
    people.register(["a"], NOON)
    people.register(["a"], [NOON - timedelta(days=3)])
    people.register(["a"], [NOON + timedelta(days=3)])
    assert people.find("a").known_since == NOON - timedelta(days=3)


def test_only_the_first_number_of_the_watermark_changes_when_a_person_is_made(people: PeopleService) -> None:
    before = people.watermark()
    people.register(["a"], NOON)
    after = people.watermark()
    assert after[0] > before[0]
    assert after[1] == before[1]


def test_watermark_changes_when_somebody_is_known_for_longer(people: PeopleService) -> None:
    people.register(["a"], NOON)
    before = people.watermark()
    people.register(["a"], NOON + timedelta(days=1))
    assert people.watermark() == before
    people.register(["a"], NOON - timedelta(days=1))
    assert people.watermark()[1] != before[1]


def test_known_since_comes_in_microseconds_for_everybody(people: PeopleService) -> None:
    moments = [NOON + timedelta(microseconds=n) for n in (0, 1, 999_999)] + [datetime(1900, 1, 1, tzinfo=UTC)]
    people.register([str(n) for n in range(4)], moments)
    person_ids, since_us = people.known_since()
    assert [people.get(person_id).known_since for person_id in person_ids.tolist()] == moments
    assert since_us.tolist() == [to_us(moment) for moment in moments]


def test_known_since_and_ids_of_nobody_are_empty(people: PeopleService) -> None:
    assert [len(column) for column in (*people.known_since(), *people.distinct_id_map())] == [0, 0, 0, 0]


@pytest.mark.parametrize("values", [("2024-06-01 12:00:00.000001", "1900-01-01 00:00:00.000000"), (NOON, NOON)])
def test_instants_are_read_as_each_database_gives_them(values: tuple[datetime | str, ...]) -> None:
    expected = [datetime.fromisoformat(str(value)).replace(tzinfo=UTC) for value in values]
    assert as_array(values, pa.timestamp("us")).cast(pa.int64()).to_pylist() == [to_us(moment) for moment in expected]


def test_ids_and_people_come_aligned(people: PeopleService) -> None:
    expected = people.register([f"u{n}" for n in range(1200)], NOON).tolist()
    ids, person_ids = people.distinct_id_map()
    assert dict(zip(ids.to_pylist(), person_ids.tolist(), strict=True)) == {f"u{n}": expected[n] for n in range(1200)}


def test_every_id_has_an_owner_from_the_beginning_of_time(people: PeopleService) -> None:
    expected = people.register(["a", "b"], NOON).tolist()
    found = people.ownership()
    assert sorted(zip(found.distinct_ids.to_pylist(), found.from_us.tolist(), found.person_ids.tolist(), strict=True)) == [
        ("a", NEVER, expected[0]),
        ("b", NEVER, expected[1]),
    ]


def test_some_ids_can_be_asked_for_and_those_not_registered_are_left_out(people: PeopleService) -> None:
    expected = people.register([f"u{n}" for n in range(1200)], NOON).tolist()
    found = people.ownership([*(f"u{n}" for n in range(2, 1200)), "nobody"])
    assert dict(zip(found.distinct_ids.to_pylist(), found.person_ids.tolist(), strict=True)) == {
        f"u{n}": expected[n] for n in range(2, 1200)
    }
    assert len(people.ownership([]).distinct_ids) == 0


def test_those_who_became_known_later_can_be_asked_for(people: PeopleService) -> None:
    *_, newest = people.register(["a", "b"], NOON).tolist()
    expected = people.register(["c", "d"], NOON).tolist()
    assert people.known_since(newest)[0].tolist() == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=12))
def test_the_newest_value_of_a_trait_wins_in_whatever_order_it_comes(
    people: PeopleService, changes: list[tuple[int, int]]
) -> None:
    who = f"person {people.count()}"
    for hours, value in changes:
        people.set_traits([TraitChange(who, {"level": value}, NOON + timedelta(hours=hours))])
    newest = max(hours for hours, _ in changes)
    allowed = {value for hours, value in changes if hours == newest}
    assert people.find(who).traits["level"] in allowed


def test_trait_values_keep_their_types(people: PeopleService) -> None:
    traits = {"name": "王伟", "age": 31, "vip": True, "tags": ["a", "b"], "left": None}
    assert people.set_traits([TraitChange("a", traits, NOON)]) == 5
    assert people.find("a").traits == traits
    assert people.find("a").name == "王伟"


@pytest.mark.parametrize(
    ("text", "found"), [("王", ["a"]), ("U_1", ["u_1"]), ("%", []), ("", ["a", "u_1", "ux1"]), ("  ", ["a", "u_1", "ux1"])]
)
def test_search_looks_at_ids_and_traits_and_takes_signs_literally(people: PeopleService, text: str, found: list[str]) -> None:
    people.register(["a", "u_1", "ux1"], NOON)
    people.set_traits([TraitChange("a", {"name": "王伟"}, NOON)])
    assert [person.display_id for person in people.many(people.search(text))] == found


def test_an_unknown_person_is_named_in_the_error(people: PeopleService) -> None:
    with pytest.raises(UnknownPersonError, match="nobody@example"):
        people.find("nobody@example")
    with pytest.raises(UnknownPersonError, match="42"):
        people.get(42)
