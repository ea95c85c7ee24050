"""Events made ready for their commit: all at once where all are good, one by one where one of them is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from finegrain.collect.pipeline.contract import Arrival
from finegrain.collect.pipeline.known import KnownIds
from finegrain.collect.pipeline.rows import UNWRITABLE, Rows
from finegrain.collect.wire.contract import DecodedRequest, EventCall, LinkCall

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
COLUMNS = ("message_ids", "distinct_ids", "events", "times_us", "historical", "properties", "positions")
BAD = EventCall("bad", "nobody\0", "Odd", NOON, {})

events = st.tuples(
    st.text("ab", min_size=1),
    st.sampled_from(["u1", "u2", "u3"]),
    st.sampled_from(["Viewed", "Bought"]),
    st.integers(-90_000, 0).map(lambda seconds: NOON + timedelta(seconds=seconds)),
    st.fixed_dictionaries({}, optional={"price": st.floats(0, 9), "userAgent": st.just("Firefox")}),
    st.booleans(),
).map(lambda parts: EventCall(*parts))


def rows(calls: list[Any]) -> Rows:
    return Rows(Arrival(DecodedRequest(None, tuple(enumerate(calls)), (), len(calls)), "web", "segment", NOON))


@given(st.lists(events))
def test_rows_are_the_same_whether_or_not_a_bad_event_stands_behind_them(calls: list[EventCall]) -> None:
    alone, beside = rows(calls), rows([*calls, BAD])
    assert [getattr(alone, name) for name in COLUMNS] == [getattr(beside, name) for name in COLUMNS]
    assert alone.sightings == beside.sightings
    assert ([item.reason for item in alone.refused], [item.reason for item in beside.refused]) == ([], [UNWRITABLE])


def test_a_robot_among_people_is_the_only_one_that_is_labelled() -> None:
    person, robot = EventCall("1", "u1", "Viewed", NOON, {}), EventCall("2", "u2", "Viewed", NOON, {"userAgent": "Googlebot/2.1"})
    assert rows([person, robot]).properties == [b"{}", b'{"userAgent":"Googlebot/2.1","$bot":true}']


def test_ids_of_links_are_seen_beside_those_of_events() -> None:
    link = LinkCall("1:link", "identify", "device", "u1", NOON - timedelta(hours=1))
    sightings = rows([link, EventCall("1", "u1", "Viewed", NOON, {})]).sightings
    assert {key: at for key, at in sightings.items() if at < rows([]).received_us}.keys() == {"device", "u1"}


def test_only_unknown_ids_and_earlier_sightings_are_news() -> None:
    known = KnownIds()
    known.remember({"a": 5, "b": 5})
    assert known.news([{"a": 7, "b": 5, "c": 9}, {"b": 4, "c": 8}, {"b": 6, "c": 10}]) == {"b": 4, "c": 8}
