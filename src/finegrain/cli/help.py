"""The help pages, in the reader's language and without the weight of rich: ``--help`` has to answer at once."""

from __future__ import annotations

import shutil
import unicodedata
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup

from finegrain.cli.arguments import GLOBAL_OPTIONS
from finegrain.cli.errors import UnknownCommandError
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDEST = 110
INDENT = 2
GAP = 2
LONGEST_NAME = 30
VERSION_HELP = N_("Print the version and exit.")
HELP_HELP = N_("Show this page and exit.")

ORDER = (
    "init",
    "import",
    "tiers",
    "schemes",
    "people",
    "segments",
    "history",
    "overview",
    "goals",
    "funnel",
    "retention",
    "trends",
    "paths",
    "intervals",
    "distribution",
    "attribution",
    "lifecycle",
    "stickiness",
    "churn",
    "process",
    "serve",
    "sources",
    "users",
    "tokens",
    "audit",
    "catalogue",
    "pull",
    "plan",
    "apply",
    "items",
    "dead-letters",
    "mappings",
    "imports",
    "settings",
    "compile",
    "demo",
)

Row = tuple[str, str]


class Command(TyperCommand):
    """A command whose help speaks the reader's language."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page into ``formatter``."""
        formatter.write(page(self, ctx))


class Group(TyperGroup):
    """A group of commands whose help and errors speak the reader's language."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page into ``formatter``."""
        formatter.write(page(self, ctx))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command called ``args[0]``.

        Raises:
            UnknownCommandError: there is none.
        """
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise UnknownCommandError(name=args[0], allowed=", ".join(self.list_commands(ctx)))
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        """Give the commands in the order in which a newcomer needs them."""
        return sorted(self.commands, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


def page(command: Any, ctx: Any) -> str:
    """Give the help page of ``command`` as text."""
    width = min(shutil.get_terminal_size((100, 24)).columns, WIDEST)
    parts = [_("Usage: {usage}", usage=_usage(command, ctx)), *_paragraphs(command.help or "", width)]
    for title, rows in _sections(command, ctx):
        if rows:
            parts.append("\n".join([title + _(":"), *_table(rows, width)]))
    return "\n\n".join(parts) + "\n"


def _usage(command: Any, ctx: Any) -> str:
    arguments = [_argument_name(item) for item in command.get_params(ctx) if item.param_type_name == "argument"]
    following = [_("COMMAND …")] if hasattr(command, "commands") else []
    return " ".join([ctx.command_path, *arguments, *following, _("[OPTIONS]")])


def _sections(command: Any, ctx: Any) -> Iterator[tuple[str, list[Row]]]:
    parameters = [parameter for parameter in command.get_params(ctx) if not parameter.hidden]
    commands = [(name, _help(child).split("\n")[0]) for name, child in _children(command, ctx)]
    yield _("Commands"), commands
    yield _("Arguments"), [_argument_row(item) for item in parameters if item.param_type_name == "argument"]
    yield _("Options"), [_option_row(item, ctx) for item in parameters if item.param_type_name == "option"]
    everywhere = [(f"{name} {value}".rstrip(), _(text)) for name, (value, text) in GLOBAL_OPTIONS.items()]
    yield _("Options of every command"), everywhere


def _children(command: Any, ctx: Any) -> list[tuple[str, Any]]:
    return [(name, command.commands[name]) for name in command.list_commands(ctx)] if hasattr(command, "commands") else []


def _argument_name(argument: Any) -> str:
    name = str(argument.metavar or argument.name).upper()
    return f"{name} …" if argument.nargs == -1 else name


def _argument_row(argument: Any) -> Row:
    return _argument_name(argument), _help(argument)


def _option_row(option: Any, ctx: Any) -> Row:
    names = " / ".join([", ".join(option.opts), *option.secondary_opts])
    if option.name == "help":
        return names, _(HELP_HELP)
    value = "" if option.is_flag else f" {option.metavar or option.name.upper()}"
    default = option.get_default(ctx, call=False)
    shown = option.show_default and default not in (None, "", [], ()) and not option.is_flag
    notes = [_("[default: {value}]", value=default)] if shown else []
    notes += [_("[may be repeated]")] if option.multiple else []
    return f"{names}{value}", " ".join([_help(option), *notes])


def _help(described: Any) -> str:
    return _(described.help) if described.help else ""


def _paragraphs(text: str, width: int) -> list[str]:
    return ["\n".join(_wrap(paragraph, width)) for paragraph in _(text).split("\n\n")] if text else []


def _table(rows: list[Row], width: int) -> Iterator[str]:
    column = min(max(_cells(name) for name, _text in rows), LONGEST_NAME) + INDENT + GAP
    for name, text in rows:
        first = " " * INDENT + name
        lines = _wrap(text, width - column) or [""]
        if _cells(first) + GAP > column:
            yield first
            first = ""
        yield (first + " " * (column - _cells(first)) + lines[0]).rstrip()
        yield from (" " * column + line for line in lines[1:])


def _wrap(text: str, width: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and _cells(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> Iterator[str]:
    # A line may break after a space and after any Chinese character that no punctuation follows.
    start = 0
    for place, character in enumerate(text):
        following = text[place + 1 : place + 2]
        wide = unicodedata.east_asian_width(character) in "WF" and not unicodedata.category(following or "a").startswith("P")
        if character.isspace() or wide:
            yield text[start : place + 1]
            start = place + 1
    yield text[start:]


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
