"""The description of the endpoints for programs: every route stands in it, and nothing more."""

from __future__ import annotations

from typing import Any

import pytest

from finegrain.behaviour.queries.kinds import KINDS
from finegrain.server.openapi import description
from finegrain.server.openapi_dashboards import dashboard_paths
from finegrain.server.openapi_goals import goal_paths
from finegrain.server.openapi_history import history_paths
from finegrain.server.openapi_segments import segment_paths
from finegrain.server.openapi_tiers import tier_paths
from finegrain.server.wire_routes import wire_routes

MONITORS = {"/healthz", "/readyz", "/metrics"}
QUESTIONS = {"/api/v1/events", *(f"/api/v1/query/{kind}{more}" for kind in KINDS for more in ("", "/people"))}
_PATHS = (dashboard_paths(), goal_paths(), history_paths(), segment_paths(), tier_paths())
KEPT = {path for paths in _PATHS for path in paths}


@pytest.fixture(scope="module")
def paths() -> dict[str, Any]:
    """The described paths."""
    found: dict[str, Any] = description("1.2.3")["paths"]
    return found


def test_every_route_is_described_and_nothing_more(paths: dict[str, Any]) -> None:
    assert {path.removeprefix("*") for path in wire_routes()} == paths.keys() - MONITORS - QUESTIONS - KEPT
    assert paths.keys() >= MONITORS | QUESTIONS | KEPT


def test_a_route_is_described_with_the_methods_it_takes_and_its_format(paths: dict[str, Any]) -> None:
    for path, route in wire_routes().items():
        operations = paths[path.removeprefix("*")]
        assert operations.keys() == ({"post", "get"} if route.takes_get else {"post"})
        assert {tag for operation in operations.values() for tag in operation["tags"]} == {route.format}


def test_lists_of_people_are_described_with_their_pages(paths: dict[str, Any]) -> None:
    lists = [one["get"] for path, one in paths.items() if path.endswith("/people") and "get" in one]
    assert len(lists) == 3
    assert all({"page", "per_page"} <= {parameter["name"] for parameter in one["parameters"]} for one in lists)


def test_what_is_referred_to_is_there(paths: dict[str, Any]) -> None:
    document = description("1.2.3")
    schemas = document["components"]["schemas"]
    assert referred(document) == {f"#/components/schemas/{name}" for name in schemas}
    assert all(
        name in document["components"]["securitySchemes"]
        for operations in paths.values()
        for operation in operations.values()
        for choice in operation.get("security", [])
        for name in choice
    )


def referred(value: Any) -> set[str]:
    """Give all references in a document."""
    if isinstance(value, dict):
        own = {value["$ref"]} if "$ref" in value else set()
        return own.union(*(referred(inner) for inner in value.values()))
    return set().union(*(referred(inner) for inner in value)) if isinstance(value, list) else set()
