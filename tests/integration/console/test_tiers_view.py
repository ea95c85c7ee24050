"""What the tiers page shows while people keep coming."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import finegrain as fg
from finegrain.console.pages.tiers.address import TiersAddress
from finegrain.console.pages.tiers.view import load, people_behind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.audience.tiers.saved import SavedThresholds
    from finegrain.workspace import Workspace

ORDERS = "order_id,user_id,ordered_at,amount\n1,ann,2024-05-01,30\n2,ben,2024-05-20,10\n"


class BusyShop:
    """Saved thresholds of a shop that somebody enters whenever they are read."""

    def __init__(self, shop: Workspace, saved: SavedThresholds, folder: Path) -> None:
        self._shop = shop
        self._saved = saved
        self._file = folder / "people.csv"
        self.came = 0

    def read(self, scheme: Any) -> Any:
        """Let somebody in, then read."""
        self.came += 1
        self._file.write_text(f"user_id,city\nvisitor-{self.came},Wuhan\n", encoding="utf-8")
        self._shop.import_people(self._file)
        return self._saved.read(scheme)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    """A shop with two buyers."""
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    with fg.open(tmp_path / "shop") as workspace:
        workspace.import_orders(tmp_path / "orders.csv")
        yield workspace


def test_schemes_are_crossed_over_the_same_people_while_somebody_comes(shop: Workspace, tmp_path: Path) -> None:
    busy = BusyShop(shop, shop.tiering._saved, tmp_path)
    shop.tiering._saved = busy  # type: ignore[assignment] # stands in for it
    view = load(shop, TiersAddress("activity", by="value"))
    assert busy.came > 1
    assert view.matrix.counts.sum() == view.result.total


def test_thresholds_tried_out_count_for_the_rows(shop: Workspace) -> None:
    view = load(shop, TiersAddress("frequency", by="value", draft={"lapsed_days": "5"}))
    assert view.result.tier("lapsed").people == len(people_behind(view, "lapsed")) == 1
    assert view.result.tier("first").people == 1
