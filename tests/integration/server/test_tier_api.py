"""Tier schemes over HTTP: listed, computed, kept, explained, refused; a real server over a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.clients.programs import Program, programs

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS = """event,user_id,time
Product Viewed,ann,2024-05-01 10:00
Product Viewed,ben,2024-05-02 10:00
Coupon Used,ben,2024-05-03 10:00
"""
CARE: dict[str, Any] = {
    "label": "How we care",
    "tiers": [{"key": "saver", "label": "Savers", "rule": {"event": "Coupon Used"}}],
    "rest": {"key": "others", "label": "Others"},
}
SCOPES: dict[str, Any] = {"look": ("query:read",), "keep": ("query:read", "people:read", "strategy:write")}


@pytest.fixture(scope="module")
def apis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Program]]:
    """A server over three events, asked by somebody who may keep schemes and by somebody who may look."""
    folder = tmp_path_factory.mktemp("tiers")
    (folder / "events.csv").write_text(EVENTS, encoding="utf-8")
    with programs(folder / "shop", "/api/v1/tiers", SCOPES, lambda ws: ws.import_events(folder / "events.csv")) as found:
        yield found


def test_a_scheme_is_kept_computed_explained_and_forgotten(apis: dict[str, Program]) -> None:
    api = apis["keep"]
    kept = api.ask("PUT", "/care", CARE).json
    assert (kept["name"], kept["label"], kept["tier_scheme"]) == ("care", "How we care", 1)
    told = api.ask("GET", "/care").json
    assert [(tier["key"], tier["people"]) for tier in told["tiers"]] == [("saver", 1), ("others", 1)]
    assert told["definition"] == kept
    explained = api.ask("GET", "/care/explain?person=ben").json
    assert (explained["tier"], explained["figures"][0]["value"], explained["moves_at"]) == ("saver", "met", None)
    assert [one["name"] for one in api.ask("GET", "").json["schemes"]][-1] == "care"
    assert api.ask("PUT", "/care", CARE).status == 422
    assert api.ask("PUT", "/care", {"tiers": CARE["tiers"], "replace": True}).json["label"] == "care"
    assert api.ask("DELETE", "/care").json == {}
    assert api.ask("GET", "/care").status == 404


def test_a_scheme_that_is_built_in_is_computed_and_explained(apis: dict[str, Program]) -> None:
    api = apis["look"]
    assert api.ask("GET", "/activity?as_of=2024-05-05").json["people"] == 2
    assert api.ask("GET", "/activity/explain?person=ann&as_of=2024-05-05").json["scheme"] == "activity"
    assert "definition" not in api.ask("GET", "/rfm").json


def test_what_cannot_be_is_refused_with_a_reason(apis: dict[str, Program]) -> None:
    assert apis["look"].ask("PUT", "/care", CARE).status == 403
    refused = apis["keep"].ask("PUT", "/care", {"tiers": [{"key": "a", "rule": {"event": "Nothing"}}]})
    assert (refused.status, refused.json["code"]) == (422, "bad_tier_rule")
    assert apis["keep"].ask("PUT", "/rfm", CARE).json["code"] == "tier_scheme_built_in"
    assert apis["keep"].ask("DELETE", "/none").status == 404
