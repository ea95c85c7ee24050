"""One shop of the usual size for all tests that look at its laws."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from finegrain.simulate.instants import Instants, find_instants
from finegrain.simulate.plan import ShopPlan
from finegrain.simulate.shop import Shop, simulate_shop


@pytest.fixture(scope="session")
def shop() -> Shop:
    return simulate_shop(ShopPlan(until=date(2024, 12, 31)), np.random.default_rng(5))


@pytest.fixture(scope="session")
def instants(shop: Shop) -> Instants:
    return find_instants(shop)
