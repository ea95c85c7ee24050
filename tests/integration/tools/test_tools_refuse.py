"""Our own checks can fail: what each is there to find is planted in a copy of the tree, and found."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tools import check

if TYPE_CHECKING:
    from pathlib import Path

ROOT = check.ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the code, the catalogues, the documents and the tools, tracked by git."""
    tree = tmp_path / "tree"
    for folder in ("src/finegrain", "docs", "tools", "benchmarks"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("*.pyc", "*.png", "__pycache__", "images"))
    (tree / "docs" / "images").mkdir()
    for image in (ROOT / "docs" / "images").iterdir():
        (tree / "docs" / "images" / image.name).touch()
    for path in [*ROOT.glob("*.md"), ROOT / "LICENSE", ROOT / "Makefile", ROOT / "pyproject.toml"]:
        shutil.copy(path, tree)
    git(tree, "init", "-q")
    return tree


def git(tree: Path, *words: str) -> None:
    """Run git in the copy, untouched by anybody's settings."""
    subprocess.run(["git", "-C", str(tree), "-c", "core.hooksPath=/dev/null", *words], check=True, capture_output=True)


def found(tree: Path, tool: str, *words: str) -> tuple[int, str]:
    """Track everything in the copy and run one of its own checks; give its exit code and its findings."""
    git(tree, "add", "-A")
    ran = subprocess.run([sys.executable, "-m", f"tools.{tool}", *words], cwd=tree, capture_output=True, text=True, check=False)
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran.returncode, ran.stdout


def change(path: Path, pattern: str, replacement: str) -> None:
    """Replace the first match of ``pattern``, which must be there."""
    text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), count=1)
    assert count == 1, pattern
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("tool", ["links", "words"])
def test_a_copy_in_which_nothing_was_planted_passes(copy: Path, tool: str) -> None:
    assert found(copy, tool) == (0, "")


def test_a_translation_that_is_taken_out_is_missed(copy: Path) -> None:
    catalogue = copy / "src/finegrain/locales/zh_CN/cli.po"
    change(catalogue, r'(msgid "Reading"\n)msgstr "[^"]+"', r'\1msgstr ""')
    code, findings = found(copy, "messages")
    assert code == 1
    assert "zh_CN" in findings
    assert "'Reading'" in findings


def test_a_text_that_nobody_translated_is_missed_in_both_languages(copy: Path) -> None:
    (copy / "src/finegrain/cli/planted.py").write_text(
        '"""Planted."""\nfrom finegrain.i18n import _\n\nTEXT = _("A planted sentence.")\n', encoding="utf-8"
    )
    code, findings = found(copy, "messages")
    assert code == 1
    assert len([line for line in findings.splitlines() if "A planted sentence." in line]) == 2


def test_a_translation_that_lost_a_fact_is_noticed(copy: Path) -> None:
    change(copy / "src/finegrain/locales/zh_CN/cli.po", r'(msgid "Import \{id\}"\nmsgstr "[^"{]*)\{id\}', r"\1{number}")
    code, findings = found(copy, "messages")
    assert code == 1
    assert "Import {id}" in findings


def test_writing_the_catalogues_leaves_a_new_text_to_be_translated(copy: Path) -> None:
    path = copy / "src/finegrain/cli/planted.py"
    path.write_text('"""Planted."""\nfrom finegrain.i18n import _\n\nTEXT = _("A planted sentence.")\n', encoding="utf-8")
    found(copy, "messages", "--write")
    english, chinese = ((copy / f"src/finegrain/locales/{language}/cli.po").read_text("utf-8") for language in ("en", "zh_CN"))
    assert 'msgid "A planted sentence."\nmsgstr "A planted sentence."\n' in english
    assert 'msgid "A planted sentence."\nmsgstr ""\n' in chinese


FORBIDDEN = {
    "unfinished work": "# TO" + "DO: finish this",
    "registry address": "pip install --index" + "-url" + " https" + "://example.com/sim" + "ple x",
    "path of one machine": "see /ro" + "ot/notes.txt",
}
"""Put together here, so that this file does not hold what it plants."""


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_a_forbidden_word_is_found_with_its_place(copy: Path, kind: str) -> None:
    (copy / "docs" / "planted.md").write_text(f"# Planted\n\n{FORBIDDEN[kind]}\n", encoding="utf-8")
    code, findings = found(copy, "words")
    assert (code, findings) == (1, f"docs/planted.md:3: {kind}: {FORBIDDEN[kind]}\n")


@pytest.mark.parametrize("target", ["nowhere.md", "tiers.md#no-such-heading", "#no-such-heading", "images/none.png"])
def test_a_link_that_leads_nowhere_is_found(copy: Path, target: str) -> None:
    (copy / "docs" / "planted.md").write_text(f"# Planted\n\n[a](tiers.md) and [b]({target}).\n", encoding="utf-8")
    assert found(copy, "links") == (1, f"docs/planted.md: {target} leads nowhere\n")


def test_links_in_code_and_to_other_sites_are_left_alone(copy: Path) -> None:
    text = "# Planted\n\n`[a](none.md)` [b](https://example.com/none) [c](#planted)\n\n```text\n[d](none.md)\n```\n"
    (copy / "docs" / "planted.md").write_text(text, encoding="utf-8")
    assert found(copy, "links") == (0, "")


@pytest.mark.parametrize(("page", "pattern"), [("settings.md", r"\| `port` \|"), ("errors.md", r"\| `bad_value` \|")])
def test_a_stale_part_of_a_page_is_found_and_written_anew(copy: Path, page: str, pattern: str) -> None:
    path = copy / "docs" / page
    found(copy, "pages", "--write")
    fresh = path.read_bytes()
    change(path, pattern, "| `old` |")
    assert found(copy, "pages") == (1, f"docs/{page} is out of date: run `make docs`\n")
    assert found(copy, "pages", "--write")[0] == 0
    assert path.read_bytes() == fresh
    assert found(copy, "pages") == (0, "")


@pytest.mark.parametrize(
    ("program", "passed", "word"), [("print('fine')", True, "ok"), ("print('planted'); exit(3)", False, "FAILED")]
)
def test_a_check_is_told_by_its_exit_code_and_prints_only_when_it_fails(
    capsys: pytest.CaptureFixture[str], program: str, passed: bool, word: str
) -> None:
    assert check.run("planted check", (sys.executable, "-c", program)) is passed
    told = capsys.readouterr().out
    assert told.startswith(word)
    assert ("planted\n" in told) is not passed


def test_only_the_checks_that_are_named_are_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(["no such check"]) == 0
    assert check.main(["links"]) == 0
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["links"]
