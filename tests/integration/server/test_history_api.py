"""History over HTTP: kept, filled, told and refused; a real server over a real socket."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.clients.programs import Program, programs

from finegrain.server.openapi_history import history_paths

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS = """event,user_id,time
Product Viewed,ann@example.org,2024-05-01 10:00
Product Viewed,ben,2024-05-02 10:00
"""
SCOPES: dict[str, Any] = {"look": ("query:read",), "keep": ("query:read", "people:read", "strategy:write")}


@pytest.fixture(scope="module")
def apis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Program]]:
    """A server over two events, the later of which ends the data, asked by somebody who may keep and somebody who may look."""
    folder = tmp_path_factory.mktemp("history")
    (folder / "events.csv").write_text(EVENTS, encoding="utf-8")
    with programs(folder / "shop", "/api/v1/history", SCOPES, lambda ws: ws.import_events(folder / "events.csv")) as found:
        kept = found["keep"].ask("POST", "/keep", {}).json
        assert kept["day"] == "2024-05-02"
        found["keep"].ask("POST", "/fill", {"first": "2024-05-01", "last": "2024-05-01"})
        yield found


def test_sizes_are_told_by_day(apis: dict[str, Program]) -> None:
    told = apis["look"].ask("GET", "/sizes?what=activity/none&first=2024-05-01&last=2024-05-31").json
    [series] = told["series"]
    assert [(day["day"], day["size"], day["entered"], day["filled"]) for day in series["days"]] == [
        ("2024-05-01", 1, None, True),
        ("2024-05-02", 2, 1, False),
    ]


def test_people_of_a_day_are_masked_for_who_may_not_see_them(apis: dict[str, Program]) -> None:
    asked = "/people?what=rfm&day=2024-05-01&per_page=5"
    assert [one["id"] for one in apis["keep"].ask("GET", asked).json["people"]] == ["ann@example.org"]
    assert [one["id"] for one in apis["look"].ask("GET", asked).json["people"]] != ["ann@example.org"]


def test_a_flow_has_people_behind_its_numbers(apis: dict[str, Program]) -> None:
    days = "scheme=activity&first=2024-05-01&last=2024-05-02"
    told = apis["look"].ask("GET", f"/flow?{days}").json
    assert {"from": "", "to": "none", "people": 1} in told["flows"]
    assert apis["keep"].ask("GET", f"/flow/people?{days}&now=none").json["people"][0]["id"] == "ben"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/sizes?what=nothing&first=2024-05-01&last=2024-05-02", 404),
        ("GET", "/people?what=rfm&day=2020-01-01", 422),
        ("GET", "/people?what=rfm&day=soon", 422),
        ("GET", "/people?what=rfm&day=2024-05-01&page=0", 422),
        ("GET", "/people?what=rfm&day=2024-05-01&per_page=1001", 422),
        ("GET", f"/flow/people?scheme=rfm&first=2024-05-01&last=2024-05-02&page={'9' * 5000}", 422),
        ("POST", "/keep", 403),
    ],
)
def test_what_cannot_be_answered_is_refused(apis: dict[str, Program], method: str, path: str, status: int) -> None:
    assert apis["look"].ask(method, path, {}).status == status


def test_days_that_are_not_over_cannot_be_filled(apis: dict[str, Program]) -> None:
    later = (date(2024, 5, 2) + timedelta(days=1)).isoformat()
    assert apis["keep"].ask("POST", "/fill", {"first": later, "last": later}).json["code"] == "bad_history"


def test_every_operation_is_described() -> None:
    assert sorted(path.removeprefix("/api/v1/history") for path in history_paths()) == [
        "/fill", "/flow", "/flow/people", "/keep", "/people", "/sizes",
    ]  # fmt: skip
