"""What is given before anybody comes: the plan, the laws, the season, the items and the people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from finegrain.simulate.catalogue import Catalogue
    from finegrain.simulate.laws import ShopLaws
    from finegrain.simulate.plan import ShopPlan
    from finegrain.simulate.population import Population
    from finegrain.simulate.seasons import Season


@dataclass(frozen=True)
class World:
    """Everything that visits, orders and steps are drawn from."""

    plan: ShopPlan
    laws: ShopLaws
    season: Season
    catalogue: Catalogue
    population: Population
