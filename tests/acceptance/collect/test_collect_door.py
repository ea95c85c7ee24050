"""What the collector's paths answer, over a real socket."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.clients.collector import Client
from tests.clients.logins import token

import finegrain as fg

if TYPE_CHECKING:
    from tests.clients.collector import Server


def test_an_event_is_stored_and_its_person_known_when_the_answer_comes(server: Server, own_client: Client) -> None:
    traits = {"type": "identify", "userId": "u1", "messageId": "m2", "traits": {"city": "London"}}
    track = {"type": "track", "event": "Product Viewed", "userId": "u1", "messageId": "m1", "properties": {"price": 9.5}}
    assert own_client.send("/v1/batch", {"batch": [track, traits]}).json == {"success": True}
    server.kill()
    with fg.open(server.home) as workspace:
        assert workspace.people.find("u1").traits == {"city": "London"}
        (event,) = [row for row in workspace.events.timeline(["u1"]) if row.event == "Product Viewed"]
    assert (event.message_id, event.source, event.properties["price"]) == ("m1", "web", 9.5)


def test_a_refused_item_is_named_with_its_reason_and_the_others_are_stored(client: Client) -> None:
    good = {"type": "track", "event": "A", "userId": "u1", "messageId": "good"}
    reply = client.send("/v1/batch", {"batch": [{"type": "track", "event": "A"}, good]})
    verdicts = reply.json
    assert (reply.status, verdicts["success"], verdicts["stored"]) == (200, True, 1)
    assert [(item["position"], item["reason"]) for item in verdicts["refused"]] == [(0, "no_person")]


def test_the_same_batch_again_counts_once(client: Client) -> None:
    client.batch("a", "b")
    assert client.batch("b", "a", "c").json == {"success": True, "stored": 1, "duplicates": 2, "refused": []}


@pytest.mark.parametrize("key", ["", "fg_wrong", "密钥"])
def test_an_unknown_key_is_401(client: Client, key: str) -> None:
    body = {"type": "track", "event": "A", "userId": "u1", "writeKey": key}
    reply = client.send("/v1/track", body, Authorization="")
    assert (reply.status, reply.json["code"]) == (401, "unknown_key")


def test_a_key_in_the_body_is_as_good_as_basic_authentication(client: Client) -> None:
    body = {"event": "A", "userId": "u1", "writeKey": client.key}
    assert client.send("/v1/t", body, Authorization="", Content_Type="text/plain").status == 200


def test_a_body_that_is_no_json_is_400_with_one_sentence(client: Client) -> None:
    reply = client.send("/v1/batch", b"{")
    assert (reply.status, reply.json["code"], reply.json["success"]) == (400, "not_json", False)


def test_monitors_learn_that_it_is_ready_and_what_it_stored(client: Client) -> None:
    client.batch("ready-a", "ready-b")
    assert client.send("/readyz", b"", method="GET").json == {"status": "ready"}
    metrics = client.metrics()
    (line,) = re.findall(r'^finegrain_collect_events_stored_total{source="web"} (.*)$', metrics, re.MULTILINE)
    assert float(line) >= 2
    for name in ("answer_seconds", "lag_seconds"):
        (count,) = re.findall(rf'^finegrain_collect_{name}_count{{source="web"}} (.*)$', metrics, re.MULTILINE)
        (last,) = re.findall(rf'^finegrain_collect_{name}_bucket{{le="\+Inf",source="web"}} (.*)$', metrics, re.MULTILINE)
        assert float(count) == float(last) >= 1
    assert "finegrain_collect_commit_seconds_sum" in metrics


def test_what_is_turned_away_is_counted_by_code(client: Client) -> None:
    client.send("/v1/t", {"event": "A", "userId": "u1"}, Authorization="Basic bm9wZTo=")
    metrics = client.metrics()
    assert re.search(r'^finegrain_collect_requests_turned_away_total{code="unknown_key"} [1-9]', metrics, re.MULTILINE)


def test_a_browser_is_told_what_it_may_send(client: Client) -> None:
    reply = client.send(
        "/v1/t", b"", method="OPTIONS", Origin="https://shop.example", Access_Control_Request_Headers="content-type, x-a"
    )
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (204, "https://shop.example")
    assert reply.headers["access-control-allow-headers"] == "content-type, x-a"


def test_pages_of_other_origins_may_not_send_once_origins_are_named(server: Server) -> None:
    with fg.open(server.home) as workspace:
        workspace.sources.set_allowed_origins("web", ["https://shop.example"])
    server.start()
    client = Client(server, server.key)
    body = {"type": "track", "event": "A", "userId": "u1"}
    replies = {origin: client.send("/v1/t", body, Origin=origin) for origin in ("https://shop.example", "https://evil.example")}
    assert {origin: reply.status for origin, reply in replies.items()} == {
        "https://shop.example": 200, "https://evil.example": 403
    }  # fmt: skip
    assert client.send("/v1/t", b"", method="OPTIONS", Origin="https://evil.example").status == 403


def test_a_page_may_read_how_long_to_wait(client: Client) -> None:
    reply = client.send("/v1/t", {"event": "A", "userId": "u1"}, Origin="https://shop.example")
    assert (reply.headers["access-control-allow-credentials"], reply.headers["vary"]) == ("true", "origin")
    assert reply.headers["access-control-expose-headers"] == "retry-after, x-ratelimit-reset"


def test_an_image_is_answered_by_an_image_whatever_is_wrong(client: Client) -> None:
    replies = [
        client.send(path, b"", method="GET") for path in ("/sa.gif?data=x", "/sa.gif", "/prefix/sa.gif?data=e30=&token=no")
    ]
    assert {reply.status for reply in replies} <= {400, 401}
    assert {(reply.headers["content-type"], reply.body[:6]) for reply in replies} == {("image/gif", b"GIF89a")}


@pytest.mark.parametrize(
    ("path", "status", "size"), [("/v1/batch", 400, 600_000), ("/sa", 413, 9_000_000), ("/batch", 413, 20_971_521)]
)
def test_a_body_beyond_its_formats_limit_is_answered_as_the_format_does(
    client: Client, path: str, status: int, size: int
) -> None:
    reply = client.send(path, b"x" * size)
    assert (reply.status, reply.json["code"]) == (status, "body_too_large")


def test_other_methods_are_405(client: Client) -> None:
    assert client.send("/v1/batch", b"", method="DELETE").status == 405


def test_what_a_robot_sends_is_labelled_and_kept(server: Server, own_client: Client) -> None:
    body = {"event": "Page Viewed", "userId": "u1", "messageId": "m1"}
    own_client.send("/v1/track", body, User_Agent="Mozilla/5.0 (compatible; Baiduspider/2.0)")
    own_client.send("/v1/track", {**body, "messageId": "m2"}, User_Agent="analytics-python/2.3")
    server.stop()
    with fg.open(server.home) as workspace:
        labels = {row.message_id: row.properties.get("$bot") for row in workspace.events.timeline(["u1"])}
    assert labels == {"m1": True, "m2": None}


def test_a_token_sends_where_its_scope_allows_but_never_from_a_page(server: Server) -> None:
    with fg.open(server.home) as workspace:
        sends, reads = token(workspace, "collect"), token(workspace, "query:read")
    server.start()
    assert Client(server, sends).batch("m1").json == {"success": True}
    assert Client(server, reads).batch("m2").status == 401
    body = {"type": "track", "event": "A", "userId": "u1"}
    assert Client(server, sends).send("/v1/track", body, Origin="https://shop.example").status == 403
    server.stop()
    with fg.open(server.home) as workspace:
        (event,) = workspace.events.timeline(["u1"])
    assert (event.message_id, event.source) == ("m1", "collect")
