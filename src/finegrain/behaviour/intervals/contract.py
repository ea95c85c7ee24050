"""What an engine finds out for intervals; the result is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.matching import GroupNames


@dataclass(frozen=True)
class Intervals:
    """All intervals, one row each, by ``actor`` ascending, those of one actor in the order of their starts (time, then arrival).

    Attributes:
        actor: ``(n,) int64``: the person's id; of sessions and groups a number that tells them apart.
        person_id: ``(n,) int64``: whose it is; 0 where actors are groups.
        start_us: ``(n,) int64``: when it starts.
        length_us: ``(n,) int64``: how long it takes, 0 or more, at most the window.
        group: ``(n,) int32``: number of the breakdown's group, by the start event.
        groups: their names; the values that are groups of their own are those of most start events in the period.
    """

    actor: NDArray[np.int64]
    person_id: NDArray[np.int64]
    start_us: NDArray[np.int64]
    length_us: NDArray[np.int64]
    group: NDArray[np.int32]
    groups: GroupNames
