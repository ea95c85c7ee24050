"""What an engine finds out for a funnel; the result is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from finegrain.behaviour.queries.contract import Selection

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.matching import GroupNames


@dataclass(frozen=True)
class Chains:
    """The chain of everybody who started one, one row each; who is in several groups has a row in each.

    Attributes:
        actor: ``(n,) int64``: the person's id; of sessions and groups a number that tells them apart.
        person_id: ``(n,) int64``: whose it is; 0 where actors are groups.
        level: ``(n,) int8``: steps reached, 1 or more.
        time_us: ``(n, steps) int64``: when each step was reached; what lies beyond the level has no meaning.
        group: ``(n,) int32``: number of the breakdown's group.
        groups: their names.
    """

    actor: NDArray[np.int64]
    person_id: NDArray[np.int64]
    level: NDArray[np.int8]
    time_us: NDArray[np.int64]
    group: NDArray[np.int32]
    groups: GroupNames


@dataclass(frozen=True)
class FunnelSelection(Selection):
    """Whom to list of a funnel.

    Attributes:
        step: the step's number, from 1.
        outcome: those who came so far at least, or those who came to the step before and no further.
        group: place in ``groups``, from 0; None for all.
    """

    step: int
    outcome: Literal["converted", "dropped"] = "converted"
    group: int | None = None
