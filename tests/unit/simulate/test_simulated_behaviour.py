"""What happens in the shop is plausible, and hangs together."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pytest

from finegrain.simulate.orders import COUPONS, NO_COUPON
from finegrain.simulate.ragged import sum_by
from finegrain.simulate.seasons import HOUR_WEIGHTS
from finegrain.simulate.steps import Kind

if TYPE_CHECKING:
    from finegrain.simulate.instants import Instants
    from finegrain.simulate.shop import Shop

MINUTE_US = 60_000_000


def _visits_with(shop: Shop, kind: Kind) -> set[int]:
    steps = shop.timed.steps
    return set(steps.visit[steps.kind == kind].tolist())


def _revenue_by_buyer(shop: Shop) -> np.ndarray:
    buyer = shop.visits.person[shop.orders.visit]
    revenue = sum_by(buyer, shop.orders.total_minor, shop.world.plan.people)
    return np.sort(revenue[np.bincount(buyer, minlength=len(revenue)) > 0])[::-1]


def test_volume_is_that_of_the_demo(shop: Shop) -> None:
    assert 1_000_000 <= shop.timed.steps.size <= 1_500_000
    assert 35_000 <= shop.orders.size <= 48_000


def test_average_order_value_and_share_of_repeat_buyers_are_plausible(shop: Shop) -> None:
    counts = np.bincount(shop.visits.person[shop.orders.visit])
    assert 12_000 <= shop.orders.total_minor.mean() <= 20_000
    assert 0.5 <= (counts[counts > 0] > 1).mean() <= 0.8


def test_top_fifth_of_buyers_brings_more_than_half_of_revenue(shop: Shop) -> None:
    revenue = _revenue_by_buyer(shop)
    assert 0.55 <= revenue[: len(revenue) // 5].sum() / revenue.sum() <= 0.75


def test_visits_convert_less_with_every_step(shop: Shop) -> None:
    kinds = (Kind.PRODUCT_VIEWED, Kind.PRODUCT_ADDED, Kind.CHECKOUT_STARTED, Kind.ORDER_COMPLETED)
    shares = [len(_visits_with(shop, kind)) / shop.visits.size for kind in kinds]
    assert shares == sorted(shares, reverse=True)
    assert 0.6 < shares[0] < 0.8
    assert 0.2 < shares[1] < 0.4
    assert 0.08 < shares[3] < 0.2
    assert 0.6 < shares[3] / shares[2] < 0.9


def test_visits_follow_the_hours_of_the_day(shop: Shop) -> None:
    hours = np.bincount(shop.visits.second // 3_600, minlength=24) / shop.visits.size
    assert np.corrcoef(hours, HOUR_WEIGHTS)[0, 1] > 0.99


def test_promotions_bring_orders(shop: Shop) -> None:
    per_day = np.bincount(shop.visits.day[shop.orders.visit], minlength=shop.world.season.days)
    peak = int(shop.world.season.promotion.argmax())
    assert per_day[peak] > 2 * np.median(per_day[peak - 60 : peak - 20])


def test_price_sensitive_people_use_coupons_and_take_cheaper_items(shop: Shop) -> None:
    orders = shop.orders
    sensitivity = shop.world.population.price_sensitivity[shop.visits.person[orders.visit]]
    eager, easy = sensitivity > 0.7, sensitivity < 0.3
    assert (orders.coupon[eager] != NO_COUPON).mean() > 1.2 * (orders.coupon[easy] != NO_COUPON).mean()
    price = shop.world.catalogue.price_minor[orders.line_item]
    assert price[eager[orders.line_order]].mean() < 0.8 * price[easy[orders.line_order]].mean()


def test_an_order_amounts_to_its_lines_less_the_discount(shop: Shop) -> None:
    orders = shop.orders
    price = shop.world.catalogue.price_minor[orders.line_item]
    assert (orders.line_gross_minor == orders.line_quantity * price).all()
    assert (sum_by(orders.line_order, orders.line_discount_minor, orders.size) == orders.discount_minor).all()
    assert (orders.line_paid_minor > 0).all()
    assert (orders.total_minor == orders.gross_minor - orders.discount_minor).all()


@pytest.mark.parametrize("code", range(len(COUPONS)))
def test_coupons_take_off_what_they_promise_from_baskets_that_are_large_enough(shop: Shop, code: int) -> None:
    coupon, used = COUPONS[code], shop.orders.coupon == code
    gross, discount = shop.orders.gross_minor[used], shop.orders.discount_minor[used]
    times = gross // (coupon.from_major * 100) if coupon.repeats else 1
    assert used.any()
    assert (gross >= coupon.from_major * 100).all()
    assert (discount == coupon.off_major * 100 * times).all()


def test_an_item_stands_once_in_an_order(shop: Shop) -> None:
    lines = list(zip(shop.orders.line_order.tolist(), shop.orders.line_item.tolist(), strict=True))
    assert len(set(lines)) == len(lines)


def test_every_order_is_preceded_by_its_own_views_cart_checkout_and_payment(shop: Shop, instants: Instants) -> None:
    steps, orders = shop.timed.steps, shop.orders
    ways = [Kind.PRODUCT_VIEWED, Kind.PRODUCT_ADDED, Kind.CHECKOUT_STARTED, Kind.PAYMENT_INFO_ENTERED]
    on_the_way = np.isin(steps.kind, ways)
    taken = [each[on_the_way].tolist() for each in (steps.visit, steps.kind, steps.item, instants.steps)]
    first: dict[tuple[int, int, int], int] = {}
    for visit, kind, item, time in zip(*taken, strict=True):
        first.setdefault((visit, kind, item), time)
    for order, item in zip(orders.line_order.tolist(), orders.line_item.tolist(), strict=True):
        visit = int(orders.visit[order])
        keys = [
            (Kind.PRODUCT_VIEWED, item),
            (Kind.PRODUCT_ADDED, item),
            (Kind.CHECKOUT_STARTED, -1),
            (Kind.PAYMENT_INFO_ENTERED, -1),
        ]
        times = [first[visit, kind, of] for kind, of in keys]
        assert times == sorted(times)
        assert times[-1] < instants.orders[order]


def test_visits_of_a_person_stay_apart_as_sessions(shop: Shop, instants: Instants) -> None:
    steps = shop.timed.steps
    person = shop.visits.person[steps.visit]
    gaps, same = np.diff(instants.steps), np.diff(person) == 0
    within = np.diff(steps.visit) == 0
    assert (gaps[within] >= 0).all()
    assert gaps[within].max() < 30 * MINUTE_US
    assert gaps[same & ~within].min() >= 30 * MINUTE_US


def test_refunds_come_after_their_orders_and_at_most_once_a_line(shop: Shop, instants: Instants) -> None:
    order = shop.orders.line_order[shop.refunds.line]
    assert (instants.refunds > instants.orders[order]).all()
    assert len(set(shop.refunds.line.tolist())) == len(shop.refunds.line)
    assert len(set(order.tolist())) / shop.orders.size == pytest.approx(shop.world.laws.refund_share, abs=0.006)


def test_reviews_are_of_items_that_the_person_bought_before(shop: Shop, instants: Instants) -> None:
    bought: dict[tuple[int, int], list[int]] = defaultdict(list)
    person_of_order = shop.visits.person[shop.orders.visit]
    for order, item in zip(shop.orders.line_order.tolist(), shop.orders.line_item.tolist(), strict=True):
        bought[int(person_of_order[order]), item].append(int(instants.orders[order]))
    steps = shop.timed.steps
    reviews = np.flatnonzero(steps.kind == Kind.PRODUCT_REVIEWED)
    assert len(reviews) > 1_000
    for place in reviews.tolist():
        person = int(shop.visits.person[steps.visit[place]])
        assert min(bought[person, int(steps.item[place])]) < instants.steps[place]
