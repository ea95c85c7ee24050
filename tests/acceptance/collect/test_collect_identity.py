"""Who is who after real bodies of three formats came in over a real socket: people, their events and their traits."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from tests.clients.collector import Client, Server

import finegrain as fg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.workspace import Workspace


class Door:
    """A collector with a source of each format; ``look`` stops it and opens its workspace."""

    def __init__(self, home: Path) -> None:
        with fg.open(home) as workspace:
            formats = ("segment", "sensors", "posthog")
            self.keys = {name: workspace.sources.add(name, name).key for name in formats}  # type: ignore[arg-type]
        self.server = Server(home, self.keys["segment"])
        self.server.start()

    def segment(self, *items: dict[str, Any]) -> None:
        """Send a batch as Segment's SDKs do."""
        reply = Client(self.server, self.keys["segment"]).send("/v1/batch", {"batch": list(items)})
        assert reply.json["success"], reply.body

    def posthog(self, *items: dict[str, Any]) -> None:
        """Send a batch as PostHog's SDKs do."""
        body = {"api_key": self.keys["posthog"], "batch": list(items)}
        assert Client(self.server, "").send("/batch/", body, Authorization="").status == 200

    def sensors(self, *records: dict[str, Any]) -> None:
        """Send records of history as 神策's SDKs do."""
        coded = quote(base64.b64encode(json.dumps([{"time_free": True, **record} for record in records]).encode()))
        path = f"/sa?project=default&token={self.keys['sensors']}"
        reply = Client(self.server, "").send(path, f"data_list={coded}".encode(), Authorization="")
        assert reply.status == 200, reply.body

    def look(self) -> Workspace:
        """Stop the collector, and open its workspace."""
        self.server.stop()
        return fg.open(self.server.home)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """A collector of the test's own."""
    found = Door(tmp_path / "shop")
    yield found
    if found.server.process is not None:
        found.server.stop()


def events_of(workspace: Workspace, distinct_id: str) -> list[str]:
    """Give the names of a person's events, the oldest first."""
    person = workspace.people.find(distinct_id)
    return [row.event for row in reversed(workspace.events.timeline(workspace.people.spans(person.id)))]


def at(day: int) -> str:
    """Give noon of a day in June."""
    return f"2024-06-{day:02}T12:00:00.000Z"


def ms(day: int) -> int:
    """Give noon of a day in June in milliseconds since 1970."""
    return 1_717_200_000_000 + day * 86_400_000 - 43_200_000


def track(event: str, day: int, **ids: str) -> dict[str, Any]:
    """Give a Segment call."""
    return {"type": "track", "event": event, "messageId": event, "timestamp": at(day), **ids}


def test_a_shared_device_gives_its_history_to_the_first_login_and_the_rest_to_the_last(door: Door) -> None:
    door.segment(
        track("before", 1, anonymousId="pad"),
        track("A there", 2, anonymousId="pad", userId="A"),
        track("after A", 3, anonymousId="pad"),
        track("B there", 4, anonymousId="pad", userId="B"),
        track("after B", 5, anonymousId="pad"),
    )
    with door.look() as workspace:
        assert events_of(workspace, "A") == ["before", "A there", "after A"]
        assert events_of(workspace, "B") == ["B there", "after B"]
        assert workspace.people.count() == 2


def test_what_arrives_late_lands_where_it_would_have_landed_in_time(door: Door) -> None:
    door.segment(track("B there", 4, anonymousId="pad", userId="B"), track("after B", 5, anonymousId="pad"))
    door.segment(track("after A", 3, anonymousId="pad"), track("A there", 2, anonymousId="pad", userId="A"))
    with door.look() as workspace:
        assert events_of(workspace, "A") == ["A there", "after A"]
        assert events_of(workspace, "B") == ["B there", "after B"]


def test_an_alias_joins_an_old_login_with_a_new_one(door: Door) -> None:
    door.segment(
        {"type": "identify", "userId": "old", "anonymousId": "d1", "messageId": "i1", "timestamp": at(1), "traits": {"a": 1}},
        {"type": "identify", "userId": "new", "anonymousId": "d2", "messageId": "i2", "timestamp": at(2), "traits": {"a": 2}},
        {"type": "alias", "previousId": "old", "userId": "new", "messageId": "a1", "timestamp": at(3)},
    )
    with door.look() as workspace:
        person = workspace.people.find("old")
        assert set(person.distinct_ids) == {"old", "new", "d1", "d2"}
        assert person.traits == {"a": 2}
        assert person.trait_details["a"].source == "segment"


