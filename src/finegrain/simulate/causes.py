"""What is planted in the shop on purpose: people whom messages hardly reach, and a check-out step that fails on one platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.simulate.laws import PLATFORMS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.simulate.laws import ShopLaws

BROKEN_STEP, STEP_AFTER = "Payment Info Entered", "Order Completed"
_CERTAINTY = 12.0  # how closely reach lies around its mean: the sum of both parameters of its beta distribution


@dataclass(frozen=True)
class Reach:
    """How well the shop's messages reach each person.

    Attributes:
        share: ``(n_people,) float64``, the probability 0–1 that a message that goes out to everybody arrives.
        hardly: ``(n_people,) bool``, who is hardly reached.
    """

    share: NDArray[np.float64]
    hardly: NDArray[np.bool_]


def draw_reach(people: int, laws: ShopLaws, rng: np.random.Generator) -> Reach:
    """Draw who is hardly reached, and how well each person is."""
    hardly = rng.random(people) < laws.hardly_reached_share
    mean = np.where(hardly, laws.hardly_reached_mean, laws.well_reached_mean)
    return Reach(rng.beta(mean * _CERTAINTY, (1 - mean) * _CERTAINTY), hardly)


def dropout_factor(reach: Reach, laws: ShopLaws) -> NDArray[np.float64]:
    """Give by what reach scales each person's drop-out rate, so that the rates keep their mean over all people.

    People who are hardly reached have the factor f = ``unreached_dropout``, the others (1 − p f) / (1 − p) where p is
    ``hardly_reached_share``. With f = 1 reach has nothing to do with dropping out.
    """
    share, factor = laws.hardly_reached_share, laws.unreached_dropout
    return np.where(reach.hardly, factor, (1 - share * factor) / (1 - share))


def breaks_on(platform: NDArray[np.int64], laws: ShopLaws) -> NDArray[np.float64]:
    """Give the probability that a purchase on each platform (place in ``PLATFORMS``) fails after the broken step."""
    names = [choice.name for choice in PLATFORMS]
    return np.where(platform == names.index(laws.broken_platform), laws.broken_share, 0.0)


def breaks_for(usual: NDArray[np.int64], laws: ShopLaws) -> NDArray[np.float64]:
    """Give the probability that a purchase fails for people by their usual platform, wherever they happen to be."""
    everywhere = breaks_on(np.arange(len(PLATFORMS)), laws)
    elsewhere = (1 - laws.home_platform_share) * float(everywhere.mean())
    return laws.home_platform_share * breaks_on(usual, laws) + elsewhere


def planted_causes(laws: ShopLaws) -> dict[str, Any]:
    """Name the causes that are planted, as JSON; empty without any."""
    causes: dict[str, Any] = {}
    if laws.unreached_dropout != 1:
        causes["lack_of_reach"] = {
            "share_of_people": laws.hardly_reached_share,
            "mean_reach": laws.hardly_reached_mean,
            "mean_reach_of_others": laws.well_reached_mean,
            "dropout_factor": laws.unreached_dropout,
        }
    if laws.broken_share:
        causes["broken_step"] = {
            "platform": laws.broken_platform,
            "after": BROKEN_STEP,
            "before": STEP_AFTER,
            "share_of_purchases_that_fail": laws.broken_share,
        }
    return causes
