"""The help pages: complete in both languages, and no wider than the terminal."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from tools.pages import help_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

from finegrain.cli.app import app
from finegrain.cli.arguments import GLOBAL_OPTIONS
from finegrain.cli.help import ORDER, _cells, _wrap, page
from finegrain.i18n import speaking, translate


@cache
def pages(language: str) -> dict[str, str]:
    """Give all help pages by command."""
    with speaking(language):
        return dict(help_pages())


@pytest.mark.parametrize("command", pages("en"))
def test_help_is_given_for_every_word_and_option(command: str) -> None:
    for line in pages("en")[command].splitlines():
        if line.startswith("  ") and not line.startswith("   "):
            assert re.search(r"\S  +\S", line) or len(line) > 30, line


def test_every_text_of_help_is_translated() -> None:
    texts = {text for _name, command in commands() for text in texts_of(command)}
    assert [text for text in texts if text and translate(text, "zh") == text] == []
    assert len(texts) > 60


def commands() -> Iterator[tuple[str, Any]]:
    """Give all commands and groups by name."""
    waiting: list[tuple[str, Any]] = [("finegrain", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop()
        yield name, command
        waiting += [(f"{name} {child}", command.commands[child]) for child in getattr(command, "commands", {})]


def texts_of(command: Any) -> Iterator[str]:
    """Give the help texts of a command and of its parameters."""
    yield command.help
    yield from (parameter.help for parameter in command.params if parameter.name != "help")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_is_no_wider_than_asked(language: str) -> None:
    widest = max(_cells(line) for page in pages(language).values() for line in page.splitlines())
    assert widest <= 100


@given(st.text(st.sampled_from("ab 层级，。—x"), max_size=80), st.integers(8, 40))
def test_wrapping_loses_nothing_but_spaces(text: str, width: int) -> None:
    assert "".join("".join(_wrap(text, width)).split()) == "".join(text.split())


@given(st.lists(st.text(st.sampled_from("abc"), min_size=1, max_size=6), max_size=20), st.integers(8, 40))
def test_wrapped_lines_fit(words: list[str], width: int) -> None:
    assert all(_cells(line) <= width for line in _wrap(" ".join(words), width))


def test_chinese_lines_do_not_begin_with_punctuation() -> None:
    assert _wrap("先导入订单，再看分层。", 10) == ["先导入订", "单，再看分", "层。"]


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=[name for name, _command in commands()])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_lists_every_option_argument_and_command(name: str, command: Any, language: str) -> None:
    page = pages(language)[name]
    options = [word for item in command.params for word in (*item.opts, *item.secondary_opts) if word.startswith("-")]
    arguments = [item.metavar for item in command.params if item.param_type_name == "argument"]
    listed = [*options, *arguments, *getattr(command, "commands", {}), *GLOBAL_OPTIONS, "--help"]
    assert [word for word in listed if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", page)] == []


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=[name for name, _command in commands()])
def test_every_option_and_argument_is_explained(name: str, command: Any) -> None:
    unexplained = [item.name for item in command.params if item.name != "help" and not item.help]
    assert unexplained == [], name
    assert command.help


def test_all_commands_have_their_place_in_the_order() -> None:
    assert set(ORDER) == set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_pages_fit_the_terminal(columns: int, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for name, command in commands():
        with speaking(language), command.make_context(name, [], resilient_parsing=True) as context:
            lines = page(command, context).splitlines()[1:]
        too_wide = [line for line in lines if _cells(line) > columns and " " in line.strip()]
        assert too_wide == []


@pytest.mark.parametrize("columns", [1, 20])
def test_a_page_stands_even_where_nothing_fits(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for name, command in commands():
        with command.make_context(name, [], resilient_parsing=True) as context:
            assert "--help" in page(command, context)
