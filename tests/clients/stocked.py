"""Workspaces that are stocked once for many tests: what stocks one, and what copies it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path


class Stock(Protocol):
    """Makes and closes the workspace that is copied."""

    def __call__(self, home: Path, ops_url: str) -> None:
        """Stock the workspace of a folder, whose ops store has this address."""
        ...


class CopyOf(Protocol):
    """Copies the workspace that a function stocks; there is one for each module."""

    def __call__(self, stock: Stock) -> tuple[Path, str]:
        """Give the folder of a copy of the test's own, and the address of its ops store."""
        ...
