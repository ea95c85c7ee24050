"""``finegrain segments`` through the front door: rules from files, previews, explanations, exports."""

from __future__ import annotations

import io
import shutil
import sys
from typing import TYPE_CHECKING

import pyarrow.parquet
import pytest
from tests.servers.receiver import receiving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.cli.conftest import Run

ORDERS = """order_id,user_id,ordered_at,amount
1,ann,2024-01-05 10:00,120.00
2,ben,2024-02-01 09:30,80.50
3,ann,2024-03-20 18:00,60.00
"""
LOYAL = """
rule: 1
all:
  - orders: purchases
    value: 2
  - not: {tier: activity/churned}
"""


@pytest.fixture
def shop(run: Run, home: Path, tmp_path: Path, imported: Callable[[str, str], Path]) -> Run:
    """The command line, in a workspace of two buyers, with a rule in a file."""
    (tmp_path / "loyal.yaml").write_text(LOYAL, encoding="utf-8")
    shutil.copytree(imported("orders", ORDERS), home)
    return run


def test_a_rule_of_a_file_is_kept_listed_and_shown(shop: Run, tmp_path: Path) -> None:
    kept = shop("segments", "save", "loyal", tmp_path / "loyal.yaml", "--description", "buy again", "--json").json
    assert (kept["size"], kept["rule"]["all"][0]) == (1, {"orders": "purchases", "value": 2})
    assert [one["name"] for one in shop("segments", "list", "--json").json["segments"]] == ["loyal"]
    shown = shop("segments", "show", "loyal", "--json").json
    assert (shown["people"], shown["sentence"]) == (
        1,
        "number of purchases at least 2, and not (in the tier “Activity · Churned”)",
    )
    assert "buy again" in shop("segments").out
    assert "number of purchases at least 2" in shop("segments", "show", "loyal").out


def test_what_json_gives_back_can_be_saved_again(shop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop("segments", "save", "loyal", tmp_path / "loyal.yaml")
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"rule": 1, "all": []}'))
    assert "2 people" in shop("segments", "save", "loyal", "-", "--replace").out
    assert shop("segments", "save", "loyal", tmp_path / "loyal.yaml").code != 0


def test_a_preview_keeps_nothing(shop: Run, tmp_path: Path) -> None:
    shop("segments", "save", "loyal", tmp_path / "loyal.yaml")
    found = shop("segments", "preview", tmp_path / "loyal.yaml", "--json").json
    assert (found["people"], found["total"], found["sample"]) == (1, 2, ["ann"])
    shown = shop("segments", "preview", tmp_path / "loyal.yaml").out
    assert "1 of 2 people (50.0%)" in shown
    assert "loyal" in shown


def test_a_person_is_explained(shop: Run, tmp_path: Path) -> None:
    shop("segments", "save", "loyal", tmp_path / "loyal.yaml")
    found = shop("segments", "explain", "loyal", "ben", "--json").json
    assert [(one["node"], one["holds"]) for one in found["conditions"]] == [("all[0]", False), ("all[1].not", False)]
    assert "ben is not in “loyal”" in shop("segments", "explain", "loyal", "ben").out
    shown = shop("segments", "explain", "loyal", "ann").out
    assert "Time alone changes it at 2024-06-" in shown  # 90 days after her last order


def test_people_are_exported_by_the_ending_of_the_file(shop: Run, tmp_path: Path) -> None:
    shop("segments", "save", "loyal", tmp_path / "loyal.yaml")
    assert shop("segments", "export", "loyal", tmp_path / "out.csv", "--json").json["people"] == 1
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()[1].endswith('"ann",""')
    shop("segments", "export", "loyal", tmp_path / "out.parquet")
    assert pyarrow.parquet.read_table(tmp_path / "out.parquet")["id"].to_pylist() == ["ann"]
    refused = shop("segments", "export", "loyal", tmp_path / "out.xlsx")
    assert (refused.code != 0, ".csv or .parquet" in refused.err) == (True, True)


def test_sizes_are_found_anew_and_segments_forgotten(shop: Run, tmp_path: Path) -> None:
    shop("segments", "save", "loyal", tmp_path / "loyal.yaml")
    assert shop("segments", "recompute", "--as-of", "2024-02-01", "--json").json["sizes"] == {"loyal": 0}
    assert "loyal" in shop("segments", "recompute").out
    assert shop("segments", "delete", "loyal", "--json").json == {"deleted": "loyal"}
    assert "no segment" in shop("segments").out


@pytest.mark.parametrize(
    ("text", "said"), [("- 1\n", "no object"), ("a: [", "holds no rule"), ("event: Nothing", "node event names")]
)
def test_a_file_that_holds_no_rule_is_refused(shop: Run, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    found = shop("segments", "preview", tmp_path / "bad.yaml")
    assert found.code != 0
    assert said in found.err


def test_dates_need_no_quotes_in_yaml(shop: Run, tmp_path: Path) -> None:
    text = "any:\n  - {tier: activity/new, at: 2024-01-06}\n  - {event: Order Completed, period: 2024-02-01..2024-02-02}\n"
    (tmp_path / "dated.yaml").write_text(text, encoding="utf-8")
    found = shop("segments", "preview", tmp_path / "dated.yaml", "--json").json
    assert found["rule"]["any"][0] == {"tier": "activity/new", "at": "2024-01-06"}
    assert found["sample"] == ["ann", "ben"]


def test_a_file_that_is_not_there_is_told(shop: Run, tmp_path: Path) -> None:
    assert "nowhere.yaml" in shop("segments", "preview", tmp_path / "nowhere.yaml").err


def test_a_portrait_tells_the_people_of_a_tier_from_others(shop: Run) -> None:
    told = shop("segments", "portrait", "frequency/repeat", "--json").json
    assert (told["people"], told["total"], told["what"]) == (1, 2, "frequency/repeat")
    assert "Nothing that is known tells these people from others." in shop("segments", "portrait", "frequency/repeat").out


def test_a_list_is_imported_and_unknown_ids_are_told(shop: Run, tmp_path: Path) -> None:
    (tmp_path / "staff.csv").write_text("name,user_id\nAnn,ann\nElse,nobody\n,\n", encoding="utf-8")
    told = shop("segments", "import", "staff", tmp_path / "staff.csv", "--column", "user_id", "--json").json
    assert (told["segment"]["size"], told["unknown"], told["first_unknown"]) == (1, 1, ["nobody"])
    assert "2 ids that nobody has" in shop("segments", "import", "other", tmp_path / "staff.csv").out
    assert "unknown_name" in shop("segments", "import", "third", tmp_path / "staff.csv", "--column", "id", "--json").err


def test_a_segment_is_sent_to_another_server(shop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINEGRAIN_WEBHOOK_PRIVATE", "true")
    shop("segments", "save", "loyal", tmp_path / "loyal.yaml")
    assert shop("segments", "secret", "--json").json["secret"].startswith("whsec_")
    assert "whsec_" in shop("segments", "secret").out
    with receiving() as receiver:
        assert shop("segments", "send", "loyal", receiver.url, "--trait", "city", "--json").json["people"] == 1
        assert "Sent 1 people in 1 pages." in shop("segments", "send", "loyal", receiver.url).out
    assert len(receiver.bodies) == 2
