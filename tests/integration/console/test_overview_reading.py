"""Which days the overview takes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

import finegrain as fg
from finegrain.console.pages.overview.reading import read_basis, read_figures
from finegrain.console.period import ShownPeriod

if TYPE_CHECKING:
    from pathlib import Path

    from finegrain.clock import SettableClock


@pytest.mark.parametrize(
    ("ordered", "newest", "stops", "unfinished"),
    [
        ("2024-05-31 21:00", date(2024, 5, 31), None, False),  # nothing happened today: no fall to zero at the end
        ("2024-06-01 09:00", date(2024, 6, 1), None, True),
        ("2024-05-20 09:00", date(2024, 5, 20), date(2024, 5, 20), False),
    ],
)
def test_latest_period_ends_with_the_last_day_on_which_something_happened(
    tmp_path: Path, clock: SettableClock, *, ordered: str, newest: date, stops: date | None, unfinished: bool
) -> None:
    clock.set(datetime(2024, 6, 1, 2, tzinfo=UTC))  # ten in the morning in Shanghai
    (tmp_path / "orders.csv").write_text(f"order_id,user_id,ordered_at,amount\n1,ann,{ordered},9\n", encoding="utf-8")
    with fg.open(tmp_path / "shop", clock=clock) as shop:
        shop.import_orders(tmp_path / "orders.csv")
        basis = read_basis(shop)
        figures = read_figures(shop, basis, ShownPeriod.latest(7, basis.newest))
    assert (basis.newest, basis.stops, figures.unfinished) == (newest, stops, unfinished)
    assert figures.overview.series.orders[-1] == 1
