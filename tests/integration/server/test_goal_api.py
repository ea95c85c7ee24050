"""Goals over HTTP: set, measured, changed, suggested, refused; a real server over a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.clients.goals import fill_shop
from tests.clients.programs import Program, programs

from finegrain.server.openapi_goals import goal_paths

if TYPE_CHECKING:
    from collections.abc import Iterator

AS_OF = "?as_of=2024-06-11"
BODY = {
    "name": "again",
    "metric": {"name": "conversion", "event": "Order Completed"},
    "whom": {"tier": "frequency/first"},
    "target": 0.75,
    "first_day": "2024-06-01",
    "last_day": "2024-06-30",
}
SCOPES: dict[str, Any] = {"look": ("query:read",), "set": ("query:read", "goal:write")}


@pytest.fixture(scope="module")
def apis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Program]]:
    """A server over a few orders, asked by somebody who may set goals and by somebody who may look."""
    folder = tmp_path_factory.mktemp("goals")
    with programs(folder / "shop", "/api/v1/goals", SCOPES, lambda ws: fill_shop(ws, folder)) as found:
        yield found


@pytest.fixture
def api(apis: dict[str, Program]) -> Iterator[Program]:
    yield apis["set"]
    for goal in apis["set"].ask("GET", "").json["goals"]:
        apis["set"].ask("DELETE", f"/{goal['id']}")


def test_a_goal_is_set_and_measured(api: Program) -> None:
    made = api.ask("POST", AS_OF, BODY)
    # The first order is of 10 May: nobody was in the tier on 2 May, at the start of the baseline's days.
    assert (made.status, made.json["size"], made.json["metric"]["unit"], made.json["baseline"]) == (200, 4, "share", None)
    progress = api.ask("GET", f"/{made.json['id']}/progress{AS_OF}").json
    assert (progress["value"], len(progress["course"])) == (0.5, 10)
    assert progress["forecast"]["low"] >= 0.5  # two of four have bought, and that stays


def test_what_may_change_is_changed(api: Program) -> None:
    number = api.ask("POST", AS_OF, BODY).json["id"]
    changed = api.ask("PATCH", f"/{number}", {"target": 0.5, "owner": "Li", "last_day": "2024-06-20"}).json
    assert (changed["target"], changed["owner"], changed["last_day"], changed["name"]) == (0.5, "Li", "2024-06-20", "again")


def test_a_name_with_slashes_leads_to_its_goal(api: Program) -> None:
    made = api.ask("POST", AS_OF, {**BODY, "name": "spring/2024 & more", "budget_minor": 5}).json
    path = "/spring%2F2024%20%26%20more"
    assert api.ask("GET", path).json == made
    assert api.ask("GET", f"{path}/progress{AS_OF}").json["goal"] == made
    assert api.ask("PATCH", path, {"owner": "Li"}).json["budget_minor"] == 5
    assert api.ask("PATCH", path, {"budget_minor": None}).json["budget_minor"] is None
    assert api.ask("DELETE", path).json == {}


def test_conditions_narrow_the_event(api: Program) -> None:
    metric = {**BODY["metric"], "filters": [{"property": "total", "op": "gte", "value": 70}]}  # type: ignore[dict-item]
    made = api.ask("POST", AS_OF, {**BODY, "metric": metric}).json
    assert made["metric"]["filters"][0]["property"] == "total"
    assert api.ask("GET", f"/{made['id']}/progress{AS_OF}").json["value"] == 0.25  # ben's 80, of four people


def test_a_deleted_goal_is_gone(api: Program) -> None:
    number = api.ask("POST", AS_OF, BODY).json["id"]
    assert api.ask("DELETE", f"/{number}").json == {}
    assert api.ask("GET", f"/{number}").status == 404


def test_thin_data_are_called_thin(api: Program) -> None:
    found = api.ask("GET", f"/suggestions{AS_OF}&scheme=frequency").json
    assert found["suggestions"] == []
    assert any("the data are thin" in note for note in found["notes"])


def test_who_may_only_look_sets_no_goal(apis: dict[str, Program]) -> None:
    assert apis["look"].ask("GET", "").json == {"goals": []}
    refused = apis["look"].ask("POST", AS_OF, BODY)
    assert (refused.status, refused.json["code"]) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", AS_OF, {**BODY, "name": ""}, (422, "bad_goal")),
        ("POST", AS_OF, {**BODY, "targets": 1}, (422, "bad_query")),
        ("POST", AS_OF, {**BODY, "first_day": "soon"}, (422, "bad_query")),
        ("POST", AS_OF, {**BODY, "metric": {"name": "lift"}}, (422, "bad_query")),
        ("POST", AS_OF, {**BODY, "metric": {"name": "conversion", "event": "Order"}}, (404, "event_never_happened")),
        ("POST", AS_OF, {**BODY, "whom": {"tier": "rfm/top"}}, (404, "unknown_tier")),
        ("POST", AS_OF, {**BODY, "whom": {"segment": "vip"}}, (404, "unknown_segment")),
        ("PATCH", "/0", {"target": 1}, (404, "unknown_goal")),
        ("GET", "/first/progress", b"", (404, "unknown_goal")),
        ("GET", "/suggestions?scheme=rfn", b"", (404, "unknown_scheme")),
        ("GET", "/suggestions?scheme=rfm&days=soon", b"", (422, "bad_query")),
        ("GET", "/suggestions?scheme=rfm&days=3", b"", (422, "bad_goal")),
    ],
)
def test_what_cannot_be_is_refused_with_its_code(
    api: Program, method: str, path: str, body: Any, expected: tuple[int, str]
) -> None:
    refused = api.ask(method, path, body)
    assert (refused.status, refused.json["code"]) == expected


def test_every_described_operation_is_there(apis: dict[str, Program]) -> None:
    for path, operations in goal_paths().items():
        for method in operations:
            reply = apis["look"].ask(method.upper(), path.removeprefix("/api/v1/goals").format(goal=0), {})
            assert reply.status in {200, 403, 404, 422}
            assert reply.status == 200 or "code" in reply.json
