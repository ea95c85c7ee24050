"""``finegrain catalogue`` and ``finegrain plan`` through the front door."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from tests.acceptance.cli.conftest import Run


def test_the_catalogue_lists_events_and_the_properties_of_one(shop: Run) -> None:
    (found,) = shop("catalogue", "--json").json["events"]
    assert (found["event"], found["count"], found["sources"]) == ("Order Completed", 3, {"import": 3})
    properties = shop("catalogue", "--event", "Order Completed", "--json").json["properties"]
    total = next(each for each in properties if each["property"] == "total")
    assert (total["types"], total["share"]) == ({"number": 3}, 1.0)
    assert "Order Completed" in shop("catalogue", "--text", "order").out
    assert shop("catalogue", "--source", "web", "--json").json["events"] == []


def test_the_catalogue_can_be_counted_anew(shop: Run) -> None:
    first = shop("catalogue", "--json").json
    assert shop("catalogue", "--rebuild", "--json").json == first


def test_an_event_nobody_has_seen_is_one_clear_sentence(shop: Run) -> None:
    ran = shop("catalogue", "--event", "order completed")
    assert (ran.code, ran.out) == (2, "")
    assert "No event named “order completed” has been seen." in ran.err


def test_an_event_is_declared_as_it_was_seen(shop: Run) -> None:
    declared = shop("plan", "declare", "Order Completed", "--seen", "--refuse", "--owner", "checkout", "--json").json
    assert (declared["on_violation"], declared["owner"]) == ("refuse", "checkout")
    assert {"name": "total", "type": "number", "required": True, "allowed": [], "description": ""} in declared["properties"]
    assert shop("plan", "show", "--undeclared", "show", "--json").json["undeclared_events"] == "show"
    assert "Order Completed" in shop("plan").out


def test_a_plan_goes_out_to_a_file_and_comes_back(shop: Run, tmp_path: Path) -> None:
    shop("plan", "declare", "Old Event", "--block", "--description", "not any more", "--undeclared", "refuse")
    file = tmp_path / "plan.json"
    assert shop("plan", "export", file).code == 0
    assert json.loads(shop("plan", "export").out) == json.loads(file.read_text(encoding="utf-8"))
    assert shop("plan", "remove", "Old Event", "--json").json["events"] == []
    (event,) = shop("plan", "import", file, "--json").json["events"]
    assert (event["status"], event["description"], event["undeclared_properties"]) == ("blocked", "not any more", "refuse")


def test_a_declaration_comes_from_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    written = json.dumps({"properties": [{"name": "total", "type": "number", "allowed": [1, 2]}]})
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(written.encode())))
    declared = run("plan", "declare", "Order Completed", "--from", "-", "--json").json
    assert declared["properties"][0]["allowed"] == [1, 2]
    assert run("plan", "declare", "Order Completed", "--from", __file__).code == 2


def test_violations_are_listed_and_forgotten(shop: Run) -> None:
    assert shop("plan", "violations", "--json").json == {"violations": []}
    assert "Nothing violates" in shop("plan", "violations", "--forget").out


def test_what_cannot_be_is_one_clear_sentence_and_exit_code_2(shop: Run, tmp_path: Path) -> None:
    broken = tmp_path / "plan.json"
    broken.write_text('{"events": [{"event": "a", "status": "live"}]}', encoding="utf-8")
    for words in (
        ("import", broken), ("import", tmp_path / "none.json"), ("import", tmp_path), ("remove", "Nobody"),
        ("declare", " "), ("declare", "Nobody", "--seen"), ("show", "--undeclared", "drop"), ("export", tmp_path),
    ):  # fmt: skip
        ran = shop("plan", *words)
        assert (ran.code, ran.out) == (2, ""), words
        assert len(ran.err.strip().splitlines()) == 1
