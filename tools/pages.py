"""The parts of the documents that are made from the code: settings, error codes, commands, in both languages.

A page marks such a part by ``<!-- made: NAME -->`` and ``<!-- end -->``. ``python -m tools.pages`` checks that each is up to
date, ``python -m tools.pages --write`` brings it there.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import finegrain
from finegrain.errors import FinegrainError
from finegrain.i18n import _, current_language, speaking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
MADE = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
HELP_WIDTH = "100"
HEADS = {
    "settings": {
        "en": ["Setting", "Type", "Default", "Unit", "Environment variable", "What it does"],
        "zh_CN": ["设置项", "类型", "默认值", "单位", "环境变量", "作用"],
    },
    "errors": {"en": ["Code", "What it says"], "zh_CN": ["错误码", "提示内容"]},
}


def settings_part() -> str:
    """Give the table of all settings."""
    from finegrain.settings import settings_table

    rows = [
        (
            f"`{row.name}`",
            row.type.replace("|", "\\|"),
            f"`{row.default}`",
            _(row.unit) if row.unit else "",
            f"`{row.variable}`",
            _(row.help),
        )
        for row in settings_table()
    ]
    return _table("settings", rows)


def errors_part() -> str:
    """Give the table of all error codes with what they say."""
    rows = [(f"`{kind.code}`", _message(kind)) for kind in error_classes()]
    return _table("errors", rows)


def commands_part() -> str:
    """Give the help page of every command."""
    return "\n".join(f"### {name}\n\n```text\n{page}```\n" for name, page in help_pages())


@cache
def error_classes() -> tuple[type[FinegrainError], ...]:
    """Give every error class of the package, by code."""
    for module in pkgutil.walk_packages(finegrain.__path__, "finegrain."):
        if module.name.rpartition(".")[2] in {"errors", "settings"}:
            importlib.import_module(module.name)
    return tuple(sorted(_below(FinegrainError), key=lambda kind: kind.code))


def _below(kind: type[FinegrainError]) -> set[type[FinegrainError]]:
    own = {kind} if kind.problem and kind.__module__.startswith("finegrain.") else set()
    return own.union(*(_below(child) for child in kind.__subclasses__()))


def _message(kind: type[FinegrainError]) -> str:
    joint = "" if current_language() == "zh_CN" else " "
    text = joint.join(_(part) for part in (kind.problem, kind.remedy) if part)
    return text.replace("|", "\\|")


def help_pages() -> Iterator[tuple[str, str]]:
    """Give every command of ``finegrain`` with its help page in the current language."""
    import typer

    from finegrain.cli.app import app

    os.environ["COLUMNS"] = HELP_WIDTH
    yield from _help_below(typer.main.get_command(app), "finegrain", None)


def _help_below(command: Any, name: str, parent: Any) -> Iterator[tuple[str, str]]:
    from finegrain.cli.help import page

    with command.make_context(name.rpartition(" ")[2], [], parent=parent, resilient_parsing=True) as context:
        yield name, page(command, context)
        for child in command.list_commands(context) if hasattr(command, "commands") else []:
            yield from _help_below(command.commands[child], f"{name} {child}", context)


def _table(part: str, rows: Sequence[Sequence[str]]) -> str:
    head = HEADS[part][current_language()]
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


PARTS: dict[str, Callable[[], str]] = {"settings": settings_part, "errors": errors_part, "commands": commands_part}


def language_of(path: Path) -> str:
    """Give the language in which a page is written."""
    return "zh_CN" if "zh" in path.relative_to(DOCS).parts else "en"


def up_to_date(path: Path) -> str:
    """Give the text of a page with its made parts as they should be."""
    with speaking(language_of(path)):
        return MADE.sub(lambda match: f"{match[1]}\n{PARTS[match[2]]()}\n{match[3]}", path.read_text(encoding="utf-8"))


def main(arguments: list[str]) -> int:
    """Check all pages, or write them; give the exit code."""
    stale = [path for path in sorted(DOCS.rglob("*.md")) if up_to_date(path) != path.read_text(encoding="utf-8")]
    for path in stale:
        if "--write" in arguments:
            path.write_text(up_to_date(path), encoding="utf-8")
        else:
            print(f"{path.relative_to(ROOT)} is out of date: run `make docs`")
    return 1 if stale and "--write" not in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