def test_sensors_signup_bind_and_unbind_move_the_ids(door: Door) -> None:
    device, login, phone = "device-1", "login-1", "$identity_mobile+139"
    door.sensors(
        {"type": "track", "event": "seen", "time": ms(1), "distinct_id": device, "properties": {}},
        {
            "type": "track_signup", "event": "$SignUp", "time": ms(2), "distinct_id": login, "original_id": device,
            "properties": {},
        },
        {
            "type": "track_id_bind", "event": "$BindID", "time": ms(3), "distinct_id": login, "properties": {},
            "identities": {"$identity_login_id": login, "$identity_mobile": "139"},
        },
        {"type": "track", "event": "called", "time": ms(4), "distinct_id": phone, "properties": {}},
        {
            "type": "track_id_unbind", "event": "$UnbindID", "time": ms(5), "distinct_id": login, "properties": {},
            "identities": {"$identity_mobile": "139"},
        },
        {"type": "track", "event": "called again", "time": ms(6), "distinct_id": phone, "properties": {}},
    )  # fmt: skip
    with door.look() as workspace:
        assert events_of(workspace, login) == ["seen", "$SignUp", "$BindID", "called", "$UnbindID"]
        assert events_of(workspace, phone) == ["called again"]


def test_posthog_identifies_and_aliases(door: Door) -> None:
    door.posthog(
        {"event": "viewed", "distinct_id": "anon", "timestamp": at(1), "uuid": "u1", "properties": {}},
        {
            "event": "$identify", "distinct_id": "me", "timestamp": at(2), "uuid": "u2",
            "properties": {"$anon_distinct_id": "anon", "$set": {"plan": "pro"}, "$set_once": {"first": "ad"}},
        },
        {"event": "$create_alias", "distinct_id": "server-7", "timestamp": at(3), "uuid": "u3", "properties": {"alias": "me"}},
        {"event": "paid", "distinct_id": "server-7", "timestamp": at(4), "uuid": "u4", "properties": {"$set": {"first": "x"}}},
    )  # fmt: skip
    with door.look() as workspace:
        person = workspace.people.find("me")
        assert set(person.distinct_ids) == {"me", "anon", "server-7"}
        assert person.traits == {"plan": "pro", "first": "x"}
        assert events_of(workspace, "me") == ["viewed", "$identify", "paid"]


def test_every_action_on_traits_counts_once_however_often_it_is_sent(door: Door) -> None:
    records: list[dict[str, object]] = [
        {"type": "profile_set", "properties": {"level": "gold", "gone": 1}},
        {"type": "profile_increment", "properties": {"visits": 2, "level": 1}},
        {"type": "profile_append", "properties": {"tags": ["a"], "level": ["b"]}},
        {"type": "profile_set_once", "properties": {"level": "none", "first": "2024-06-01"}},
        {"type": "profile_unset", "properties": ["gone"]},
    ]
    sent = [{"distinct_id": "u", "_track_id": place, "time": ms(1 + place), **record} for place, record in enumerate(records)]
    for _ in range(3):
        door.sensors(*sent)
    with door.look() as workspace:
        person = workspace.people.find("u")
        assert person.traits == {"first": "2024-06-01", "level": "gold", "tags": ["a"], "visits": 2}
        assert {name: trait.type for name, trait in person.trait_details.items()} == {
            "first": "datetime", "level": "text", "tags": "list", "visits": "number"
        }  # fmt: skip


def test_what_an_operator_took_apart_stays_apart_until_somebody_logs_in_anew(door: Door) -> None:
    door.segment(track("before", 1, anonymousId="pad"), track("A there", 2, anonymousId="pad", userId="A"))
    with door.look() as workspace:
        (edge,) = workspace.people.edges(workspace.people.find("A").id)
        assert workspace.people.unmerge(edge.id, "ops")
        assert (events_of(workspace, "A"), events_of(workspace, "pad")) == (["A there"], ["before"])
    door.server.start()
    door.segment(track("late", 3, anonymousId="pad", userId="A"))
    with door.look() as workspace:
        assert workspace.people.find("A").id != workspace.people.find("pad").id
