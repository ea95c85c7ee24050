"""A small shop whose figures are counted by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.clients.goals import AS_OF, fill_shop

import finegrain as fg
from finegrain.clock import SettableClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.clients.stocked import CopyOf

    from finegrain.workspace import Workspace


OPTIONS: dict[str, Any] = {"zone": "Asia/Shanghai", "currency": "CNY"}


def stock(home: Path, ops_url: str) -> None:
    """Import the orders of the shop."""
    with fg.open(home, clock=SettableClock(AS_OF), ops_url=ops_url, **OPTIONS) as workspace:
        fill_shop(workspace, home)


@pytest.fixture
def shop(copy_of: CopyOf) -> Iterator[Workspace]:
    """Four buyers of May, two of whom buy again in June; on each engine of the ops store."""
    home, ops_url = copy_of(stock)
    with fg.open(home, clock=SettableClock(AS_OF), ops_url=ops_url, **OPTIONS) as workspace:
        yield workspace
