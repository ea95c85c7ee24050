"""The shop as an export shows it: tables of people, of order lines with refunds, and of items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from finegrain.simulate.catalogue import CATEGORIES, CATEGORIES_EN
from finegrain.simulate.instants import civil_text
from finegrain.simulate.laws import CHANNELS, PLATFORMS, SOURCES
from finegrain.simulate.orders import COUPONS
from finegrain.simulate.portraits import CITIES, GENDERS, LEVELS, member_levels, user_ids
from finegrain.simulate.ragged import sum_by
from finegrain.zones import Zone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from finegrain.simulate.instants import Instants
    from finegrain.simulate.portraits import Portraits
    from finegrain.simulate.shop import Shop

DONE, REFUNDED = "已完成", "已退款"


@dataclass(frozen=True)
class OrderRows:
    """The rows of the order file: the lines of placed orders, and lines given back with ``sign`` −1; by time.

    Attributes:
        order, line: places in ``Orders``.
        sign: 1 for bought, −1 for given back.
        time_us: when, microseconds since 1970 UTC.
    """

    order: NDArray[np.int64]
    line: NDArray[np.int64]
    sign: NDArray[np.int64]
    time_us: NDArray[np.int64]


def order_rows(shop: Shop, instants: Instants) -> OrderRows:
    """Lay out what was bought and given back inside the history."""
    bought = np.flatnonzero(instants.placed[shop.orders.line_order])
    returned = np.flatnonzero(instants.refunds < instants.end_us)
    line = np.concatenate([bought, shop.refunds.line[returned]])
    order = shop.orders.line_order[line]
    time_us = np.concatenate([instants.orders[order[: len(bought)]], instants.refunds[returned]])
    sign = np.repeat([1, -1], [len(bought), len(returned)])
    by_time = np.lexsort((line, time_us))
    return OrderRows(order[by_time], line[by_time], sign[by_time], time_us[by_time])


def orders_table(shop: Shop, instants: Instants) -> pa.Table:
    """Give one row a line item, under the headers of a Chinese shop's export; lines given back are negative rows of the order.

    优惠总额 is the whole order's discount, repeated on its lines; 实付金额 is what was paid for the line, after its share.
    So for an order Σ 实付金额 = Σ 数量 × 单价 − 优惠总额. ``platform``, ``source`` and ``session_id`` are named as in the events.
    """
    rows, orders = order_rows(shop, instants), shop.orders
    visit = orders.visit[rows.order]
    item, quantity = orders.line_item[rows.line], rows.sign * orders.line_quantity[rows.line]
    paid = rows.sign * orders.line_paid_minor[rows.line]
    units = shop.world.plan.minor_units
    return pa.table(
        {
            "订单号": pa.array(order_ids(shop, instants)).take(pa.array(rows.order)),
            "用户ID": chosen(user_ids(shop.world.plan.people), shop.visits.person[visit]),
            "下单时间": civil_text(rows.time_us, Zone(shop.world.plan.zone)),
            "商品ID": chosen([item.item_id for item in shop.world.catalogue.items], item),
            "商品": chosen([item.name for item in shop.world.catalogue.items], item),
            "类目": chosen(CATEGORIES, shop.world.catalogue.category[item]),
            "数量": quantity,
            "单价": money_text(shop.world.catalogue.price_minor[item], units),
            "优惠总额": money_text(orders.discount_minor[rows.order], units),
            "实付金额": money_text(paid, units),
            "优惠券": chosen([coupon.code for coupon in COUPONS], orders.coupon[rows.order]),
            "状态": chosen((REFUNDED, DONE), (rows.sign > 0).astype(np.int64)),
            "platform": chosen([platform.name for platform in PLATFORMS], shop.visits.platform[visit]),
            "source": chosen([source.name for source in SOURCES], shop.visits.source[visit]),
            "session_id": session_ids(visit),
        }
    )


def people_table(shop: Shop, portraits: Portraits, instants: Instants) -> pa.Table:
    """Give one row a person: id, sign-up and traits."""
    levels = member_levels(spent_minor(shop, instants), shop.world.plan.minor_units)
    return pa.table(
        {
            "user_id": portraits.user_id,
            "signed_up_at": civil_text(instants.signups, Zone(shop.world.plan.zone)),
            "name": portraits.name,
            "gender": chosen(GENDERS, portraits.gender),
            "birthday": [day.isoformat() for day in portraits.birthday],
            "city": chosen([name for name, _ in CITIES], portraits.city),
            "phone": portraits.phone,
            "email": portraits.email,
            "member_level": chosen(LEVELS, levels),
            "signup_channel": chosen([channel.name for channel in CHANNELS], shop.world.population.channel),
        }
    )


def items_table(shop: Shop) -> pa.Table:
    """Give one row an item, named in both languages."""
    items, category = shop.world.catalogue.items, shop.world.catalogue.category
    return pa.table(
        {
            "product_id": [item.item_id for item in items],
            "name": [item.name for item in items],
            "name_en": [item.name_en for item in items],
            "category": chosen(CATEGORIES, category),
            "category_en": chosen(CATEGORIES_EN, category),
            "price": money_text(shop.world.catalogue.price_minor, shop.world.plan.minor_units),
        }
    )


def spent_minor(shop: Shop, instants: Instants) -> NDArray[np.int64]:
    """Give what each person paid less what was given back, inside the history: ``(n_people,) int64`` minor units."""
    rows, orders = order_rows(shop, instants), shop.orders
    net = rows.sign * orders.line_paid_minor[rows.line]
    return sum_by(shop.visits.person[orders.visit[rows.order]], net, shop.world.plan.people)


def order_ids(shop: Shop, instants: Instants) -> list[str]:
    """Give every order its number: ``DD``, the civil day, and a serial number by time."""
    serial = np.empty(shop.orders.size, dtype=np.int64)
    serial[np.argsort(instants.orders, kind="stable")] = np.arange(1, shop.orders.size + 1)
    times = civil_text(instants.orders, Zone(shop.world.plan.zone))
    return [f"DD{time[:10].replace('-', '')}{number:06d}" for time, number in zip(times, serial.tolist(), strict=True)]


def session_ids(visit: NDArray[np.int64]) -> pa.Array:
    """Name each visit: ``S00000001`` and on."""
    import pyarrow.compute as pc

    numbers = pc.utf8_lpad(pc.cast(pa.array(visit + 1), pa.string()), 8, "0")
    return pc.binary_join_element_wise(pa.scalar("S"), numbers, "")


def chosen(names: Sequence[str], places: NDArray[np.int64]) -> pa.Array:
    """Give the name at each place; null at a negative one."""
    return pa.array(names, pa.string()).take(pa.array(places, pa.int64(), mask=places < 0))


def money_text(amounts_minor: NDArray[np.int64], minor_units: int) -> pa.Array:
    """Write amounts in major units with all their decimals: ``-129.00``."""
    digits = len(str(minor_units)) - 1
    distinct, place = np.unique(amounts_minor, return_inverse=True)
    texts = [f"{'-' * (amount < 0)}{_major(abs(amount), minor_units, digits)}" for amount in distinct.tolist()]
    return chosen(texts, place)


def _major(amount: int, minor_units: int, digits: int) -> str:
    whole, part = divmod(amount, minor_units)
    return f"{whole}.{part:0{digits}d}" if digits else str(whole)
