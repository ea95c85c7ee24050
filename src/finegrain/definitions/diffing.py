"""In what two sets of definitions differ, field by field, and in which order the differences can be made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.definitions.contract import KINDS, Change, FieldChange, Key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from finegrain.definitions.contract import State, Values

    Uses = Callable[[Key, Values], Iterable[Key]]
    """Gives what a definition names, and therefore has to be there before it."""

_MISSING = object()
_TOGETHER = ("tier_scheme", "segment")
"""Kinds whose definitions name each other."""


def differences(now: State, wanted: State, uses: Uses, *, prune: bool) -> tuple[Change, ...]:
    """Give what has to change: what is named by others first, what goes last and after those that name it.

    Args:
        now: what there is.
        wanted: what there is to be.
        uses: what each definition names.
        prune: whether what is not wanted goes; else it stays.
    """
    made = [key for key in _ordered(wanted, uses) if now.get(key) != wanted[key]]
    gone = [key for key in reversed(_ordered(now, uses)) if key not in wanted] if prune else []
    return (*(_change(now, wanted, key) for key in made), *(Change(key, "removed") for key in gone))


def _change(now: State, wanted: State, key: Key) -> Change:
    if key not in now:
        return Change(key, "added")
    return Change(key, "changed", tuple(field_changes(now[key], wanted[key])))


def field_changes(before: Any, after: Any, path: str = "") -> Iterator[FieldChange]:
    """Give the fields that differ, the deepest that tell it; lists of the same length are compared one by one.

    Examples:
        >>> [change.field for change in field_changes({"a": [1, {"b": 2}], "c": 3}, {"a": [1, {"b": 4}]})]
        ['a[1].b', 'c']
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            inner = f"{path}.{name}" if path else str(name)
            yield from field_changes(before.get(name, _MISSING), after.get(name, _MISSING), inner)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from field_changes(old, new, f"{path}[{place}]")
    elif type(before) is not type(after) or before != after:
        yield FieldChange(path, *(None if value is _MISSING else value for value in (before, after)))


def _ordered(state: State, uses: Uses) -> list[Key]:
    """Give all keys by kind and name, each after those that it names; of a circle, which is refused later, in any order."""
    found: dict[Key, None] = {}

    def visit(key: Key, above: tuple[Key, ...]) -> None:
        if key in found or key in above or key not in state:
            return
        for named in sorted(uses(key, state[key])):
            visit(named, (*above, key))
        found[key] = None

    for key in sorted(state, key=lambda key: (_rank(key), key.name)):
        visit(key, ())
    return list(found)


def _rank(key: Key) -> int:
    return KINDS.index("tier_scheme" if key.kind in _TOGETHER else key.kind)
