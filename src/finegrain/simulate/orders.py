"""What is bought: the lines of each order, its discount, and what is given back later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from finegrain.simulate.ragged import places_within, split_exactly, starts_of, sum_by
from finegrain.simulate.seasons import draw_seconds
from finegrain.simulate.visits import draw_categories

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.simulate.laws import ShopLaws
    from finegrain.simulate.visits import Visits
    from finegrain.simulate.world import World

MAX_LINES = 6
MAX_QUANTITY = 5
NO_COUPON = -1
_OTHER_CATEGORY = 0.35
_MEMBER_COUPON_SHARE = 0.5


@dataclass(frozen=True)
class Coupon:
    """A coupon: from ``from_major`` on, ``off_major`` off, once or for every full ``from_major`` (major units)."""

    code: str
    from_major: int
    off_major: int
    repeats: bool = False


NEWCOMER, MEMBER, PROMOTION = 0, 1, 2
COUPONS = (Coupon("新人礼20", 99, 20), Coupon("会员券15", 129, 15), Coupon("大促满减", 200, 30, repeats=True))


@dataclass(frozen=True)
class Orders:
    """The orders that purchase visits lead to, in the order of the visits.

    Per order: ``visit`` its visit, ``coupon`` place in ``COUPONS`` or ``NO_COUPON``, ``discount_minor`` in all.
    Per line, ordered by order: ``line_order``, ``line_item``, ``line_quantity``, ``line_gross_minor`` (quantity ×
    price), ``line_discount_minor``; the lines' discounts add up to the order's, and none exceeds its line.
    """

    visit: NDArray[np.int64]
    coupon: NDArray[np.int64]
    discount_minor: NDArray[np.int64]
    line_order: NDArray[np.int64]
    line_item: NDArray[np.int64]
    line_quantity: NDArray[np.int64]
    line_gross_minor: NDArray[np.int64]
    line_discount_minor: NDArray[np.int64]

    @property
    def size(self) -> int:
        """How many orders there are."""
        return len(self.visit)

    @property
    def line_paid_minor(self) -> NDArray[np.int64]:
        """``(n_lines,) int64``: what was paid for each line, in minor units."""
        return self.line_gross_minor - self.line_discount_minor

    @property
    def gross_minor(self) -> NDArray[np.int64]:
        """``(n_orders,) int64``: Σ quantity × price, in minor units."""
        return sum_by(self.line_order, self.line_gross_minor, self.size)

    @property
    def total_minor(self) -> NDArray[np.int64]:
        """``(n_orders,) int64``: what was paid, Σ quantity × price − discount, in minor units."""
        return self.gross_minor - self.discount_minor


@dataclass(frozen=True)
class Refunds:
    """Refunds of whole lines: ``line`` is the place of a line in ``Orders``, ``delay_days`` and ``second`` say when."""

    line: NDArray[np.int64]
    delay_days: NDArray[np.int64]
    second: NDArray[np.int64]


def draw_orders(world: World, visits: Visits, rng: np.random.Generator) -> Orders:
    """Fill the baskets of all purchase visits and take the discounts off."""
    population, catalogue, units = world.population, world.catalogue, world.plan.minor_units
    visit = np.flatnonzero(visits.is_purchase)
    person = visits.person[visit]
    line_order = np.repeat(np.arange(len(visit)), 1 + np.minimum(rng.poisson(population.basket_more[person]), MAX_LINES - 1))
    item = _draw_items(world, visits, visit, line_order, rng)
    line_order, item = _distinct(line_order, item)
    quantity = np.minimum(rng.geometric(1 - world.laws.quantity_more, len(item)), MAX_QUANTITY)
    line_gross = quantity * catalogue.price_minor[item]
    gross = sum_by(line_order, line_gross, len(visit))
    coupon = _draw_coupons(world, visits, visit, gross, rng)
    discount = _discounts(coupon, gross, units)
    line_discount = split_exactly(discount, line_gross, line_order)
    return Orders(visit, coupon, discount, line_order, item, quantity, line_gross, line_discount)


def draw_refunds(orders: Orders, laws: ShopLaws, rng: np.random.Generator) -> Refunds:
    """Draw which lines are given back, 1 to 15 days after the order: all of an order's lines, or its first."""
    refunded = rng.random(orders.size) < laws.refund_share
    whole = rng.random(orders.size) < laws.full_refund_share
    delay = 1 + np.minimum(rng.geometric(0.25, orders.size), 14)
    first_line = places_within(orders.line_order) == 0
    lines = np.flatnonzero(refunded[orders.line_order] & (whole[orders.line_order] | first_line))
    order = orders.line_order[lines]
    return Refunds(line=lines, delay_days=delay[order], second=draw_seconds(orders.size, rng)[order])


def _draw_items(
    world: World, visits: Visits, visit: NDArray[np.int64], line_order: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    population = world.population
    line_visit = visit[line_order]
    person = visits.person[line_visit]
    elsewhere = (places_within(line_order) > 0) & (rng.random(len(line_order)) < _OTHER_CATEGORY)
    category = np.where(elsewhere, draw_categories(population.taste, person, rng), visits.category[line_visit])
    quantile = rng.random(len(line_order)) ** population.spend_quantile_power[person]
    return world.catalogue.pick(category, quantile)


def _distinct(line_order: NDArray[np.int64], item: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keep each item of an order once: a line that would repeat another falls away."""
    keys = np.unique(line_order * 100_000 + item)
    return keys // 100_000, keys % 100_000


def _draw_coupons(
    world: World, visits: Visits, visit: NDArray[np.int64], gross: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Give each order the best coupon that its basket, its day and its person's eye for prices allow."""
    person = visits.person[visit]
    eager = rng.random(len(visit)) < 0.15 + 0.7 * world.population.price_sensitivity[person]
    coupon = np.full(len(visit), NO_COUPON)
    may_use = {
        MEMBER: eager & (rng.random(len(visit)) < _MEMBER_COUPON_SHARE),
        NEWCOMER: eager & starts_of(person),
        PROMOTION: world.season.promotion[visits.day[visit]] > 0,
    }
    for code, may in may_use.items():
        coupon[may & (gross >= COUPONS[code].from_major * world.plan.minor_units)] = code
    return coupon


def _discounts(coupon: NDArray[np.int64], gross: NDArray[np.int64], minor_units: int) -> NDArray[np.int64]:
    threshold = np.array([coupon.from_major for coupon in COUPONS] + [1]) * minor_units
    off = np.array([coupon.off_major for coupon in COUPONS] + [0]) * minor_units
    repeats = np.array([coupon.repeats for coupon in COUPONS] + [False])
    times = np.where(repeats[coupon], gross // threshold[coupon], 1)
    return off[coupon] * times
