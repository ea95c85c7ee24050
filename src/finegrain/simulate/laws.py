"""The laws by which the people of the demo shop live: every number that is true by construction."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Choice:
    """One of several kinds, how common it is, and by what factor it scales a person's purchase rate."""

    name: str
    weight: float
    rate_factor: float = 1.0


CHANNELS = (
    Choice("微信公众号", 0.20, 1.1),
    Choice("小红书", 0.18, 1.0),
    Choice("抖音", 0.20, 0.75),
    Choice("老带新", 0.12, 1.5),
    Choice("应用商店", 0.14, 0.9),
    Choice("搜索", 0.10, 1.1),
    Choice("线下门店", 0.06, 1.3),
)
"""Where people come from when they sign up."""

PLATFORMS = (
    Choice("mini_program", 0.42),
    Choice("iOS", 0.26),
    Choice("Android", 0.24),
    Choice("web", 0.08),
)
"""Where a person usually shops; ``ShopLaws.home_platform_share`` of the visits go there, the rest anywhere."""

SOURCES = (
    Choice("直接访问", 0.46),
    Choice("推送", 0.16),
    Choice("微信分享", 0.12),
    Choice("搜索", 0.11),
    Choice("信息流广告", 0.10),
    Choice("短信", 0.05),
)
"""What brings a person to one visit."""

MESSAGE_CHANNELS = (
    Choice("微信", 0.5),
    Choice("推送", 0.3),
    Choice("短信", 0.2),
)
"""How the shop's messages go out."""


@dataclass(frozen=True)
class ShopLaws:
    """The parameters of the whole shop. Rates are per day of an ordinary season, without promotions.

    Purchases are a Pareto/NBD process with a season: while a person is alive, purchases come as a Poisson process whose rate is
    drawn from a gamma distribution, and the lifetime is exponential with a drop-out rate drawn from another gamma
    distribution. Visits without a purchase are a Poisson process of their own.

    Attributes:
        browser_share: share of people who never buy, whatever happens.
        purchase_shape, purchase_rate: shape r, and mean r/α of the purchase rate of the others (before channel factors).
        dropout_shape, dropout_scale_days: shape s and scale β (days) of the drop-out rate; half of the people live longer than
            β(2^(1/s) − 1) days, some very long.
        visit_shape, visit_rate: shape and mean of the part of the visit rate that has nothing to do with buying.
        visits_per_purchase: further visits without purchase for each expected purchase.
        first_visit_days: at sign-up a person buys with the probability of buying within so many ordinary days.
        taste_concentration: concentration of the Dirichlet taste over categories; small means few favourites.
        sensitivity_a, sensitivity_b: the price sensitivity is Beta(a, b) in 0–1.
        promotion_pull: a promotion of strength 1 adds ``promotion_pull × price sensitivity`` to the season's factor 1.
        basket_mean, basket_spread: mean of a person's usual further lines an order, and the sigma of its log over people.
        quantity_more: probability of each further piece of the same item.
        refund_share, full_refund_share: share of orders with a refund, and share of those that are refunded in full.
        home_platform_share: share of the visits on the person's usual platform.
        view_mean, add_share: product views of a visit that searches nothing in particular; share of views put into the cart.
        checkout_share, payment_share: share of abandoned carts that reach checkout, and of those that reach payment.
        search_share, share_share, review_share: share of visits with a search, of views that are shared, of orders reviewed.
        hardly_reached_share: share of people whom messages hardly reach.
        hardly_reached_mean, well_reached_mean: mean share of the messages that arrive, with those people and with the others.
        unreached_dropout: by what lack of reach multiplies the drop-out rate; the others' falls, so that the mean stays. With 1
            reach has nothing to do with dropping out.
        broken_platform, broken_share: the platform on which a check-out step is broken, and the share of its purchases that
            fail there after the payment was entered.
    """

    browser_share: float = 0.49
    purchase_shape: float = 1.5
    purchase_rate: float = 0.034
    dropout_shape: float = 0.8
    dropout_scale_days: float = 100.0
    visit_shape: float = 0.9
    visit_rate: float = 0.06
    visits_per_purchase: float = 2.4
    first_visit_days: float = 8.0
    taste_concentration: float = 0.45
    sensitivity_a: float = 2.0
    sensitivity_b: float = 2.2
    promotion_pull: float = 2.0
    basket_mean: float = 0.66
    basket_spread: float = 0.6
    quantity_more: float = 0.14
    refund_share: float = 0.055
    full_refund_share: float = 0.7
    home_platform_share: float = 0.86
    view_mean: float = 1.9
    add_share: float = 0.11
    checkout_share: float = 0.27
    payment_share: float = 0.35
    search_share: float = 0.28
    share_share: float = 0.012
    review_share: float = 0.16
    hardly_reached_share: float = 0.3
    hardly_reached_mean: float = 0.06
    well_reached_mean: float = 0.75
    unreached_dropout: float = 2.0
    broken_platform: str = "Android"
    broken_share: float = 0.5

    def without_causes(self) -> ShopLaws:
        """Give these laws with nothing planted: reach changes nothing, and every step works on every platform."""
        return replace(self, unreached_dropout=1.0, broken_share=0.0)

    def to_dict(self) -> dict[str, Any]:
        """Give the laws and the kinds of channel, platform, source and message as JSON."""
        kinds = {"channels": CHANNELS, "platforms": PLATFORMS, "sources": SOURCES, "message_channels": MESSAGE_CHANNELS}
        return asdict(self) | {name: [asdict(choice) for choice in choices] for name, choices in kinds.items()}
