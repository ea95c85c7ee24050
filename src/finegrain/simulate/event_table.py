"""The shop's behaviour as an event log: one row an event, one column a property."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finegrain.simulate.catalogue import CATEGORIES, QUERIES
from finegrain.simulate.laws import CHANNELS, MESSAGE_CHANNELS, PLATFORMS, SOURCES
from finegrain.simulate.messages import DELIVERED
from finegrain.simulate.orders import COUPONS
from finegrain.simulate.portraits import user_ids
from finegrain.simulate.steps import EVENT_NAMES, NONE, PAGES, SHARE_VIAS, Kind
from finegrain.simulate.tables import chosen, session_ids

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.simulate.instants import Instants
    from finegrain.simulate.shop import Shop
    from finegrain.simulate.steps import Steps


def events_table(shop: Shop, instants: Instants) -> pa.Table:
    """Give one row an event, by time; a property that an event does not have is null. Orders stand in the order file alone."""
    told = (shop.timed.steps.kind != Kind.ORDER_COMPLETED) & (instants.steps < instants.end_us)
    places = np.flatnonzero(told)
    steps, times_us = shop.timed.steps.take(places), instants.steps[places]
    done = pa.table(_who_and_when(shop, steps, times_us) | _items(shop, steps) | _details(shop, steps))
    both = pa.concat_tables([done, _messages(shop, instants)], promote_options="default")
    by_time = np.argsort(np.concatenate([times_us, instants.messages]), kind="stable")
    ids = _message_ids(both.num_rows, shop.world.plan.seed)
    return both.take(pa.array(by_time)).add_column(0, "message_id", ids)


def _messages(shop: Shop, instants: Instants) -> pa.Table:
    """Give one row a message that arrived; it belongs to no session and to no platform."""
    messages = shop.messages
    return pa.table(
        {
            "user_id": chosen(user_ids(shop.world.plan.people), messages.person),
            "event": pa.repeat(DELIVERED, messages.size),
            "time": pa.array(instants.messages, pa.timestamp("us", tz="UTC")),
            "campaign": chosen([campaign.name for campaign in messages.campaigns], messages.campaign),
            "channel": chosen([channel.name for channel in MESSAGE_CHANNELS], messages.channel),
        }
    )


def _who_and_when(shop: Shop, steps: Steps, times_us: NDArray[np.int64]) -> dict[str, pa.Array]:
    visits = shop.visits
    return {
        "user_id": chosen(user_ids(shop.world.plan.people), visits.person[steps.visit]),
        "event": chosen(EVENT_NAMES, steps.kind.astype(np.int64)),
        "time": pa.array(times_us, pa.timestamp("us", tz="UTC")),
        "session_id": session_ids(steps.visit),
        "platform": chosen([platform.name for platform in PLATFORMS], visits.platform[steps.visit]),
        "source": chosen([source.name for source in SOURCES], visits.source[steps.visit]),
    }


def _items(shop: Shop, steps: Steps) -> dict[str, pa.Array]:
    items, known = shop.world.catalogue, steps.item >= 0
    category = np.where(known, items.category[steps.item], NONE)
    value = np.where(known, items.price_minor[steps.item], steps.value_minor)
    money = value / shop.world.plan.minor_units
    return {
        "product_id": chosen([item.item_id for item in items.items], steps.item),
        "name": chosen([item.name for item in items.items], steps.item),
        "category": chosen(CATEGORIES, category),
        "price": pa.array(money, mask=~known),
        "quantity": pa.array(steps.quantity, mask=steps.quantity == 0),
        "value": pa.array(money, mask=_is_not(steps, Kind.CHECKOUT_STARTED, Kind.PAYMENT_INFO_ENTERED)),
        "discount": pa.array(money, mask=_is_not(steps, Kind.COUPON_APPLIED)),
    }


def _details(shop: Shop, steps: Steps) -> dict[str, pa.Array]:
    channel = shop.world.population.channel[shop.visits.person[steps.visit]]
    detail = steps.detail
    signed_up, reviewed = _is_not(steps, Kind.SIGNED_UP), _is_not(steps, Kind.PRODUCT_REVIEWED)
    return {
        "page": chosen(PAGES, np.where(_is_not(steps, Kind.PAGE_VIEWED), NONE, detail)),
        "query": chosen(QUERIES, np.where(_is_not(steps, Kind.PRODUCTS_SEARCHED), NONE, detail)),
        "coupon": chosen(
            [coupon.code for coupon in COUPONS],
            np.where(_is_not(steps, Kind.COUPON_ENTERED, Kind.COUPON_APPLIED), NONE, detail),
        ),
        "share_via": chosen(SHARE_VIAS, np.where(_is_not(steps, Kind.PRODUCT_SHARED), NONE, detail)),
        "rating": pa.array(detail, mask=reviewed),
        "signup_channel": chosen([choice.name for choice in CHANNELS], np.where(signed_up, NONE, channel)),
    }


def _is_not(steps: Steps, *kinds: Kind) -> NDArray[np.bool_]:
    return ~np.isin(steps.kind, kinds)


def _message_ids(count: int, seed: int) -> pa.Array:
    numbers = pc.cast(pa.array(np.arange(1, count + 1)), pa.string())
    return pc.binary_join_element_wise(pa.scalar(f"demo-{seed}"), numbers, "-")
