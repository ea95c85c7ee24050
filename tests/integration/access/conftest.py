"""Access over a real ops store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import finegrain as fg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.access.service import Access
    from finegrain.clock import SettableClock
    from finegrain.workspace import Workspace

PASSWORD = "correct horse battery"  # noqa: S105 - of nobody


@pytest.fixture
def workspace(tmp_path: Path, clock: SettableClock) -> Iterator[Workspace]:
    """A new workspace at noon of 2024-06-01."""
    with fg.open(tmp_path / "shop", clock=clock) as workspace:
        yield workspace


@pytest.fixture
def access(workspace: Workspace) -> Access:
    """Its access, with the administrator Ann and the analyst Ben, who share a password."""
    workspace.access.users.add("Ann", "admin", password=PASSWORD)
    workspace.access.users.add("Ben", "analyst", password=PASSWORD)
    return workspace.access
