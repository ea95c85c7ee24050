"""Every command that reads: as text and as JSON, in both languages, in a shop with orders and in an empty one."""

from __future__ import annotations

import contextlib
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.acceptance.cli.conftest import ORDERS, Ran

from finegrain.audience.tiers.contract import SCHEMES
from finegrain.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CJK = re.compile("[\u3400-\u9fff]")
ESCAPE = "\x1b"
LANGUAGES = ("en", "zh")

READING: dict[str, tuple[list[str], set[str]]] = {
    "imports": (["imports"], {"imports"}),
    "dead-letters": (["dead-letters"], {"total", "reasons", "dead_letters"}),
    "dead-letters list": (["dead-letters", "list", "--limit", "1"], {"total", "reasons", "dead_letters"}),
    "items": (["items"], {"types", "total", "items"}),
    "items list": (["items", "list", "--limit", "1"], {"types", "total", "items"}),
    "mappings list": (["mappings", "list"], {"mappings"}),
    "settings": (["settings"], {"settings"}),
    "segments": (["segments"], {"segments"}),
    "segments list": (["segments", "list"], {"segments"}),
    "people list": (["people", "list"], {"total", "page", "per_page", "people"}),
    "overview": (["overview", "--days", "90"], {"zone", "currency", "first", "last", "figures", "previous", "deltas", "series"}),
    **{
        f"tiers {scheme}": (["tiers", scheme], {"scheme", "as_of", "currency", "people", "tiers", "thresholds", "notes"})
        for scheme in SCHEMES
    },
    **{
        f"tiers {scheme} --suggest": (["tiers", scheme, "--suggest"], {"scheme", "thresholds", "suggestions", "notes"})
        for scheme in SCHEMES
    },
    "tiers --matrix": (
        ["tiers", "rfm", "--matrix", "value"],
        {"rows", "columns", "as_of", "currency", "people", "row_tiers", "column_tiers", "cells"},
    ),
}
"""Command → (its words, the keys of its JSON object). They answer in an empty workspace too."""

NAMED: dict[str, tuple[list[str], set[str]]] = {
    "people show": (
        ["people", "show", "ann"],
        {"person_id", "id", "name", "purchases", "revenue", "ids", "traits", "tiers", "events"},
    ),
    "mappings show": (["mappings", "show", "till"], {"name", "kind", "columns"}),
}
"""Commands that need something to be there."""

EVERY = READING | NAMED


