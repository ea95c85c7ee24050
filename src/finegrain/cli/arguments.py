"""The options that every command takes, wherever they stand on the command line."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from finegrain.i18n import N_, normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finegrain.i18n import Language

DEFAULT_HOME = "shop"
HOME_VARIABLE = "FINEGRAIN_HOME"
LANGUAGE_VARIABLE = "FINEGRAIN_LANG"

GLOBAL_OPTIONS: dict[str, tuple[str, str]] = {
    "--home": ("DIR", N_("Workspace folder; else $FINEGRAIN_HOME, else ./shop.")),
    "--json": ("", N_("Print one JSON object, for programs; errors too, on stderr.")),
    "--lang": ("en|zh", N_("Language of the answer; else $FINEGRAIN_LANG, else that of the terminal.")),
}
"""Option → (what its value is, help)."""


@dataclass(frozen=True)
class Invocation:
    """What holds for one command, whichever it is.

    Attributes:
        home: the workspace folder.
        json: whether the answer is for a program.
        language: the language of the answer.
        missing: a global option that stands without its value; empty otherwise.
    """

    home: Path
    json: bool
    language: Language
    missing: str = ""


def take_global(arguments: list[str], environment: Mapping[str, str] | None = None) -> tuple[Invocation, list[str]]:
    """Take the global options out of ``arguments``; give them, and what is left for the command.

    Nothing behind ``--`` is taken.

    Examples:
        >>> invocation, rest = take_global(["import", "orders", "--home=h", "a.csv", "--json"], {})
        >>> invocation.home.name, invocation.json, rest
        ('h', True, ['import', 'orders', 'a.csv'])
    """
    environment = os.environ if environment is None else environment
    found: dict[str, str] = {}
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
        elif name not in GLOBAL_OPTIONS or (name == "--json" and equals):
            rest.append(word)
        elif name == "--json" or equals:
            found[name] = value
        else:
            found[name] = next(words, "")
    return _invocation(found, environment), rest


def _invocation(found: dict[str, str], environment: Mapping[str, str]) -> Invocation:
    missing = next((name for name in ("--home", "--lang") if found.get(name) == ""), "")
    home = found.get("--home") or environment.get(HOME_VARIABLE) or DEFAULT_HOME
    return Invocation(Path(home), "--json" in found, _language(found.get("--lang"), environment), missing)


def _language(chosen: str | None, environment: Mapping[str, str]) -> Language:
    candidates = (environment.get(name) for name in (LANGUAGE_VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG"))
    return normalise(chosen or next((tag for tag in candidates if tag), None))
