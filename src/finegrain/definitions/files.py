"""Definitions as YAML files, one for each thing, in a folder for each kind; what a file is called is for people alone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finegrain.definitions.contract import KIND_NAMES, Key
from finegrain.definitions.errors import BadDefinitionError, NoDefinitionsError, TwiceDefinedError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from finegrain.definitions.contract import Kind, Values

FOLDERS: dict[Kind, str] = {
    "thresholds": "thresholds",
    "tier_scheme": "tier_schemes",
    "segment": "segments",
    "goal": "goals",
    "tracked_event": "tracking_plan",
}
NAMED_BY: dict[Kind, str] = {
    "thresholds": "scheme",
    "tier_scheme": "name",
    "segment": "name",
    "goal": "name",
    "tracked_event": "event",
    "tracking_plan": "tracking_plan",
}
"""The field that names a definition."""
PLAN_FILE = "tracking_plan.yaml"
HEADS: dict[Kind, str] = {
    "thresholds": "Thresholds of a tier scheme that differ from the defaults.",
    "tier_scheme": "A tier scheme: the first tier whose rule somebody meets is theirs.",
    "segment": "A segment: a rule, or a list of people.",
    "goal": "A goal; its baseline is measured when it is set.",
    "tracked_event": "An event of the tracking plan.",
    "tracking_plan": "What holds for the whole tracking plan.",
}
_LEADS_OUT = Phrase("a link that leads out of the folder")
_LONGEST_SLUG = 60
_LONGEST_SHOWN = 80
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
"""Names that Windows keeps for itself."""


@dataclass(frozen=True)
class DefinitionFile:
    """One file and what it defines, as it stands there.

    Attributes:
        path: below the folder, with slashes.
        key: what it defines.
        values: its fields, the name among them.
    """

    path: str
    key: Key
    values: Values


def read_folder(folder: Path) -> list[DefinitionFile]:
    """Read all files that define something, in order of their paths; other files are none of our business.

    Raises:
        NoDefinitionsError: there is no such folder, or a file cannot be read.
        BadDefinitionError: a file is no YAML, or does not say what it defines.
        TwiceDefinedError: two files define the same thing.
    """
    if not folder.is_dir():
        raise NoDefinitionsError(folder=folder, reason=Phrase("there is no such folder"))
    seen: dict[Key, str] = {}
    found = []
    for kind, path in _paths(folder):
        one = _read(folder, kind, path)
        if one.key in seen:
            named = {"kind": Phrase(KIND_NAMES[kind]), "name": one.key.name}
            raise TwiceDefinedError(file=one.path, other=seen[one.key], node="", value="", allowed="", **named)
        seen[one.key] = one.path
        found.append(one)
    return found


def _paths(folder: Path) -> Iterator[tuple[Kind, Path]]:
    for kind, name in FOLDERS.items():
        for path in sorted((folder / name).glob("*.y*ml")):
            if path.suffix in {".yaml", ".yml"} and path.is_file():
                yield kind, path
    if (folder / PLAN_FILE).is_file():
        yield "tracking_plan", folder / PLAN_FILE


def _read(folder: Path, kind: Kind, path: Path) -> DefinitionFile:
    shown = path.relative_to(folder).as_posix()
    if not _is_inside(folder, path):
        raise _bad(shown, Phrase("the file"), _LEADS_OUT, Phrase("a file in the folder"))
    values = _yaml(path, shown)
    field = NAMED_BY[kind]
    if not isinstance(values, dict):
        raise _bad(shown, Phrase("the file"), values, Phrase("an object with the fields of a definition"))
    if kind == "tracking_plan":
        return DefinitionFile(shown, Key(kind, ""), values)
    if not isinstance(values.get(field), str):
        raise _bad(shown, field, values.get(field), Phrase("the name of what the file defines"))
    return DefinitionFile(shown, Key(kind, values[field]), values)


def _yaml(path: Path, shown: str) -> Any:
    from finegrain.plain_yaml import NotPlainError, load

    try:
        return load(path.read_text(encoding="utf-8"))
    except NotPlainError as error:
        node = Phrase("line {line}", line=error.line) if error.line else Phrase("the file")
        raise _bad(shown, node, error.problem, Phrase("YAML, as `finegrain pull` writes it")) from error
    except UnicodeDecodeError as error:
        raise _bad(shown, Phrase("the file"), str(error), Phrase("YAML in UTF-8, as `finegrain pull` writes it")) from error
    except OSError as error:
        raise NoDefinitionsError(folder=shown, reason=error.strerror or error) from error


def _bad(file: str, node: str, value: Any, allowed: Phrase) -> BadDefinitionError:
    text = value if isinstance(value, str) else repr(value)
    # A phrase is left whole: cut, it could not be told in another language.
    told = text if isinstance(text, Phrase) else text[:_LONGEST_SHOWN]
    return BadDefinitionError(file=file, node=node, value=told, allowed=allowed)


def text_of(kind: Kind, values: Values) -> str:
    """Give the content of a file: a line that says what it is, then its fields in their order, in UTF-8."""
    from finegrain.plain_yaml import dump

    body = dump(values)
    return f"# {HEADS[kind]} See docs/definitions.md.\n{body}"


def path_of(key: Key, taken: Mapping[str, Key]) -> str:
    """Give a path for a definition that has none yet, below the folder.

    Args:
        key: the definition.
        taken: the paths that are in use, in small letters; a definition that would have one of them gets a number, too.
    """
    if key.kind == "tracking_plan":
        return PLAN_FILE
    stem, number = f"{FOLDERS[key.kind]}/{slug(key.name)}", 1
    path = f"{stem}.yaml"
    while path.lower() in taken:
        number += 1
        path = f"{stem}-{number}.yaml"
    return path


def slug(name: str) -> str:
    """Give what a name is called as a file on any system: letters and digits of any script, with hyphens between.

    Examples:
        >>> slug("Lapsing regulars / VIP"), slug("沉睡的常客"), slug("..."), slug("con")
        ('lapsing-regulars-vip', '沉睡的常客', 'unnamed', 'con_')
    """
    kept = (char if char.isalnum() or char == "_" else "-" for char in unicodedata.normalize("NFC", name).lower())
    made = re.sub(r"-+", "-", "".join(kept)).strip("-")[:_LONGEST_SLUG].rstrip("-") or "unnamed"
    return f"{made}_" if _RESERVED.fullmatch(made) else made


def write(folder: Path, path: str, text: str) -> None:
    """Write one file.

    Raises:
        NoDefinitionsError: it cannot be written.
    """
    to = folder / path
    if not _is_inside(folder, to):
        raise NoDefinitionsError(folder=to, reason=_LEADS_OUT)
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(text.encode())
    except OSError as error:
        raise NoDefinitionsError(folder=to, reason=error.strerror or error) from error


def _is_inside(folder: Path, path: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def remove(folder: Path, path: str) -> None:
    """Remove one file.

    Raises:
        NoDefinitionsError: it cannot be removed.
    """
    try:
        (folder / path).unlink(missing_ok=True)
    except OSError as error:
        raise NoDefinitionsError(folder=folder / path, reason=error.strerror or error) from error
