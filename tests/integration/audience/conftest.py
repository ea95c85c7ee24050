"""What tests of the audience over real stores share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import finegrain as fg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.workspace import Workspace


@pytest.fixture
def empty(tmp_path: Path, ops_url: str) -> Iterator[Workspace]:
    """A workspace in which nothing has happened, on each engine of the ops store."""
    with fg.open(tmp_path / "empty", ops_url=ops_url, zone="UTC", currency="CNY") as workspace:
        yield workspace
