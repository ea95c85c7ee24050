"""A small shop in which goals are set: orders that can be counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from finegrain.strategy.goals.contract import Metric, NewGoal, Whom

if TYPE_CHECKING:
    from pathlib import Path

    from finegrain.workspace import Workspace

AS_OF = datetime(2024, 6, 11, 4, tzinfo=UTC)
"""Noon of 11 June in Shanghai: ten days of June are over."""
ORDERS = """order_id,user_id,ordered_at,amount
1,ann,2024-05-10 10:00,100
2,ben,2024-05-12 10:00,100
3,cat,2024-05-20 10:00,100
4,dan,2024-05-21 10:00,100
5,ann,2024-06-02 10:00,40
6,ann,2024-06-03 10:00,60
7,ben,2024-06-05 10:00,80
8,eve,2024-06-06 10:00,500
"""
"""Until June four people bought once; eve is new in June."""
FIRST_BUYERS = Whom(tier="frequency/first")


def fill_shop(workspace: Workspace, folder: Path) -> None:
    """Import the orders."""
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    workspace.import_orders(folder / "orders.csv")


def june(name: str, metric: Metric, target: float, whom: Whom = FIRST_BUYERS) -> NewGoal:
    """Give a goal of the 30 days of June."""
    return NewGoal(name, metric, whom, target, date(2024, 6, 1), date(2024, 6, 30))
