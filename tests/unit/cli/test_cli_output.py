"""What the command line writes to a terminal of any width, and to a pipe."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from finegrain.cli.arguments import Invocation
from finegrain.cli.errors import UnknownCommandError, from_parser
from finegrain.cli.output import PIPED_WIDTH, money, number, percent, print_json, report, show, table
from finegrain.cli.session import PATIENCE_S, progress_bar, waiting
from finegrain.i18n import speaking

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ROWS = [("小红书", "1,234", "a sentence that is rather long and has to be folded"), ("Ann", "5", "short")]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def shown(stream: io.StringIO) -> str:
    """Show a table on ``stream``."""
    with contextlib.redirect_stdout(stream):
        show("A text.", table(["Who", "How many", "Why"], ROWS, title="Title", numbers=[1]))
    return stream.getvalue()


def plain(text: str) -> str:
    """Give a text without its white space."""
    return "".join(text.split())


@pytest.mark.parametrize("columns", [30, 50, 80, 160])
def test_a_table_fits_the_terminal_and_loses_nothing(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    text = COLOUR.sub("", shown(Terminal()))
    assert max(cell_len(line) for line in text.splitlines()) <= columns
    for letters in ("小红书", "1,234", "Ann"):
        assert letters in text or letters in plain(text)


def test_a_pipe_gets_wide_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("TERM", "xterm-256color")
    text = shown(io.StringIO())
    assert "\x1b" not in text
    assert "a sentence that is rather long and has to be folded" in text
    assert max(cell_len(line) for line in text.splitlines()) <= PIPED_WIDTH


def test_words_in_brackets_and_colons_stay_as_they_are() -> None:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        show("[bold]not markup[/bold] :smile:", table(["[red]"], [("[/]",)]))
    assert "[bold]not markup[/bold] :smile:" in out.getvalue()
    assert "[red]" in out.getvalue()


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.text())))
def test_json_is_one_line_that_reads_back(value: dict[str, object]) -> None:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        print_json(value)
    assert json.loads(out.getvalue()) == value
    assert out.getvalue().count("\n") == 1


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_an_error_is_one_sentence_or_one_object(language: str) -> None:
    error = UnknownCommandError(name="tier", allowed="tiers")
    for for_programs in (False, True):
        invocation = Invocation(Path("shop"), for_programs, "en")
        with speaking(language), contextlib.redirect_stderr(io.StringIO()) as err:
            report(error, invocation)
        text = err.getvalue()
        assert text.count("\n") == 1
        assert (json.loads(text)["message"] if for_programs else text.strip()) == error.message(language)


def test_nobody_watching_a_pipe_sees_a_spinner_or_a_bar() -> None:
    with contextlib.redirect_stderr(io.StringIO()) as err, waiting("Working …"), progress_bar() as draw:
        assert draw is None
    assert err.getvalue() == ""


def test_a_quick_job_shows_no_spinner_on_a_terminal() -> None:
    assert PATIENCE_S > 0.1
    stream = Terminal()
    with contextlib.redirect_stderr(stream), waiting("Working …"):
        pass
    assert "Working" not in stream.getvalue()


def test_a_bar_on_a_terminal_tells_the_share_and_the_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with contextlib.redirect_stderr(stream), progress_bar() as draw:
        assert draw is not None
        draw(0.5, "Reading · 10 rows")
    assert "Reading · 10 rows" in stream.getvalue()
    assert "50%" in stream.getvalue()


def test_figures_that_are_missing_are_a_dash() -> None:
    assert {number(None), money(None, "CNY")} == {"–"}
    assert (percent(0), percent(1), number(0)) == ("0.0%", "100.0%", "0")


def test_an_error_of_the_parser_that_nobody_knows_is_told_in_its_own_words() -> None:
    class Odd(Exception):  # noqa: N818 - named like the parser's own
        def format_message(self) -> str:
            return "Something odd."

    error = from_parser(Odd(), "finegrain")
    assert error.code == "usage"
    assert "Something odd" in error.message("en")
    assert "finegrain --help" in error.message("en")
