"""Segments over HTTP: kept, previewed, listed, explained, refused; a real server over a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from tests.clients.programs import Program, programs

from finegrain.server.openapi_segments import segment_paths

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS = """event,user_id,time,city
Product Viewed,ann@example.org,2024-05-01 10:00,Ulm
Product Viewed,ben,2024-05-02 10:00,Bonn
Coupon Used,ben,2024-05-03 10:00,Bonn
"""
VIEWED = {"rule": {"event": "Product Viewed"}}
SCOPES: dict[str, Any] = {
    "look": ("query:read",),
    "keep": ("query:read", "people:read", "strategy:write"),
}


@pytest.fixture(scope="module")
def apis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Program]]:
    """A server over three events, asked by somebody who may keep segments and by somebody who may look."""
    folder = tmp_path_factory.mktemp("segments")
    (folder / "events.csv").write_text(EVENTS, encoding="utf-8")
    with programs(folder / "shop", "/api/v1/segments", SCOPES, lambda ws: ws.import_events(folder / "events.csv")) as found:
        yield found


@pytest.fixture
def api(apis: dict[str, Program]) -> Program:
    return apis["keep"]


def test_a_rule_is_kept_given_back_and_forgotten(api: Program) -> None:
    kept = api.ask("PUT", "/viewers", {**VIEWED, "description": "look"}).json
    assert (kept["size"], kept["sentence"]) == (2, "did “Product Viewed”")
    assert api.ask("GET", "/viewers").json == kept
    assert "viewers" in [one["name"] for one in api.ask("GET", "").json["segments"]]
    assert api.ask("PUT", "/viewers", {"rule": {"all": []}, "replace": True}).json["rule"] == {"rule": 1, "all": []}
    assert api.ask("DELETE", "/viewers").json == {}
    assert api.ask("GET", "/viewers").status == 404


def test_a_list_is_kept_by_ids(api: Program) -> None:
    kept = api.ask("PUT", "/staff", {"people": ["ben"]}).json
    assert (kept["size"], "rule" in kept) == (1, False)
    assert [one["id"] for one in api.ask("GET", "/staff/people").json["people"]] == ["ben"]
    assert api.ask("GET", "/staff/explain?person=ben").status == 422


def test_people_come_in_pages_and_masked_for_who_may_not_see_them(apis: dict[str, Program]) -> None:
    apis["keep"].ask("PUT", f"/{quote('常客')}", VIEWED)
    first, second = (apis["look"].ask("GET", f"/{quote('常客')}/people?per_page=1&page={page}").json for page in (1, 2))
    assert (first["total"], [one["id"] for page in (first, second) for one in page["people"]]) == (
        2,
        ["an•••@example.org", "ben"],
    )
    assert apis["look"].ask("GET", f"/{quote('常客')}/people?page=x").json["facts"]["field"] == "page"


def test_a_preview_needs_no_right_to_keep(apis: dict[str, Program]) -> None:
    found = apis["look"].ask("POST", "/preview?as_of=2024-05-02", {"rule": VIEWED["rule"], "name": "viewers"}).json
    assert (found["people"], found["total"], found["sample"][0]["id"]) == (1, 2, "an•••@example.org")
    assert apis["look"].ask("POST", "/preview", {"rule": {"all": []}}).json["share"] == 1.0


def test_a_person_is_explained_and_traits_are_masked(apis: dict[str, Program]) -> None:
    apis["keep"].ask("PUT", "/coupons", {"rule": {"event": "Coupon Used", "value": 2}})
    found = apis["look"].ask("GET", "/coupons/explain?person=ben").json
    assert (found["holds"], found["conditions"][0]["actual"]) == (False, "1")
    assert apis["look"].ask("GET", "/coupons/explain?person=nobody").status == 404


def test_who_may_only_look_keeps_and_recomputes_nothing(apis: dict[str, Program]) -> None:
    assert apis["look"].ask("PUT", "/mine", VIEWED).status == 403
    assert apis["look"].ask("POST", "/recompute", {}).status == 403
    assert "sizes" in apis["keep"].ask("POST", "/recompute", {}).json


@pytest.mark.parametrize(
    ("body", "node"),
    [
        ({"rule": {"all": [{"event": "Product Vewed"}]}}, "all[0].event"),
        ({"rule": {"not": {"trait": "city"}}}, "not.trait"),
        ({"rule": {"segment": "self"}}, "segment"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused_with_its_node(api: Program, body: Any, node: str) -> None:
    answer = api.ask("PUT", "/self", body)
    assert (answer.status, answer.json["facts"]["node"]) == (422, node)


@pytest.mark.parametrize("body", [{}, {"rule": {"all": []}, "people": []}, {"rules": {}}])
def test_a_segment_is_either_a_rule_or_a_list(api: Program, body: Any) -> None:
    assert api.ask("PUT", "/both", body).status == 422


def test_openapi_names_every_operation() -> None:
    paths = segment_paths()
    assert {(path.removeprefix("/api/v1/segments"), *methods) for path, methods in paths.items()} == {
        ("", "get"), ("/preview", "post"), ("/recompute", "post"), ("/{name}", "get", "put", "delete"),
        ("/{name}/people", "get"), ("/{name}/explain", "get"), ("/portrait", "post"),
        ("/{name}/import", "post"), ("/{name}/send", "post"),
    }  # fmt: skip


def test_a_portrait_is_drawn_of_a_segment_or_a_rule(api: Program) -> None:
    told = api.ask("POST", "/portrait", {"rule": {"event": "Coupon Used"}}).json
    assert (told["people"], told["total"], told["signs"]) == (1, 2, [])
    assert api.ask("POST", "/portrait", {"what": "rfm/none", **VIEWED}).status == 422


def test_a_list_is_imported_and_unknown_ids_are_told(api: Program) -> None:
    told = api.ask("POST", "/imported/import", {"ids": ["ben", "nobody"]}).json
    assert (told["segment"]["size"], told["unknown"], told["first_unknown"]) == (1, 1, ["nobody"])
    assert api.ask("POST", "/imported/import", {"ids": ["ben"]}).json["code"] == "segment_exists"


def test_a_segment_is_not_sent_into_the_own_network(api: Program) -> None:
    assert api.ask("POST", "/staff/send", {"url": "http://127.0.0.1:9/"}).json["code"] == "forbidden_address"
