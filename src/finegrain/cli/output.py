"""How answers leave the command line: tables for people, one JSON object for programs, one sentence for errors."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from finegrain.i18n import current_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from rich.console import Console, RenderableType

    from finegrain.cli.arguments import Invocation
    from finegrain.errors import FinegrainError
    from finegrain.zones import Zone

PIPED_WIDTH = 160


def report(error: FinegrainError, invocation: Invocation) -> None:
    """Print ``error`` on stderr: one sentence for people, the error object as JSON for programs."""
    language = current_language()
    text = json.dumps(error.to_dict(language), ensure_ascii=False) if invocation.json else error.message(language)
    print(text, file=sys.stderr)  # noqa: T201 - this is the command line


def print_json(value: dict[str, Any]) -> None:
    """Print ``value`` as the one JSON object of this command."""
    print(json.dumps(value, ensure_ascii=False, default=str))  # noqa: T201 - this is the command line


def show_plain(text: str) -> None:
    """Print one line on stdout, without loading anything for it."""
    print(text)  # noqa: T201 - this is the command line


def show(*parts: RenderableType) -> None:
    """Print texts and tables on stdout, as wide as the terminal, or 160 cells when piped."""
    output = console()
    for part in parts:
        output.print(part)


def console(*, stderr: bool = False) -> Console:
    """Give a rich console on stdout or stderr."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else PIPED_WIDTH, highlight=False, markup=False, emoji=False)


def table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "", numbers: Iterable[int] = ()
) -> RenderableType:
    """Give a table.

    Args:
        columns: the headings, translated already.
        rows: texts, one a column.
        title: what stands above it.
        numbers: the places of the columns that hold numbers, which stand at the right.
    """
    from rich import box
    from rich.table import Table

    right = set(numbers)
    built = Table(title=title or None, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for place, column in enumerate(columns):
        built.add_column(column, justify="right" if place in right else "left", overflow="fold")
    for row in rows:
        built.add_row(*row)
    return built


def number(value: float | None) -> str:
    """Write a number with thousands separators; a dash for none."""
    return "–" if value is None else f"{value:,}"


def percent(share: float) -> str:
    """Write a share of 0–1 as per cent with one decimal."""
    return f"{share * 100:.1f}%"


def money(amount_minor: int | None, currency: str) -> str:
    """Write an amount in full with its currency; a dash for none."""
    from finegrain.money import Money

    return "–" if amount_minor is None else Money(currency, amount_minor).text(current_language())


def moment(instant: datetime | None, zone: Zone) -> str:
    """Write an instant in the project's zone, to the minute; a dash for none."""
    return "–" if instant is None else f"{instant.astimezone(zone.info):%Y-%m-%d %H:%M}"
