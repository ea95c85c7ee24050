"""Linking in the ops store: what is kept, what an unmerge restores, and how much one person may hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, update

from finegrain.people.contract import IdSpan, Link, TraitChange
from finegrain.people.errors import UnknownEdgeError
from finegrain.people.identity import MAX_CLAIMANTS
from finegrain.people.linking import rederive
from finegrain.people.neighbourhood import read_ids
from finegrain.people.service import PeopleService
from finegrain.people.tables import EdgeTable, TraitChangeTable
from finegrain.zones import to_us

if TYPE_CHECKING:
    from finegrain.store.ops import OpsStore

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def people(ops: OpsStore) -> PeopleService:
    """An empty people room."""
    return PeopleService(ops)


def login(device: str, user: str, at: datetime) -> Link:
    """Give a login on a device."""
    return Link("identify", device, user, at, source="web")


def state(people: PeopleService) -> object:
    """Give all that is derived."""
    found = people.ownership()
    rows = sorted(zip(found.distinct_ids.to_pylist(), found.from_us.tolist(), found.person_ids.tolist(), strict=True))
    return rows, sorted(people.many(people.known_since()[0]), key=lambda person: person.id)


def test_a_merge_moves_traits_and_unmerge_restores_what_was(people: PeopleService) -> None:
    people.set_traits([TraitChange("dev", {"ad": "x"}, NOON), TraitChange("A", {"ad": "y"}, NOON - DAY)])
    before = state(people)
    people.link([login("dev", "A", NOON + DAY)])
    assert people.find("A").traits == {"ad": "x"}
    (edge,) = people.edges(people.find("A").id)
    assert people.unmerge(edge.id, "ops") is True
    assert state(people) == before
    assert people.unmerge(edge.id) is False


def test_a_link_taken_up_again_gives_what_it_gave(people: PeopleService) -> None:
    people.link([login("dev", "A", NOON), login("dev", "B", NOON + DAY)])
    linked = state(people)
    for edge in people.edges(people.find("A").id):
        people.unmerge(edge.id)
        assert people.relink(edge.id) is True
        assert state(people) == linked


def test_what_a_derivation_gives_is_what_is_kept(people: PeopleService, ops: OpsStore) -> None:
    links = [login("dev", "A", NOON), login("dev", "B", NOON + DAY), Link("unbind", "dev", "B", NOON + 2 * DAY)]
    people.link([*links, Link("alias", "C", "A", NOON + DAY, from_login=True), login("till", "C", NOON)])
    with ops.session() as session:
        derived = rederive(session, {"dev", "C"})
        assert derived.known.keys() >= {"dev", "till", "A", "C"}
        assert derived.known == read_ids(session, derived.known)


def test_a_derivation_that_changes_people_gives_what_is_kept_from_then_on(people: PeopleService, ops: OpsStore) -> None:
    people.link([login("dev", "A", NOON), login("dev", "B", NOON + DAY)])
    with ops.session() as session:
        read = read_ids(session, {"dev", "A"})
        session.execute(update(EdgeTable).where(EdgeTable.to_id == "A").values(dropped_at=NOON))
        derived = rederive(session, {"dev", "A"}, read)
        assert "dev" in derived.moved
        assert derived.known == read_ids(session, derived.known)


def test_an_unknown_link_is_named_in_the_error(people: PeopleService) -> None:
    for number in (42, 0, -1, 2**70):
        with pytest.raises(UnknownEdgeError, match=str(number)):
            people.unmerge(number)


def test_a_dropped_link_stays_dropped_until_a_later_login(people: PeopleService) -> None:
    people.link([login("dev", "A", NOON)])
    (edge,) = people.edges(people.find("A").id)
    people.unmerge(edge.id, at=NOON + DAY)
    people.link([login("dev", "A", NOON), login("dev", "A", NOON + HOUR)])
    assert people.find("dev").id != people.find("A").id
    people.link([login("dev", "A", NOON + 2 * DAY)])
    assert people.find("dev").id == people.find("A").id


def test_what_is_said_again_within_a_day_is_not_kept(people: PeopleService, ops: OpsStore) -> None:
    people.link([login("dev", "A", NOON + hours * HOUR) for hours in range(24)])
    people.link([login("dev", "A", NOON + 5 * HOUR)])
    watermark = people.watermark()
    people.link([login("dev", "A", NOON + 25 * HOUR)])
    assert people.watermark() == watermark
    with ops.reading() as session:
        (edge,) = session.scalars(select(EdgeTable)).all()
    assert (edge.at, edge.again) == (NOON, [to_us(NOON + 25 * HOUR)])


def test_spans_say_when_an_id_is_whose(people: PeopleService) -> None:
    people.link([login("dev", "A", NOON), login("dev", "B", NOON + DAY)])
    turn = to_us(NOON + DAY)
    assert people.spans(people.find("A").id) == [IdSpan("A"), IdSpan("dev", None, turn)]
    assert people.spans(people.find("B").id) == [IdSpan("B"), IdSpan("dev", turn, None)]


def test_ten_thousand_ids_are_one_person(people: PeopleService) -> None:
    people.link([login(f"d{n}", "A", NOON) for n in range(10_000)])
    assert (people.count(), len(people.find("A").distinct_ids)) == (1, 10_001)
    people.link([login("one more", "A", NOON)])
    assert people.count() == 1


def test_an_id_is_not_linked_with_itself(people: PeopleService) -> None:
    people.link([login("A", "A", NOON)])
    assert people.edges(people.find("A").id) == []


def test_a_till_stops_being_linked(people: PeopleService, ops: OpsStore) -> None:
    people.link([login("till", f"u{n}", NOON + n * DAY) for n in range(MAX_CLAIMANTS + 1)])
    assert people.link([login("till", "late", NOON + 200 * DAY)]).crowded == {"till"}
    with ops.reading() as session:
        assert session.scalar(select(func.count()).select_from(EdgeTable)) == MAX_CLAIMANTS + 1
    assert len(people.find("till").distinct_ids) == 1


def test_the_same_traits_said_again_do_not_fill_the_log(people: PeopleService, ops: OpsStore) -> None:
    for hours in range(5):
        people.set_traits([TraitChange("A", {"plan": "pro"}, NOON + hours * HOUR)])
    people.set_traits([TraitChange("A", {"plan": "free"}, NOON + 2 * HOUR)])
    assert people.find("A").trait_details["plan"].set_at == NOON + 4 * HOUR
    assert people.find("A").traits == {"plan": "pro"}
    with ops.reading() as session:
        assert session.scalar(select(func.count()).select_from(TraitChangeTable)) == 2
