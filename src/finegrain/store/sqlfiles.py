"""Statements that stand in ``.sql`` files beside the code that runs them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@lru_cache(maxsize=256)
def read_sql(folder: Path, name: str) -> str:
    """Give the one statement of ``folder/name.sql``."""
    return (folder / f"{name}.sql").read_text(encoding="utf-8")


def migration_files(folder: Path) -> tuple[tuple[int, str], ...]:
    """Give the numbered migrations of ``folder`` in order, as (number, SQL)."""
    files = sorted(folder.glob("[0-9]*.sql"))
    return tuple((int(path.stem.split("_")[0]), path.read_text(encoding="utf-8")) for path in files)
