"""Two models of people who differ, fitted to the days so far: of waiting for one event, and of buying again and again.

Both are fitted on a grid of their two parameters, every point of which is weighed by how likely it makes what was seen. The
forecast mixes them all, so that few days give a wide interval.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finegrain.strategy.goals.estimates import mixture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_MEANS = np.geomspace(1e-6, 0.9, 61)
_LIKENESS = np.geomspace(1.0, 1e4, 31)
_RATES = np.geomspace(1e-5, 2.0, 61)
_SHAPES = np.geomspace(0.1, 20.0, 31)


def waiting_forecast(arrivals: Sequence[int], people: int, days: int) -> tuple[float, float, float]:
    """Say how many of some people will have had an event by the last day, from how many had their first one on each day so far.

    Everybody who has not had it has it on a day with a chance of their own, which is beta distributed: the shifted
    beta-geometric model of Fader & Hardie (2007), How to project customer retention, equations 5 and 6. So the days grow leaner
    as the eager ones come first. Days that vary more than chance allows widen the interval: the likelihood is divided, and the
    variance multiplied, by Pearson's χ² per degree of freedom (McCullagh & Nelder 1989, section 4.5), where that is above 1.

    Args:
        arrivals: how many had their first one on each day that is over, at least 3 days.
        people: everybody, those who have not had it included; from 1 up.
        days: how many days there are in all.

    Returns:
        The expected number, and the ends of its interval.
    """
    # Paper: α, β of the beta distribution; here its mean p = α / (α + β), and n = α + β, which is large where people are alike.
    p, n = (axis.ravel() for axis in np.meshgrid(_MEANS, _LIKENESS))
    came = np.array(arrivals, dtype=np.float64)
    waiting = people - np.concatenate([[0.0], np.cumsum(came)[:-1]])
    chances = (p * n)[:, None] / (n[:, None] + np.arange(days))
    past, ahead = chances[:, : len(came)], chances[:, len(came) :]
    likelihood = (came * np.log(past) + (waiting - came) * np.log1p(-past)).sum(axis=1)
    spread = _spread(came, waiting, past[int(likelihood.argmax())])
    left = people - came.sum()
    share = 1 - np.prod(1 - ahead, axis=1)
    value, low, high = mixture(_weights(likelihood / spread), left * share, left * share * (1 - share) * spread)
    return tuple(float(np.clip(came.sum() + more, came.sum(), people)) for more in (value, low, high))  # type: ignore[return-value]


def _spread(came: NDArray[np.float64], waiting: NDArray[np.float64], chances: NDArray[np.float64]) -> float:
    expected = waiting * chances
    varied = (came - expected) ** 2 / np.maximum(expected * (1 - chances), np.finfo(np.float64).tiny)
    return max(1.0, float(varied[waiting > 0].sum()) / (len(came) - 2))


def buying_forecast(none: int, once: int, more: int, *, days_over: int, days: int) -> tuple[float, float, float] | None:
    """Say which share of the buyers will have bought twice or more by the last day, from how many bought how often so far.

    Everybody buys at random at a rate of their own, which is gamma distributed: the negative binomial model of Ehrenberg (1959),
    The pattern of consumer purchases. What somebody will do is weighed by what they did (the rate's gamma distribution becomes
    one of shape ``r + x`` and scale ``α + t`` after ``x`` purchases in ``t`` days).

    Args:
        none: how many people bought nothing in the days that are over.
        once: how many bought once.
        more: how many bought twice or more.
        days_over: how many days are over, from 1 up.
        days: how many there are in all.

    Returns:
        The expected share, and the ends of its interval; None while nobody bought.
    """
    if once + more == 0:
        return None
    rate, r = (axis.ravel() for axis in np.meshgrid(_RATES, _SHAPES))
    alpha = r / rate
    p0, p1 = _purchases(r, alpha, days_over)
    p2 = np.maximum(1 - p0 - p1, np.finfo(np.float64).tiny)
    likelihood = none * np.log(p0) + once * np.log(p1) + more * np.log(p2)
    left = days - days_over
    stay, begin = _purchases(r, alpha + days_over, left)
    again = 1 - _purchases(r + 1, alpha + days_over, left)[0]
    buyers = once + more + none * (1 - stay)
    share = (more + once * again + none * (1 - stay - begin)) / buyers
    variance = none * _ratio_variance(share, begin, 1 - stay - begin) + once * again * (1 - again)
    value, low, high = mixture(_weights(likelihood), share, variance / buyers**2)
    return value, max(low, 0.0), min(high, 1.0)


def _purchases(r: NDArray[np.float64], alpha: NDArray[np.float64], days: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the chances of no purchase and of one in so many days."""
    none = (alpha / (alpha + days)) ** r
    return none, none * r * days / (alpha + days)


def _ratio_variance(share: NDArray[np.float64], once: NDArray[np.float64], more: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the variance that one person without a purchase adds to repeaters less ``share`` of the buyers."""
    mean = more * (1 - share) - once * share
    return more * (1 - share) ** 2 + once * share**2 - mean**2


def _weights(likelihood: NDArray[np.float64]) -> NDArray[np.float64]:
    weights: NDArray[np.float64] = np.exp(likelihood - likelihood.max())
    return weights
