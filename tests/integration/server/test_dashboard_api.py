"""Dashboards over HTTP: made, filled, arranged, answered, refused; a real server over a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.clients.programs import Program, programs

from finegrain.server.openapi_dashboards import dashboard_paths

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS = """event,user_id,time,city
Product Viewed,ann,2024-05-01 10:00,Ulm
Product Viewed,ben,2024-05-02 10:00,Bonn
"""
TREND = {"series": ["Product Viewed"], "period": "2024-05-01..2024-05-31"}


@pytest.fixture(scope="module")
def apis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Program]]:
    """A server over two events, asked by somebody who may arrange and by somebody who may look."""
    folder = tmp_path_factory.mktemp("boards")
    (folder / "events.csv").write_text(EVENTS, encoding="utf-8")
    with programs(folder / "shop", "/api/v1/dashboards", SCOPES, lambda ws: ws.import_events(folder / "events.csv")) as found:
        yield found


SCOPES: dict[str, Any] = {"look": ("query:read",), "arrange": ("query:read", "dashboard:write")}


@pytest.fixture
def api(apis: dict[str, Program]) -> Program:
    return apis["arrange"]


def made(api: Program, name: str, cards: int = 0) -> dict[str, Any]:
    """Make a dashboard with so many cards."""
    board: dict[str, Any] = api.ask("POST", "", {"name": name}).json
    for place in range(cards):
        board = api.ask("POST", f"/{board['id']}/cards", {"title": f"card {place}", "kind": "trends", "query": TREND}).json
    return board


def test_a_dashboard_is_made_filled_and_answered(api: Program) -> None:
    board = made(api, "Monday", cards=1)
    answer = api.ask("GET", f"/{board['id']}/cards/{board['cards'][0]['id']}/answer")
    assert (answer.status, answer.json["period"]["first"]) == (200, "2024-05-01")
    assert "Monday" in [one["name"] for one in api.ask("GET", "").json["dashboards"]]


def test_name_period_and_order_are_changed_at_once(api: Program) -> None:
    board = made(api, "Tuesday", cards=2)
    order = [card["id"] for card in board["cards"]][::-1]
    changed = api.ask("PATCH", f"/{board['id']}", {"name": "Wednesday", "period": "7d", "order": order}).json
    assert (changed["name"], changed["period"], [card["id"] for card in changed["cards"]]) == ("Wednesday", "7d", order)


def test_a_change_that_is_refused_in_one_part_changes_nothing(api: Program) -> None:
    board = made(api, "Whole", cards=2)
    for bad in ({"period": "soon"}, {"period": "7d", "order": [0]}):
        assert api.ask("PATCH", f"/{board['id']}", {"name": "Half", **bad}).status == 422
    assert api.ask("GET", f"/{board['id']}").json == board


def test_a_card_is_resized_and_taken_off(api: Program) -> None:
    board = made(api, "Thursday", cards=1)
    card = f"/{board['id']}/cards/{board['cards'][0]['id']}"
    assert api.ask("PATCH", card, {"width": 4}).json["cards"][0]["width"] == 4
    assert api.ask("DELETE", card).json["cards"] == []


def test_a_dashboard_is_copied_and_deleted(api: Program) -> None:
    board = made(api, "Friday", cards=1)
    copy = api.ask("POST", f"/{board['id']}/copy", {"name": "Friday 2"}).json
    assert len(copy["cards"]) == 1
    assert api.ask("DELETE", f"/{copy['id']}").json == {}
    assert api.ask("GET", f"/{copy['id']}").status == 404


def test_who_may_only_look_changes_nothing(apis: dict[str, Program]) -> None:
    board = made(apis["arrange"], "Saturday")
    assert apis["look"].ask("GET", f"/{board['id']}").json["name"] == "Saturday"
    refused = apis["look"].ask("DELETE", f"/{board['id']}")
    assert (refused.status, refused.json["code"]) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "", {"name": ""}, (422, "bad_dashboard")),
        ("POST", "", {"nam": "x"}, (422, "bad_query")),
        ("GET", "/0", b"", (404, "unknown_dashboard")),
        ("GET", "/first", b"", (404, "unknown_dashboard")),
        ("GET", f"/{'9' * 40}", b"", (404, "unknown_dashboard")),
        ("PATCH", "/{board}", {"period": "soon"}, (422, "bad_period")),
        ("PATCH", "/{board}", {"order": [1, 2, 3]}, (422, "bad_dashboard")),
        ("POST", "/{board}/cards", {"title": "a", "kind": "tunnel", "query": {}}, (404, "unknown_name")),
        ("POST", "/{board}/cards", {"title": "a", "kind": "trends", "query": {"serie": []}}, (422, "bad_query")),
        ("POST", "/{board}/cards", {"title": "a", "kind": "churn", "query": {"silence": "soon"}}, (422, "bad_query")),
        ("GET", "/{board}/cards/0/answer", b"", (404, "unknown_card")),
        ("DELETE", "/{board}/cards/x", b"", (404, "unknown_card")),
    ],
)
def test_what_cannot_be_is_refused_with_its_code(
    api: Program, method: str, path: str, body: Any, expected: tuple[int, str]
) -> None:
    boards = api.ask("GET", "").json["dashboards"]
    board = next((one["id"] for one in boards if one["name"] == "Refusals"), None) or made(api, "Refusals")["id"]
    answer = api.ask(method, path.format(board=board), body)
    assert (answer.status, answer.json["code"]) == expected


def test_every_route_is_described(api: Program) -> None:
    """A described route that did not exist would answer with the console's page for what is not found."""
    for path, operations in dashboard_paths().items():
        for method in operations:
            answer = api.ask(method.upper(), path.removeprefix("/api/v1/dashboards").format(number=0, card=0), {})
            assert "code" in answer.json or "dashboards" in answer.json