def call(*words: str) -> Ran:
    """Run the command line in this process, its streams going nowhere."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = main(list(words))
    return Ran(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module", autouse=True)
def _clean_environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("FINEGRAIN_HOME", "FINEGRAIN_LANG"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A workspace with two people's orders, two refused rows and a saved mapping."""
    folder: Path = tmp_path_factory.mktemp("filled")
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    ran = call("--home", str(folder / "shop"), "import", "orders", str(folder / "orders.csv"), "--save-mapping", "till", "--json")
    assert ran.code == 0
    return str(folder / "shop")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A workspace in which nothing was imported."""
    home = str(tmp_path_factory.mktemp("empty") / "shop")
    assert call("--home", home, "init", "--json").code == 0
    return home


def shape(value: Any) -> Any:
    """Give everything of a JSON value that is not a text for people."""
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    if isinstance(value, list):
        return [shape(part) for part in value]
    return None if isinstance(value, str) else value


@pytest.mark.parametrize("command", EVERY)
def test_text_comes_in_the_readers_language_without_colour_or_progress(filled: str, command: str) -> None:
    words, _keys = EVERY[command]
    chinese, english = (call("--home", filled, "--lang", language, *words) for language in ("zh", "en"))
    assert (chinese.code, chinese.err, english.code, english.err) == (0, "", 0, "")
    assert CJK.search(chinese.out)
    assert not CJK.search(english.out)
    assert ESCAPE not in chinese.out + english.out


@pytest.mark.parametrize("command", EVERY)
def test_json_is_one_line_with_the_same_figures_in_both_languages(filled: str, command: str) -> None:
    words, keys = EVERY[command]
    answers = [call("--home", filled, "--json", "--lang", language, *words) for language in LANGUAGES]
    assert [(ran.code, ran.err, ran.out.count("\n")) for ran in answers] == [(0, "", 1)] * 2
    assert keys <= answers[0].json.keys()
    assert shape(answers[0].json) == shape(answers[1].json)


@pytest.mark.parametrize("command", READING)
def test_an_empty_workspace_is_answered_too(empty: str, command: str) -> None:
    words, keys = READING[command]
    assert keys <= call("--home", empty, "--json", *words).json.keys()
    for language in LANGUAGES:
        ran = call("--home", empty, "--lang", language, *words)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.strip()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_empty_workspace_has_nobody_in_any_tier(empty: str, scheme: str) -> None:
    told = call("--home", empty, "--json", "tiers", scheme).json
    assert told["people"] == 0
    assert {(tier["people"], tier["revenue"], tier["average_order_value"]) for tier in told["tiers"]} == {(0, 0.0, None)}


UNKNOWN: dict[str, list[str]] = {
    **{f"tier of {scheme}": ["people", "list", "--tier", f"{scheme}=kings"] for scheme in SCHEMES},
    **{f"threshold of {scheme}": ["tiers", scheme, "--threshold", "shoe_size=44"] for scheme in SCHEMES},
    "scheme of a tier": ["people", "list", "--tier", "rfn=champions"],
    "scheme of a matrix": ["tiers", "rfm", "--matrix", "rfn"],
    "choice": ["tiers", "rfm", "--threshold", "view=nine"],
    "sort": ["people", "list", "--sort", "height"],
    "person": ["people", "show", "zoe"],
    "mapping to show": ["mappings", "show", "nope"],
    "mapping to delete": ["mappings", "delete", "nope"],
    "mapping to replay with": ["dead-letters", "replay", "--mapping", "nope"],
    "import to replay": ["dead-letters", "replay", "--import", "99"],
    "kind of rows": ["dead-letters", "replay", "--rows", "page"],
}


@pytest.mark.parametrize("home", ["filled", "empty"])
@pytest.mark.parametrize("name", UNKNOWN)
def test_an_unknown_name_is_refused_and_repeated(name: str, home: str, request: pytest.FixtureRequest) -> None:
    words = UNKNOWN[name]
    ran = call("--home", request.getfixturevalue(home), "--json", *words)
    told = json.loads(ran.err)
    assert (ran.code, ran.out) == (2, "")
    wanted = re.split("=", words[-1])
    assert any(part in told["message"] for part in wanted)
    assert "unknown" in told["code"] or told["code"] in {"threshold_choice", "bad_argument"}


def test_pages_of_people_join_to_the_whole_list(filled: str) -> None:
    whole = call("--home", filled, "--json", "people", "list", "--sort", "id", "--ascending").json["people"]
    pages = [
        call(
            "--home", filled, "--json", "people", "list", "--sort", "id", "--ascending", "--per-page", "1", "--page", str(page)
        ).json
        for page in (1, 2, 3)
    ]
    assert [row for page in pages for row in page["people"]] == whole
    assert {page["total"] for page in pages} == {len(whole)} == {2}


def test_a_saved_mapping_can_be_deleted_once(filled: str, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    call("--home", filled, "import", "orders", str(tmp_path / "orders.csv"), "--save-mapping", "passing", "--json")
    assert call("--home", filled, "--json", "mappings", "delete", "passing").json == {"deleted": "passing"}
    assert call("--home", filled, "mappings", "delete", "passing").code == 2


def test_a_replay_without_any_change_refuses_the_same_rows(filled: str) -> None:
    before = call("--home", filled, "--json", "dead-letters").json
    again = call("--home", filled, "--json", "dead-letters", "replay").json
    after = call("--home", filled, "--json", "dead-letters").json
    assert again["rejected"] == before["reasons"] == after["reasons"]
    assert [letter["raw"] for letter in after["dead_letters"]] == [letter["raw"] for letter in before["dead_letters"]]


def test_limits_and_reasons_cut_the_list_of_refused_rows_but_not_its_total(filled: str) -> None:
    one = call("--home", filled, "--json", "dead-letters", "--limit", "1").json
    named = call("--home", filled, "--json", "dead-letters", "--reason", "no_person").json
    assert (one["total"], len(one["dead_letters"])) == (2, 1)
    assert {letter["reason"] for letter in named["dead_letters"]} == {"no_person"}


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize(
    "command", ["tiers rfm", "tiers rfm --suggest", "tiers --matrix", "overview", "people list", "people show"]
)
def test_the_spinner_is_gone_before_the_answer_begins(filled: str, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("finegrain.cli.session.PATIENCE_S", 0)
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    with contextlib.redirect_stdout(terminal), contextlib.redirect_stderr(terminal):
        assert main(["--home", filled, "--lang", "en", *EVERY[command][0]]) == 0
    spinning, _gone, answer = terminal.getvalue().rpartition("\x1b[?25h")
    assert re.search("(Sorting|Adding|Looking).*…", spinning)
    assert "─" in answer
    assert "─" not in spinning
