"""What happens inside each visit: the steps from the first page to the order, in their order and with their times."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from finegrain.simulate.catalogue import QUERIES_PER_CATEGORY
from finegrain.simulate.orders import MAX_QUANTITY, NO_COUPON
from finegrain.simulate.ragged import running_sums, starts_of, sum_by
from finegrain.simulate.visits import SECONDS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from finegrain.simulate.laws import ShopLaws
    from finegrain.simulate.orders import Orders
    from finegrain.simulate.visits import Visits
    from finegrain.simulate.world import World

NONE = -1
PAGES = ("首页", "购物车", "评价")
HOME, CART, REVIEWS = 0, 1, 2
SHARE_VIAS = ("微信好友", "朋友圈", "小红书")
_MAX_VIEWS = 12
_REVIEW_AFTER_DAYS, _REVIEW_WITHIN_DAYS = 3, 30
_PAUSE_BETWEEN_VISITS_MS = 31 * 60_000


class Kind(IntEnum):
    """The kinds of step; the value is the place of the name in ``EVENT_NAMES``."""

    SIGNED_UP = 0
    PAGE_VIEWED = 1
    PRODUCTS_SEARCHED = 2
    PRODUCT_VIEWED = 3
    PRODUCT_ADDED = 4
    PRODUCT_SHARED = 5
    CHECKOUT_STARTED = 6
    COUPON_ENTERED = 7
    COUPON_APPLIED = 8
    PAYMENT_INFO_ENTERED = 9
    PRODUCT_REVIEWED = 10
    ORDER_COMPLETED = 11


EVENT_NAMES = (
    "Signed Up",
    "Page Viewed",
    "Products Searched",
    "Product Viewed",
    "Product Added",
    "Product Shared",
    "Checkout Started",
    "Coupon Entered",
    "Coupon Applied",
    "Payment Info Entered",
    "Product Reviewed",
    "Order Completed",
)


@dataclass(frozen=True)
class Steps:
    """Steps of visits, one entry a step.

    Attributes:
        visit: place in ``Visits``.
        rank: where the step stands among those of its visit; ascending.
        kind: a ``Kind``.
        item: place in the catalogue, or ``NONE``.
        quantity: pieces put into the cart, 0 where that says nothing.
        detail: page, query, coupon, way of sharing or stars, by the kind of step; or ``NONE``.
        value_minor: value of the cart at checkout and payment, 0 elsewhere.
    """

    visit: NDArray[np.int64]
    rank: NDArray[np.float64]
    kind: NDArray[np.int8]
    item: NDArray[np.int64]
    quantity: NDArray[np.int64]
    detail: NDArray[np.int64]
    value_minor: NDArray[np.int64]

    @property
    def size(self) -> int:
        """How many steps there are."""
        return len(self.visit)

    def take(self, places: NDArray[np.int64]) -> Steps:
        """Give the steps at ``places``, in that order."""
        return Steps(**{field.name: getattr(self, field.name)[places] for field in fields(self)})


@dataclass(frozen=True)
class TimedSteps:
    """Steps in order of visit and rank, with their times in two parts.

    Attributes:
        steps: the steps.
        start_ms: ``(n_visits,) int64`` when each visit begins, civil milliseconds since the start of the history.
        offset_ms: ``(n_steps,) int64`` how long after the beginning of its visit each step happens.
    """

    steps: Steps
    start_ms: NDArray[np.int64]
    offset_ms: NDArray[np.int64]


def draw_steps(world: World, visits: Visits, orders: Orders, rng: np.random.Generator) -> Steps:
    """Draw what happens inside all visits.

    Every order is preceded, in its own visit, by a view of each of its items, each item put into the cart, a checkout and a
    payment; carts that are abandoned stop at one of these, and where the check-out is broken all is there but the order.
    """
    laws = world.laws
    views = _draw_views(world, visits, rng)
    carts = _draw_abandoned_carts(views, visits, laws, rng)
    for_broken = rng.spawn(1)[0]
    parts = [
        _entries(visits, laws, rng),
        views,
        _draw_shares(views, laws, rng),
        carts,
        *_abandoned_checkouts(world, carts, visits.size, rng),
        *_purchases(orders, rng),
        *_broken_checkouts(world, visits, for_broken),
        _draw_reviews(visits, orders, laws, rng),
    ]
    steps = _joined(parts)
    return steps.take(np.lexsort((steps.rank, steps.visit)))


def time_steps(steps: Steps, visits: Visits, rng: np.random.Generator) -> TimedSteps:
    """Give each step its time: some seconds after the one before it.

    A visit that would begin before the person's earlier visit is over by 31 minutes waits until then, so that visits stay apart
    as sessions.
    """
    pause = 2_000 + np.minimum(rng.exponential(24_000, steps.size), 400_000).astype(np.int64)
    pause[starts_of(steps.visit)] = 0
    offset = running_sums(pause, steps.visit)
    lasts = np.zeros(visits.size, dtype=np.int64)
    np.maximum.at(lasts, steps.visit, offset)
    return TimedSteps(steps, _start_ms(visits, lasts), offset)


def _start_ms(visits: Visits, lasts_ms: NDArray[np.int64]) -> NDArray[np.int64]:
    wanted = (visits.day * SECONDS_PER_DAY + visits.second) * 1_000
    needed = lasts_ms + _PAUSE_BETWEEN_VISITS_MS
    before = running_sums(needed, visits.person) - needed
    # start[k] = max over j ≤ k of wanted[j] + needed[j … k−1]; the term per person keeps people from waiting for each other.
    apart = visits.person * (int(wanted.max(initial=0)) + int(needed.sum()) + 1)
    return np.maximum.accumulate(wanted - before + apart) - apart + before


def _steps(
    visit: NDArray[np.int64],
    rank: NDArray[np.float64] | float,
    kind: Kind,
    *,
    item: NDArray[np.int64] | int = NONE,
    quantity: NDArray[np.int64] | int = 0,
    detail: NDArray[np.int64] | int = NONE,
    value_minor: NDArray[np.int64] | int = 0,
) -> Steps:
    def whole(values: NDArray[np.int64] | int) -> NDArray[np.int64]:
        return np.broadcast_to(np.asarray(values, dtype=np.int64), visit.shape)

    ranks = np.broadcast_to(np.asarray(rank, dtype=np.float64), visit.shape)
    kinds = np.full(visit.shape, kind, dtype=np.int8)
    return Steps(visit, ranks, kinds, whole(item), whole(quantity), whole(detail), whole(value_minor))


def _joined(parts: Sequence[Steps]) -> Steps:
    return Steps(**{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Steps)})


def _entries(visits: Visits, laws: ShopLaws, rng: np.random.Generator) -> Steps:
    everything = np.arange(visits.size)
    searches = np.flatnonzero(rng.random(visits.size) < laws.search_share)
    query = visits.category[searches] * QUERIES_PER_CATEGORY + rng.integers(0, QUERIES_PER_CATEGORY, len(searches))
    return _joined(
        [
            _steps(np.flatnonzero(visits.is_signup), 1.0, Kind.SIGNED_UP),
            _steps(everything, 2.0, Kind.PAGE_VIEWED, detail=HOME),
            _steps(searches, 4.0, Kind.PRODUCTS_SEARCHED, detail=query),
        ]
    )


def _draw_views(world: World, visits: Visits, rng: np.random.Generator) -> Steps:
    count = np.minimum(rng.geometric(1 / (1 + world.laws.view_mean), visits.size) - 1, _MAX_VIEWS)
    visit = np.repeat(np.arange(visits.size), count)
    quantile = rng.random(len(visit)) ** world.population.spend_quantile_power[visits.person[visit]]
    item = world.catalogue.pick(visits.category[visit], quantile)
    return _steps(visit, 10 + 80 * rng.random(len(visit)), Kind.PRODUCT_VIEWED, item=item)


def _draw_shares(views: Steps, laws: ShopLaws, rng: np.random.Generator) -> Steps:
    shared = np.flatnonzero(rng.random(views.size) < laws.share_share)
    via = rng.integers(0, len(SHARE_VIAS), len(shared))
    return _steps(views.visit[shared], views.rank[shared] + 2e-6, Kind.PRODUCT_SHARED, item=views.item[shared], detail=via)


def _draw_abandoned_carts(views: Steps, visits: Visits, laws: ShopLaws, rng: np.random.Generator) -> Steps:
    wanted = (rng.random(views.size) < laws.add_share) & ~(visits.is_purchase | visits.is_broken)[views.visit]
    added = np.flatnonzero(wanted)
    quantity = np.minimum(rng.geometric(1 - laws.quantity_more, len(added)), 5)
    return _steps(views.visit[added], views.rank[added] + 1e-6, Kind.PRODUCT_ADDED, item=views.item[added], quantity=quantity)


def _abandoned_checkouts(world: World, carts: Steps, visits: int, rng: np.random.Generator) -> tuple[Steps, Steps, Steps]:
    laws, price = world.laws, world.catalogue.price_minor
    value = sum_by(carts.visit, carts.quantity * price[carts.item], visits)
    carted = np.flatnonzero(value)
    luck = rng.random(len(carted))
    checkout = carted[luck < laws.checkout_share]
    paying = carted[luck < laws.checkout_share * laws.payment_share]
    return (
        _steps(carted, 100.0, Kind.PAGE_VIEWED, detail=CART),
        _steps(checkout, 101.0, Kind.CHECKOUT_STARTED, value_minor=value[checkout]),
        _steps(paying, 104.0, Kind.PAYMENT_INFO_ENTERED, value_minor=value[paying]),
    )


def _purchases(orders: Orders, rng: np.random.Generator) -> tuple[Steps, ...]:
    line_visit = orders.visit[orders.line_order]
    rank = 10 + 80 * rng.random(len(line_visit))
    coupons = np.flatnonzero(orders.coupon != NO_COUPON)
    coupon_visit, coupon = orders.visit[coupons], orders.coupon[coupons]
    gross, total = orders.gross_minor, orders.total_minor
    return (
        _steps(line_visit, rank, Kind.PRODUCT_VIEWED, item=orders.line_item),
        _steps(line_visit, rank + 1e-6, Kind.PRODUCT_ADDED, item=orders.line_item, quantity=orders.line_quantity),
        _steps(orders.visit, 100.0, Kind.PAGE_VIEWED, detail=CART),
        _steps(orders.visit, 101.0, Kind.CHECKOUT_STARTED, value_minor=gross),
        _steps(coupon_visit, 102.0, Kind.COUPON_ENTERED, detail=coupon),
        _steps(coupon_visit, 103.0, Kind.COUPON_APPLIED, detail=coupon, value_minor=orders.discount_minor[coupons]),
        _steps(orders.visit, 104.0, Kind.PAYMENT_INFO_ENTERED, value_minor=total),
        _steps(orders.visit, 105.0, Kind.ORDER_COMPLETED, value_minor=total),
    )


def _broken_checkouts(world: World, visits: Visits, rng: np.random.Generator) -> tuple[Steps, ...]:
    """Let a visit to buy one item end with the payment."""
    visit = np.flatnonzero(visits.is_broken)
    quantile = rng.random(len(visit)) ** world.population.spend_quantile_power[visits.person[visit]]
    item = world.catalogue.pick(visits.category[visit], quantile)
    quantity = np.minimum(rng.geometric(1 - world.laws.quantity_more, len(visit)), MAX_QUANTITY)
    rank, value = 10 + 80 * rng.random(len(visit)), quantity * world.catalogue.price_minor[item]
    return (
        _steps(visit, rank, Kind.PRODUCT_VIEWED, item=item),
        _steps(visit, rank + 1e-6, Kind.PRODUCT_ADDED, item=item, quantity=quantity),
        _steps(visit, 100.0, Kind.PAGE_VIEWED, detail=CART),
        _steps(visit, 101.0, Kind.CHECKOUT_STARTED, value_minor=value),
        _steps(visit, 104.0, Kind.PAYMENT_INFO_ENTERED, value_minor=value),
    )


def _draw_reviews(visits: Visits, orders: Orders, laws: ShopLaws, rng: np.random.Generator) -> Steps:
    """Let the first visit of the weeks after an order begin with a review of an item of it, sometimes."""
    lines = np.flatnonzero(starts_of(orders.line_order) & (rng.random(len(orders.line_order)) < laws.review_share))
    ordered = orders.visit[orders.line_order[lines]]
    stride = int(visits.day.max(initial=0)) + _REVIEW_WITHIN_DAYS + 1
    day = visits.person * stride + visits.day
    later = np.searchsorted(day, day[ordered] + _REVIEW_AFTER_DAYS)
    found = (later < visits.size) & (day[np.minimum(later, visits.size - 1)] <= day[ordered] + _REVIEW_WITHIN_DAYS)
    # The stride keeps a neighbour's days out of reach only while the day stays inside the history.
    found &= visits.person[np.minimum(later, visits.size - 1)] == visits.person[ordered]
    stars = rng.choice(np.arange(1, 6), size=len(lines), p=[0.03, 0.04, 0.09, 0.24, 0.6])
    lines, later, stars = lines[found], later[found], stars[found]
    return _joined(
        [
            _steps(later, 2.5, Kind.PAGE_VIEWED, detail=REVIEWS),
            _steps(later, 3.0, Kind.PRODUCT_REVIEWED, item=orders.line_item[lines], detail=stars),
        ]
    )
