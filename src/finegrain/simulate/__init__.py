"""A shop whose people's true behaviour is known: for demos, tests and for checking what the rest of the system finds out."""

from __future__ import annotations

from finegrain.simulate.demo import DemoProgress, DemoSummary, build_demo
from finegrain.simulate.errors import DemoInTheWayError, OtherDemoError
from finegrain.simulate.plan import ShopPlan
from finegrain.simulate.shop import Shop, simulate_shop

__all__ = [
    "DemoInTheWayError",
    "DemoProgress",
    "DemoSummary",
    "OtherDemoError",
    "Shop",
    "ShopPlan",
    "build_demo",
    "simulate_shop",
]
