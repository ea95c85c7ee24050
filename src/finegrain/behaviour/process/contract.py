"""What an engine finds out for a process diagnosis; the result is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from finegrain.behaviour.queries.contract import Selection

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.contract import Breakdown
    from finegrain.behaviour.queries.matching import GroupNames

RETURNED, REPEATED = 0, 1
LONGEST = 24
"""Steps of a way through the process that are told; a longer one is cut off."""


@dataclass(frozen=True)
class Rework:
    """Steps done again, one row for each time somebody went back, and for each run of the same step; by case, then time.

    Attributes:
        case: ``(m,) int64``, place of the case.
        step: ``(m,) int64``, which step, from 0.
        kind: ``(m,) int64``: ``RETURNED`` to it from a later step, or ``REPEATED`` in a row.
        times: ``(m,) int64``: 1, or how many further events the row has.
        length_us: ``(m,) int64``: from the last event of the later step until the case goes on from this one, or to its last
            event here where it goes further back or ends; of a run, from its first event to its last.
    """

    case: NDArray[np.int64]
    step: NDArray[np.int64]
    kind: NDArray[np.int64]
    times: NDArray[np.int64]
    length_us: NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """A breakdown with the group of each case at each step.

    Attributes:
        breakdown: the property or trait.
        group: ``(n, steps) int32``, the group of the event that brought the case to the step; no meaning beyond the level.
        names: the groups' names.
    """

    breakdown: Breakdown
    group: NDArray[np.int32]
    names: GroupNames


@dataclass(frozen=True)
class Cases:
    """All cases that are over, by whose they are, then by their start.

    Attributes:
        owner: ``(n,) int64``, whose case it is: the person's id; of groups a number that tells them apart.
        person_id: ``(n,) int64``; 0 where cases are groups'.
        start_us: ``(n,) int64``.
        level: ``(n,) int8``, the furthest step reached, from 1.
        seen: ``(n,) uint32``, bit k where an event of step k itself brought the case there; else the step was skipped.
        time_us: ``(n, steps) int64``, when the case reached each step; no meaning beyond the level.
        amount: ``(n,) float64``, the value of a completion; NaN without one.
        variant: ``(n,) int32``, place of the case's way in ``ways``.
        ways: ``(v, 2) int64``, distinct sequences of steps, equal neighbours folded, see ``steps_of``; the most frequent first,
            of equally frequent ones in the order of their steps.
        rework: steps done again.
        splits: one a breakdown.
        still_open: cases of the period that began less than a window ago, and are left out.
    """

    owner: NDArray[np.int64]
    person_id: NDArray[np.int64]
    start_us: NDArray[np.int64]
    level: NDArray[np.int8]
    seen: NDArray[np.uint32]
    time_us: NDArray[np.int64]
    amount: NDArray[np.float64]
    variant: NDArray[np.int32]
    ways: NDArray[np.int64]
    rework: Rework
    splits: tuple[Split, ...]
    still_open: int


def steps_of(way: NDArray[np.int64]) -> tuple[tuple[int, ...], bool]:
    """Give the steps of a way, from 1, and whether there are more than ``LONGEST``.

    Args:
        way: ``(2,) int64``: twelve steps in five bits each, from the highest down, then twelve more; above them in the second
            number whether the way is longer.

    Examples:
        >>> import numpy as np
        >>> steps_of(np.array([(1 << 55) | (2 << 50), 0]))
        ((1, 2), False)
    """
    numbers = [int(way[word]) >> shift & 31 for word in (0, 1) for shift in range(55, -1, -5)]
    return tuple(number for number in numbers if number), bool(int(way[1]) >> 60)


@dataclass(frozen=True)
class ProcessSelection(Selection):
    """Whom to list of a process diagnosis: the people of the cases that meet all of it.

    Attributes:
        step: the step's number, from 1.
        outcome: of the cases: those that ``reached`` the step; went on to the next (``converted``); ended there (``dropped``);
            ended there while the person completed no later case (``lost``); came past it without it (``skipped``); went back to
            it (``returned``); did it several times in a row (``repeated``).
        split: place of a breakdown in ``splits``, from 0; None for any.
        group: place of one of its groups, the case's at that step; of a split without it the first.
        variant: place in ``variants``, from 0, or their number for all the others; None for any.
    """

    step: int = 1
    outcome: Literal["reached", "converted", "dropped", "lost", "skipped", "returned", "repeated"] = "reached"
    split: int | None = None
    group: int | None = None
    variant: int | None = None
