"""What an engine finds out for a distribution; the result is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.matching import GroupNames


@dataclass(frozen=True)
class Amounts:
    """What everybody is measured by, one row each, by ``actor`` ascending, then by ``group``.

    Attributes:
        actor: ``(n,) int64``: the person's id; of sessions and groups a number that tells them apart.
        person_id: ``(n,) int64``: whose it is; 0 where actors are groups.
        value: ``(n,) float64``: the number of events or days, or the sum.
        group: ``(n,) int32``: number of the breakdown's group.
    """

    actor: NDArray[np.int64]
    person_id: NDArray[np.int64]
    value: NDArray[np.float64]
    group: NDArray[np.int32]


@dataclass(frozen=True)
class Distribution:
    """What everybody is measured by, over all events and within each group of the breakdown.

    Attributes:
        total: over all events, one row an actor, ``group`` 0.
        split: within each group, one row for each actor and group that it has events in; empty without a breakdown.
        left_out: ``(groups,) int64``, events without a number to add up.
        groups: the names of the groups; the values that are groups of their own are those of most events in the period.
    """

    total: Amounts
    split: Amounts
    left_out: NDArray[np.int64]
    groups: GroupNames
