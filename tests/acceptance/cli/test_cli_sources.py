"""``finegrain sources`` through the front door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import finegrain as fg

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("each_engine")


def test_a_key_is_shown_when_it_is_made_and_never_again(run: Run, home: Path) -> None:
    made = run("sources", "add", "web", "--format", "segment", "--origin", "https://shop.example", "--json").json
    listed = run("sources", "list")
    assert made["key"] not in listed.out
    assert f"…{made['key_hint']}" in listed.out
    assert "https://shop.example" in listed.out
    with fg.open(home) as workspace:
        source = workspace.sources.authenticate(made["key"], "segment")
    assert source is not None
    assert source.name == "web"


def test_rotating_disabling_and_enabling(run: Run, home: Path) -> None:
    old = run("sources", "add", "app", "--format", "sensors", "--json").json["key"]
    new = run("sources", "rotate", "app", "--keep-old-hours", 1, "--json").json["key"]
    assert run("sources", "disable", "app", "--json").json["enabled"] is False
    assert run("sources", "enable", "app", "--json").json["enabled"] is True
    assert run("sources", "origins", "app", "--origin", "http://localhost:3000", "--json").json["allowed_origins"] == [
        "http://localhost:3000"
    ]
    with fg.open(home) as workspace:
        assert all(workspace.sources.authenticate(key, "sensors") for key in (old, new))


def test_a_new_workspace_has_no_source_and_says_what_to_do(shop: Run) -> None:
    assert "finegrain sources add" in shop("sources").out
    assert shop("sources", "list", "--json").json == {"sources": []}


def test_what_cannot_be_is_one_clear_sentence_and_exit_code_2(run: Run) -> None:
    for words in (("add", "web", "--format", "mixpanel"), ("add", "web", "--format", "segment", "--origin", "shop")):
        ran = run("sources", *words)
        assert (ran.code, ran.out) == (2, "")
        assert len(ran.err.strip().splitlines()) == 1


def test_the_snippet_of_a_source_can_be_run_as_it_is_printed(run: Run) -> None:
    run("sources", "add", "app", "--format", "posthog")
    words = ("sources", "snippet", "app", "--sdk", "node", "--url", "https://collect.shop.example", "--key", "fg_1")
    shown, found = run(*words).out, run(*words, "--json").json
    assert shown.startswith("npm install posthog-node\n\n" + found["code"])
    assert 'new PostHog("fg_1", { host: "https://collect.shop.example" })' in found["code"]
    assert run("sources", "snippet", "app", "--sdk", "cobol").code == 2
