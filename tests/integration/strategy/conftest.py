"""A small shop whose figures are counted by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.clients.goals import AS_OF, fill_shop

import finegrain as fg
from finegrain.clock import SettableClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.workspace import Workspace


@pytest.fixture
def shop(tmp_path: Path, ops_url: str) -> Iterator[Workspace]:
    """Four buyers of May, two of whom buy again in June; on each engine of the ops store."""
    with fg.open(
        tmp_path / "shop", clock=SettableClock(AS_OF), ops_url=ops_url, zone="Asia/Shanghai", currency="CNY"
    ) as workspace:
        fill_shop(workspace, tmp_path)
        yield workspace
