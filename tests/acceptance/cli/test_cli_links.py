"""``finegrain people links``, ``unmerge`` and ``relink``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

import finegrain as fg
from finegrain.people.contract import Link

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.cli.conftest import Run

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def linked(home: Path) -> None:
    """A workspace with a device on which ann logged in."""
    with fg.open(home) as shop:
        shop.people.link([Link("identify", "pad", "ann", NOON, source="web")])


@pytest.mark.usefixtures("linked")
def test_links_are_shown_dropped_and_taken_up_again(run: Run) -> None:
    (link,) = run("people", "links", "pad", "--json").json["links"]
    assert (link["link"], link["kind"], link["from"], link["to"], link["source"]) == (1, "identify", "pad", "ann", "web")
    assert run("people", "unmerge", 1, "--by", "ops", "--json").json == {"link": 1, "dropped": True}
    assert run("people", "unmerge", 1).out.strip() == "Link 1 was dropped before."
    assert run("people", "links", "ann", "--json").json["ids"] == ["ann"]
    assert "ops" in run("people", "links", "ann").out
    assert run("people", "relink", 1).out.strip() == "Link 1 is in force again."
    assert run("people", "links", "pad", "--json").json["ids"] == ["ann", "pad"]


@pytest.mark.usefixtures("linked")
def test_an_unknown_link_is_named(run: Run) -> None:
    ran = run("people", "unmerge", 42)
    assert ran.code == 2
    assert "There is no link with the number 42" in ran.err
