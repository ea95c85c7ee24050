"""What is true of the shop, person by person and as a whole: written beside the data so that later answers can be checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from finegrain.simulate.catalogue import CATEGORIES, CATEGORIES_EN
from finegrain.simulate.causes import planted_causes
from finegrain.simulate.laws import CHANNELS, PLATFORMS
from finegrain.simulate.orders import COUPONS
from finegrain.simulate.plan import MAX_DAYS
from finegrain.simulate.portraits import user_ids
from finegrain.simulate.seasons import HOUR_WEIGHTS, WEEKDAY_FACTORS
from finegrain.simulate.tables import chosen
from finegrain.simulate.visits import expected_purchases

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.simulate.instants import Instants
    from finegrain.simulate.seasons import Season
    from finegrain.simulate.shop import Shop


def truth_table(shop: Shop, instants: Instants) -> pa.Table:
    """Give the hidden parameters of each person; see ``Population`` for what they mean."""
    population = shop.world.population
    gone_from = population.active_from + population.lifetime_days.clip(max=MAX_DAYS).astype(np.int64)
    alive = gone_from >= shop.world.season.days
    buyer = shop.visits.person[shop.orders.visit[instants.placed]]
    return pa.table(
        {
            "user_id": user_ids(population.size),
            "signed_up_on": _days(shop.world.season, population.signup_day),
            "signup_channel": chosen([choice.name for choice in CHANNELS], population.channel),
            "platform": chosen([choice.name for choice in PLATFORMS], population.platform),
            "purchase_rate_per_day": population.purchase_rate,
            "visit_rate_per_day": population.visit_rate,
            "dropout_rate_per_day": population.dropout_rate,
            "lifetime_days": population.lifetime_days,
            "alive_at_end": alive,
            "dropped_out_on": pa.array(_days(shop.world.season, gone_from), mask=alive),
            "price_sensitivity": population.price_sensitivity,
            "basket_more": population.basket_more,
            "reach_share": population.reach.share,
            "hardly_reached": population.reach.hardly,
            "first_visit_purchase": population.first_visit_purchase(shop.world.laws),
            "expected_purchases": expected_purchases(shop.world),
            "purchases": np.bincount(buyer, minlength=population.size),
            **{f"taste_{_slug(name)}": population.taste[:, place] for place, name in enumerate(CATEGORIES_EN)},
        }
    )


def truth_document(shop: Shop) -> dict[str, Any]:
    """Give the parameters of the whole shop as one JSON object."""
    return {
        "plan": shop.world.plan.to_dict(),
        "laws": shop.world.laws.to_dict(),
        "planted_causes": planted_causes(shop.world.laws),
        "season": {
            "weekday_factors": list(WEEKDAY_FACTORS),
            "hour_weights": list(HOUR_WEIGHTS),
            "promotions": [
                {"name": promotion.name, "strength": promotion.strength}
                | {name: getattr(promotion, name).isoformat() for name in ("first", "peak", "last")}
                for promotion in shop.world.season.promotions
            ],
        },
        "categories": [
            {"name": name, "name_en": english, "taste": f"taste_{_slug(english)}"}
            for name, english in zip(CATEGORIES, CATEGORIES_EN, strict=True)
        ],
        "coupons": [
            {"code": coupon.code, "from": coupon.from_major, "off": coupon.off_major, "repeats": coupon.repeats}
            for coupon in COUPONS
        ],
    }


def _days(season: Season, days: NDArray[np.int64]) -> NDArray[np.datetime64]:
    return np.datetime64(season.first_day, "D") + days


def _slug(name: str) -> str:
    return name.lower().replace(" ", "_")
