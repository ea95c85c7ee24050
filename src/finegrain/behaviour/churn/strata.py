"""Who is alike: people of one week, one tenure, one number of visits and one of orders, coarsened and then matched exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.churn.contract import Histories
    from finegrain.behaviour.churn.query import ChurnQuery
    from finegrain.behaviour.queries.scope import Scope

TENURES = (2, 4, 8)
"""Times the look-back from which on tenures count as longer."""
VISITS = (2, 3, 5, 9)
ORDERS = (1, 2)
"""Numbers in the window from which on people count as more active."""


def strata_of(found: Histories, scope: Scope, query: ChurnQuery) -> NDArray[np.int64]:
    """Give the number of each person's stratum, ``(n,) int64``, from 0.

    It is coarsened exact matching (Iacus, King & Porro 2012, Political Analysis 20: 1–24): alike is who has the index moment in
    the same civil week, has been known for as long (``TENURES``), and has as many visits (``VISITS``) and orders (``ORDERS``)
    in the window. The week stands for all that is the same for everybody at a time: season, promotions, and which messages went
    out.
    """
    edges = scope.zone.edges_us(scope.days.first, scope.days.last, "week")
    week = np.searchsorted(edges, found.index_us, side="right")
    tenure = np.searchsorted(np.array(TENURES) * query.lookback_us, found.index_us - found.known_us, side="right")
    visits = np.searchsorted(VISITS, found.visits, side="right")
    orders = np.searchsorted(ORDERS, found.orders, side="right")
    key = ((week * (len(TENURES) + 1) + tenure) * (len(VISITS) + 1) + visits) * (len(ORDERS) + 1) + orders
    _, stratum = np.unique(key, return_inverse=True)
    numbers: NDArray[np.int64] = stratum.astype(np.int64).ravel()
    return numbers


def matched(silent: NDArray[np.bool_], stratum: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say who has somebody of the other group in the same stratum, ``(n,) bool``."""
    strata = int(stratum.max(initial=-1)) + 1
    gone = np.bincount(stratum[silent], minlength=strata)
    stayed = np.bincount(stratum[~silent], minlength=strata)
    both: NDArray[np.bool_] = ((gone > 0) & (stayed > 0))[stratum]
    return both
