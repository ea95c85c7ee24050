"""What changes of traits amount to, as a pure function: folded in order of time, whatever order they arrived in.

======== ====================================================================================================
action   what it does
======== ====================================================================================================
set      the trait has this value
set_once the trait has this value, where it has none
increment adds to a number; begins at 0 where there is none; says nothing about anything but a number
append   extends a list by values; begins one where there is none; says nothing about anything but a list
unset    the trait is gone
delete   all traits are gone
======== ====================================================================================================
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from finegrain.people.contract import TraitAction, TraitType

MAX_LIST = 1_000
"""Values that a list can grow to; the oldest make way."""
_LARGEST_WHOLE = 2**63
_DATETIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?")


class Said(NamedTuple):
    """What was said of an id's traits at a moment, in microseconds since 1970 UTC; ``place`` orders what was said at once."""

    at_us: int
    place: int
    action: TraitAction
    values: Mapping[str, Any]
    source: str = ""


class Kept(NamedTuple):
    """The value of a trait, since when it stands or was last confirmed, and which source said so."""

    value: Any
    set_us: int
    source: str


def fold(said: Iterable[Said], traits: Mapping[str, Kept] | None = None) -> dict[str, Kept]:
    """Give the traits that ``said`` leaves.

    Args:
        said: in any order; of what was said at the same moment the later ``place`` holds.
        traits: what all that was said before has left.
    """
    folded = dict(traits or {})
    for one in sorted(said, key=lambda one: (one.at_us, one.place)):
        if one.action == "delete":
            folded.clear()
        for name, value in one.values.items():
            _apply(folded, one, name, value)
    return folded


def course(said: Iterable[Said], name: str) -> list[Any]:
    """Give the value of one trait after each thing that was said, in the order of ``fold``; None where it has none."""
    folded: dict[str, Kept] = {}
    values = []
    for one in sorted(said, key=lambda one: (one.at_us, one.place)):
        folded = fold([one], folded)
        values.append(folded[name].value if name in folded else None)
    return values


def _apply(folded: dict[str, Kept], said: Said, name: str, value: Any) -> None:
    match said.action:
        case "set":
            folded[name] = Kept(value, said.at_us, said.source)
        case "set_once":
            folded.setdefault(name, Kept(value, said.at_us, said.source))
        case "unset":
            folded.pop(name, None)
        case "increment" | "append":
            add = _sum if said.action == "increment" else _joined
            result = add(folded[name].value if name in folded else None, value)
            if result is not None:
                folded[name] = Kept(result, said.at_us, said.source)


def _sum(before: Any, value: Any) -> int | float | None:
    before = 0 if before is None else before
    if not _is_number(before) or not _is_number(value):
        return None
    try:
        result: int | float = before + value
        fits = abs(result) < _LARGEST_WHOLE if isinstance(result, int) else math.isfinite(result)
    except OverflowError:
        return None
    return result if fits else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _joined(before: Any, value: Any) -> list[Any] | None:
    before = [] if before is None else before
    if not isinstance(before, list):
        return None
    return [*before, *(value if isinstance(value, list) else [value])][-MAX_LIST:]


def trait_type(value: Any) -> TraitType:
    """Give the type of a trait's value; a text that is a date or a time in ISO form is a ``datetime``."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case list():
            return "list"
        case dict():
            return "object"
        case _:
            return "datetime" if _DATETIME.fullmatch(value) else "text"


def trait_text(value: Any) -> str:
    """Give a value as the text in which searches look: texts as they are, all else as JSON; without null characters."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.replace("\0", "�")
