"""The documents name everything there is, in both languages, and no link of theirs leads nowhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tools import links, pages, words

from finegrain.audience.tiers.contract import SCHEMES
from finegrain.collect.imports.reasons import REASONS
from finegrain.collect.mapping import FIELDS
from finegrain.settings import settings_table

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = (pages.DOCS, pages.DOCS / "zh")
BOTH = pytest.mark.parametrize("folder", FOLDERS, ids=["en", "zh"])


def text_of(path: Path) -> str:
    """Give a page."""
    return path.read_text(encoding="utf-8")


@BOTH
def test_every_setting_is_documented(folder: Path) -> None:
    page = text_of(folder / "settings.md")
    assert [row.name for row in settings_table() if f"`{row.name}`" not in page or f"`{row.variable}`" not in page] == []


@BOTH
def test_every_error_code_is_documented(folder: Path) -> None:
    page = text_of(folder / "errors.md")
    assert [kind.code for kind in pages.error_classes() if f"`{kind.code}`" not in page] == []


def test_error_codes_are_unique_and_say_what_to_do() -> None:
    classes = pages.error_classes()
    assert len({kind.code for kind in classes}) == len(classes)
    assert [kind.code for kind in classes if not (kind.problem and kind.remedy and re.fullmatch("[a-z_]+", kind.code))] == []


@BOTH
def test_every_command_is_documented(folder: Path) -> None:
    page = text_of(folder / "cli.md")
    assert [name for name, _page in pages.help_pages() if f"### {name}\n" not in page] == []


@BOTH
def test_every_reason_and_field_is_documented(folder: Path) -> None:
    page = text_of(folder / "import.md")
    names = [*REASONS, *(field.name for fields in FIELDS.values() for field in fields)]
    assert [name for name in names if f"`{name}`" not in page] == []


@BOTH
def test_every_scheme_is_documented(folder: Path) -> None:
    page = text_of(folder / "tiers.md")
    assert [scheme for scheme in SCHEMES if scheme not in page] == []


@pytest.mark.parametrize("path", sorted(pages.DOCS.rglob("*.md")), ids=lambda path: str(path.relative_to(pages.DOCS)))
def test_made_parts_are_up_to_date(path: Path) -> None:
    assert pages.up_to_date(path) == text_of(path)


def test_both_languages_have_the_same_pages() -> None:
    english = {path.name for path in FOLDERS[0].glob("*.md")}
    assert english == {path.name for path in FOLDERS[1].glob("*.md")}


def test_readmes_have_the_same_parts() -> None:
    english, chinese = (text_of(pages.ROOT / name) for name in ("README.md", "README.zh-CN.md"))
    for pattern in (r"^## ", r"^```", r"^\|"):
        assert len(re.findall(pattern, english, re.MULTILINE)) == len(re.findall(pattern, chinese, re.MULTILINE))


def test_no_link_leads_nowhere() -> None:
    assert [(path.name, target) for path in links.documents() for target in links.broken(path)] == []


def test_no_forbidden_word_is_tracked() -> None:
    assert list(words.findings(words.tracked_files())) == []
