"""Names of columns: every column gets one, and no two share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def unique_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Give each header cell a name of its own.

    Spaces around a name are dropped. An empty cell becomes ``column 3`` (by its place, from 1), and the second column of a
    name becomes ``name (2)``.

    Examples:
        >>> unique_names(["id", " id ", "", "id (2)"])
        ('id', 'id (3)', 'column 3', 'id (2)')
    """
    wanted = [cell.strip().strip("\ufeff") or f"column {place}" for place, cell in enumerate(cells, start=1)]
    taken = set(wanted)
    seen: set[str] = set()
    return tuple(_own_name(name, seen, taken) for name in wanted)


def _own_name(name: str, seen: set[str], taken: set[str]) -> str:
    own, number = name, 2
    while own in seen or (own != name and own in taken):
        own = f"{name} ({number})"
        number += 1
    seen.add(own)
    return own


def renamed(cells: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """Give the names that are not what their header cell says."""
    return tuple(name for cell, name in zip(cells, names, strict=True) if cell.strip() != name)
