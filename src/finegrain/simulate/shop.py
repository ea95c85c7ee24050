"""The simulated shop as a whole: draws people, visits, orders and steps one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finegrain.simulate.catalogue import build_catalogue
from finegrain.simulate.laws import ShopLaws
from finegrain.simulate.messages import draw_messages
from finegrain.simulate.orders import draw_orders, draw_refunds
from finegrain.simulate.population import draw_population
from finegrain.simulate.seasons import build_season
from finegrain.simulate.steps import draw_steps, time_steps
from finegrain.simulate.visits import draw_visits
from finegrain.simulate.world import World

if TYPE_CHECKING:
    import numpy as np

    from finegrain.simulate.messages import Messages
    from finegrain.simulate.orders import Orders, Refunds
    from finegrain.simulate.plan import ShopPlan
    from finegrain.simulate.steps import TimedSteps
    from finegrain.simulate.visits import Visits


@dataclass(frozen=True)
class Shop:
    """A simulated shop: everything that was drawn, as arrays; ``files`` and ``truth`` give it a form outside."""

    world: World
    visits: Visits
    orders: Orders
    refunds: Refunds
    timed: TimedSteps
    messages: Messages


def simulate_shop(plan: ShopPlan, rng: np.random.Generator, laws: ShopLaws | None = None) -> Shop:
    """Simulate a shop.

    Args:
        plan: how many people, which days, which currency, and whether causes are planted.
        rng: draws everything; each part has a stream of its own, so that a change in one part leaves the others as they were.
        laws: the parameters of the shop; the usual ones by default.
    """
    laws = laws or ShopLaws()
    laws = laws if plan.causes else laws.without_causes()
    for_items, for_people, for_visits, for_orders, for_refunds, for_steps, for_times, for_messages = rng.spawn(8)
    season = build_season(plan.first_day, plan.days)
    world = World(
        plan=plan,
        laws=laws,
        season=season,
        catalogue=build_catalogue(plan.minor_units, for_items),
        population=draw_population(plan.people, season, laws, for_people),
    )
    visits = draw_visits(world, for_visits)
    orders = draw_orders(world, visits, for_orders)
    refunds = draw_refunds(orders, laws, for_refunds)
    steps = draw_steps(world, visits, orders, for_steps)
    return Shop(world, visits, orders, refunds, time_steps(steps, visits, for_times), draw_messages(world, for_messages))
