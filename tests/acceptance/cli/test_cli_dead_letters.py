"""``finegrain dead-letters`` over both kinds: rows that imports refused, items that the collector refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

import finegrain as fg
from finegrain.collect.pipeline.contract import Arrival
from finegrain.collect.wire import segment
from finegrain.collect.wire.request import WireRequest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.cli.conftest import Run

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def refused(home: Path) -> None:
    """A workspace with two refused rows and two refused items."""
    home.parent.joinpath("orders.csv").write_text(
        "order_id,user_id,ordered_at,amount\n1,ann,2024-01-05 10:00,12\n2,,2024-01-05 10:00,9\n3,bob,2024-13-45,10\n"
    )
    items = [{"type": "track", "event": "A"}, {"type": "dance", "userId": "u1"}]
    request = WireRequest("/v1/batch", json.dumps({"batch": items}).encode(), NOON)
    with fg.open(home) as shop:
        shop.import_orders(home.parent / "orders.csv")
        shop.collector.store_now(Arrival(segment.decode(request), "web", "segment", NOON))


@pytest.mark.usefixtures("refused")
def test_both_kinds_are_listed_and_filtered(run: Run) -> None:
    both = run("dead-letters", "--json").json
    assert (both["total"], both["refused_items"]["reasons"]) == (2, {"no_person": 1, "unknown_type": 1})
    assert [item["reason"] for item in both["refused_items"]["items"]] == ["unknown_type", "no_person"]
    named = run("dead-letters", "list", "--reason", "no_person", "--json").json
    assert ([row["line"] for row in named["dead_letters"]], len(named["refused_items"]["items"])) == ([3], 1)
    assert run("dead-letters", "list", "--of", "items", "--json").json["dead_letters"] == []
    assert run("dead-letters", "list", "--source", "web", "--json").json["dead_letters"] == []
    assert run("dead-letters", "list", "--import", "1", "--json").json["refused_items"]["items"] == []
    assert "unknown_type" in run("dead-letters").out


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize("words", [["list"], ["replay"], ["list", "--of", "rows"], ["replay", "--of", "items"]])
def test_an_unknown_reason_names_the_allowed_ones(run: Run, words: list[str]) -> None:
    ran = run("dead-letters", *words, "--reason", "no_persons", "--json")
    told = json.loads(ran.err)
    assert (ran.code, told["code"], "no_person" in told["facts"]["allowed"]) == (2, "unknown_name", True)


@pytest.mark.usefixtures("refused")
def test_one_item_is_shown_as_it_was_sent_and_discarded(run: Run) -> None:
    number = run("dead-letters", "--of", "items", "--limit", "1", "--json").json["refused_items"]["items"][0]["id"]
    assert json.loads(run("dead-letters", "show", number, "--json").json["raw"]) == {"type": "dance", "userId": "u1"}
    assert '{"type": "dance", "userId": "u1"}' in run("dead-letters", "show", number).out
    assert run("dead-letters", "discard", number, "--json").json == {"discarded": 1}
    assert run("dead-letters", "list", "--status", "discarded", "--json").json["refused_items"]["items"][0]["id"] == number
    assert json.loads(run("dead-letters", "show", "99", "--json").err)["code"] == "unknown_refused_item"


@pytest.mark.usefixtures("refused")
def test_both_kinds_are_replayed_unless_one_is_meant(run: Run) -> None:
    both = run("dead-letters", "replay", "--json").json
    assert (both["rows"], both["items"]) == (2, {"taken": 0, "stored": 0, "still_refused": 2})
    assert "items" not in run("dead-letters", "replay", "--map", "person=order_id", "--json").json
    assert run("dead-letters", "replay", "--source", "web", "--json").json == {"items": both["items"]}
    assert "Items still refused" in run("dead-letters", "replay", "--of", "items").out


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize("words", [["--reason", "bad_time", "--time-format", "%Y-%d-%m"], ["--map", "amount=order_id"]])
def test_replay_takes_the_mapping_of_the_rows_that_are_meant(run: Run, home: Path, words: list[str]) -> None:
    events = home.parent / "events.csv"
    events.write_text("user_id,event,timestamp\n,View,2024-01-05\n", encoding="utf-8")
    assert run("import", "events", events, "--json").json["rejected"] == {"no_person": 1}  # newer than the orders
    assert run("dead-letters", "replay", *words, "--json").json["kind"] == "orders"
