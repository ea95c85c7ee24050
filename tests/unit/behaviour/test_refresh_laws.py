"""An index that was refreshed is, array for array, the one that is built from scratch, whatever happened in between."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.twins.behaviour import CURRENCY, HOUR, START, FakeEvents, FakePeople, Happening, happenings

from finegrain.behaviour.building import IndexState, build
from finegrain.behaviour.index import BehaviourIndex, array_names
from finegrain.behaviour.refreshing import follows, refresh
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Link = tuple[dict[str, int], dict[str, list[tuple[int, int]]], set[int]]


def same(one: BehaviourIndex, other: BehaviourIndex) -> None:
    for name in array_names():
        assert getattr(one, name).tolist() == getattr(other, name).tolist(), name
        assert getattr(one, name).dtype == getattr(other, name).dtype, name
    assert one.order_names.to_pylist() == other.order_names.to_pylist()
    plain = ("last_seq", "people_watermark", "currency", "event_names")
    assert [getattr(one, name) for name in plain] == [getattr(other, name) for name in plain]


@st.composite
def links(draw: st.DrawFn) -> Link:
    """Who of x, y and z (persons 1, 2 and 3) owns what, over time, and who owns nothing any more."""
    owners = {name: draw(st.integers(1, 3)) for name in "xyz"}
    hours = st.lists(st.integers(0, 240), max_size=2, unique=True).map(sorted)
    later = {
        name: [(to_us(START + hour * HOUR), draw(st.integers(1, 3))) for hour in draw(hours)]
        for name in draw(st.sets(st.sampled_from("xyz")))
    }
    owning = {*owners.values(), *(owner for rows in later.values() for _, owner in rows)}
    return owners, later, {1, 2, 3} - owning if draw(st.booleans()) else set()


registrations = st.tuples(st.sampled_from("xyzuv"), st.integers(-50, 200).map(lambda hour: START + hour * HOUR))
steps = st.lists(st.one_of(happenings(), registrations, links()), max_size=5)


def apply(step: list[Happening] | tuple[str, datetime] | Link, events: FakeEvents, people: FakePeople) -> None:
    if isinstance(step, list):
        events.log.extend(step)
    elif isinstance(step[0], str):
        people.register([step[0]], step[1])
    else:
        people.link(*step)


@given(log=happenings(), steps=steps, most_people=st.sampled_from([1.0, 1.0, 0.3]))
def test_refreshed_step_by_step_it_is_the_one_built_from_scratch(
    log: list[Happening], steps: list[list[Happening] | tuple[str, datetime] | Link], most_people: float
) -> None:
    events, people = FakeEvents(list(log)), FakePeople(dict.fromkeys("xyz", START))
    state = build(events, people, CURRENCY)
    for step in steps:
        apply(step, events, people)
        state = refresh(state, events, people, most_people=most_people)
        same(state.index, build(events, people, CURRENCY).index)


@given(link=links(), log=happenings())
def test_an_event_belongs_to_who_owned_its_id_at_its_time(link: Link, log: list[Happening]) -> None:
    people = FakePeople(dict.fromkeys("xyz", START))
    people.link(*link)
    first, later, _ = link
    index = build(FakeEvents(log), people, CURRENCY).index
    expected: dict[int, list[int]] = {}
    for one in log:
        owner = [first[one.who], *(person for since, person in later.get(one.who, []) if since <= to_us(one.at))][-1]
        expected.setdefault(owner, []).append(to_us(one.at))
    for person in index.person_ids.tolist():
        code = index.code_of(person)
        assert code is not None
        low, high = index.offsets[code : code + 2]
        assert index.time_us[low:high].tolist() == sorted(expected.get(person, []))


def order(hour: int, order_id: str | None = "a", who: str = "x", total: str = "10", event: str = "Completed") -> Happening:
    return Happening(who, f"Order {event}", START + hour * HOUR, order_id, Decimal(total))


def grown(log: list[Happening], tail: list[Happening], bystanders: int = 9) -> tuple[IndexState, IndexState]:
    others = [Happening(f"p{place}", "Page Viewed", START) for place in range(bystanders)]
    events, people = FakeEvents([*others, *log]), FakePeople()
    before = build(events, people, CURRENCY)
    events.log.extend(tail)
    after = refresh(before, events, people)
    same(after.index, build(events, people, CURRENCY).index)
    return before, after


def test_a_refund_by_another_id_reaches_an_order_that_was_there() -> None:
    before, after = grown([order(1)], [order(5, who="p3", total="4", event="Refunded")])
    assert before.index.change_minor.tolist() == []
    assert after.index.change_minor.tolist() == [400]


def test_an_order_that_turns_out_to_be_earlier_changes_its_person() -> None:
    _, after = grown([order(5)], [order(1, who="p3")])
    person = after.owners.people_of(after.log.who[[-1]], after.log.time_us[[-1]])[0]
    assert np.flatnonzero(np.diff(after.index.order_offsets)).tolist() == [person]


def test_the_state_before_stays_as_it_was() -> None:
    before, _ = grown([order(5)], [order(1, who="p3"), order(3, "b", "new")])
    assert before.index.orders == 1
    assert before.log.who.tolist() == list(range(10))


def test_what_is_refreshed_again_after_a_failure_is_right() -> None:
    events, people = FakeEvents([order(hour, str(hour), f"p{hour}") for hour in range(9)]), FakePeople()
    state = build(events, people, CURRENCY)
    for more in range(2):
        events.log.append(order(20 + more, f"n{more}", "p3"))
        state = refresh(state, events, people)
    events.log.append(order(30, "lost", "p4"))
    refresh(state, events, people)
    events.log.append(order(31, "c", "p5"))
    same(refresh(state, events, people).index, build(events, people, CURRENCY).index)


def test_somebody_merged_away_while_it_is_read_is_still_there_until_the_next_refresh() -> None:
    class Racing(FakePeople):
        def known_since(self, after: int = 0) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
            found = super().known_since(after)
            return found[0][found[0] != 2], found[1][found[0] != 2]

    calm = FakePeople({"x": START, "y": START})
    log = [order(1), order(2, "b", "y")]
    built = build(FakeEvents(log), Racing(dict(calm.since)), CURRENCY)
    assert built.index.person_ids.tolist() == [1, 2]
    assert built.index.known_us[1] > to_us(START + timedelta(days=9_999))
    before = build(FakeEvents(log), calm, CURRENCY)
    refreshed = refresh(before, FakeEvents(log), Racing(dict(calm.since), revision=1))
    assert refreshed.index.known_us.tolist() == [to_us(START)] * 2


def test_a_new_id_of_somebody_who_came_back_while_it_is_read_has_everybody_read_again() -> None:
    class Racing(FakePeople):
        def watermark(self) -> tuple[int, int]:
            found = super().watermark()
            if "new" in self.since and self.revision == 1:
                self.link({"new": 1}, {}, {3})
            return found

    events, people = FakeEvents([order(1, "a", "y"), order(2, "b", "x")]), Racing({"x": START, "y": START})
    people.link({"x": 2}, {}, {1})
    before = build(events, people, CURRENCY)
    people.register(["new"], START)
    events.log.append(order(2, "c", "new"))
    after = refresh(before, events, people)
    assert after.index.person_ids.tolist() == [1, 2]
    assert np.diff(after.index.offsets).tolist() == [2, 1]


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ([order(1), order(2, "b")], True),
        ([order(1), order(2, "b"), order(3)], True),
        ([order(1)], False),
        ([order(1), order(3, "b")], False),
        ([order(1), order(2, "b", "y")], False),
        ([order(1), order(2, "b", event="Updated")], False),
    ],
)
def test_a_log_is_continued_only_where_its_last_event_stands(there: Sequence[Happening], expected: bool) -> None:
    log = build(FakeEvents([order(1), order(2, "b")]), FakePeople(), CURRENCY).log
    assert follows(FakeEvents(list(there)), log) is expected


def test_an_empty_log_is_continued_by_anything() -> None:
    assert follows(FakeEvents([order(1)]), build(FakeEvents([]), FakePeople(), CURRENCY).log)
