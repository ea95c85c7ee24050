"""How the command line refuses: one sentence on stderr in the reader's language, exit code 2, nothing on stdout."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

import finegrain

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.cli.conftest import Run

REFUSED: dict[str, tuple[list[str], str]] = {
    "unknown command": (["tier"], "unknown_command"),
    "unknown subcommand": (["import", "order", "x.csv"], "unknown_command"),
    "missing subcommand": (["import"], "missing_command"),
    "unknown option": (["tiers", "rfm", "--asof", "2024-01-01"], "unknown_option"),
    "missing argument": (["tiers"], "missing_argument"),
    "missing value": (["tiers", "rfm", "--as-of"], "missing_argument"),
    "missing home": (["tiers", "rfm", "--home"], "missing_argument"),
    "too many": (["tiers", "rfm", "value"], "usage"),
    "unknown scheme": (["tiers", "rfn"], "unknown_scheme"),
    "bad moment": (["tiers", "rfm", "--as-of", "yesterday"], "bad_value"),
    "bad number": (["people", "list", "--page", "0"], "bad_value"),
    "bad assignment": (["tiers", "rfm", "--threshold", "silent_days"], "bad_assignment"),
    "unknown threshold": (["tiers", "rfm", "--threshold", "shoe_size=44"], "unknown_threshold"),
    "unknown tier": (["people", "list", "--tier", "rfm=kings"], "unknown_tier"),
    "unknown person": (["people", "show", "zoe"], "unknown_person"),
    "unknown mapping": (["mappings", "show", "none"], "unknown_mapping"),
    "unknown import": (["dead-letters", "replay", "--import", "99"], "unknown_import"),
    "missing file": (["import", "orders", "nowhere.csv"], "missing_file"),
    "bad day": (["overview", "--from", "2024-02-30"], "bad_value"),
    "matrix with thresholds": (["tiers", "rfm", "--matrix", "value", "--threshold", "a=1"], "usage"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusal_is_one_sentence_with_exit_code_2(shop: Run, case: str) -> None:
    words, _code = REFUSED[case]
    ran = shop(*words)
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.strip().splitlines()) == 1
    assert ran.err.strip().endswith(".")


@pytest.mark.parametrize("case", REFUSED)
def test_refusal_for_programs_is_one_object_on_stderr(shop: Run, case: str) -> None:
    words, code = REFUSED[case]
    ran = shop(*words, "--json") if words[-1] != "--home" else shop("--json", *words)
    assert (ran.code, ran.out) == (2, "")
    assert json.loads(ran.err).keys() == {"code", "message", "facts"}
    assert json.loads(ran.err)["code"] == code


@pytest.mark.parametrize("case", REFUSED)
def test_refusal_speaks_chinese(shop: Run, case: str) -> None:
    words, _code = REFUSED[case]
    ran = shop("--lang", "zh", *words)
    assert ran.code == 2
    assert re.search("[\u4e00-\u9fff]", ran.err)
    assert ran.err.strip().endswith("。")


@pytest.mark.parametrize(
    "words", [["tiers", "rfm"], ["people", "list"], ["dead-letters"], ["imports"], ["overview"], ["mappings", "list"]]
)
def test_commands_that_read_do_not_make_a_workspace(run: Run, words: list[str]) -> None:
    ran = run(*words, "--json")
    assert (ran.code, json.loads(ran.err)["code"]) == (2, "no_workspace")


def test_second_handle_is_told_who_has_the_workspace(shop: Run, home: Path) -> None:
    with finegrain.open(home):
        ran = shop("tiers", "rfm", "--json")
    assert (ran.code, json.loads(ran.err)["code"]) == (2, "workspace_busy")


def test_the_address_of_the_ops_store_is_shown_as_stars(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINEGRAIN_OPS_URL", "postgresql://me:hunter2@127.0.0.1:1/db?sslpassword=hunter2")
    shown = [run("settings"), run("settings", "--json"), run("init"), run("init", "--json")]
    assert [ran.code for ran in shown] == [0, 0, 2, 2]
    assert "*****" in shown[0].out
    assert "me:***@127.0.0.1:1/db refused" in shown[2].err
    assert all("hunter2" not in ran.out + ran.err for ran in shown)
