"""Which cases had which outcome at which step, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.process.contract import REPEATED, RETURNED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.process.contract import Cases

_AGAIN = {"returned": RETURNED, "repeated": REPEATED}


def dense(owners: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give owners, those of one lying together, as numbers from 0 without gaps."""
    numbers: NDArray[np.int64] = np.cumsum(np.diff(owners, prepend=owners[:1]) != 0)
    return numbers


def distinct(owners: NDArray[np.int64]) -> int:
    """Give how many different owners there are, those of one lying together."""
    return int(np.count_nonzero(np.diff(owners))) + 1 if len(owners) else 0


@dataclass(frozen=True)
class Counted:
    """Cases with what is counted of them.

    Attributes:
        cases: all that are over.
    """

    cases: Cases

    @property
    def steps(self) -> int:
        """How many steps the process has."""
        return int(self.cases.time_us.shape[1])

    @cached_property
    def completed(self) -> NDArray[np.bool_]:
        """Which cases reached the last step."""
        done: NDArray[np.bool_] = self.cases.level == self.steps
        return done

    @cached_property
    def owner_code(self) -> NDArray[np.int64]:
        """Whose each case is, as numbers from 0 without gaps."""
        return dense(self.cases.owner)

    @cached_property
    def made_up_for(self) -> NDArray[np.bool_]:
        """Which cases have the same owner's completed case after them."""
        if not len(self.completed):
            return self.completed
        latest = np.full(int(self.owner_code[-1]) + 1, -1, dtype=np.int64)
        done = np.flatnonzero(self.completed)
        latest[self.owner_code[done]] = done  # the last one stays: cases of one owner lie by their start
        made: NDArray[np.bool_] = latest[self.owner_code] > np.arange(len(self.completed))
        return made

    def people(self, rows: NDArray[np.bool_]) -> int:
        """Give how many different people, or groups, have a case among ``rows``."""
        return distinct(self.cases.owner[rows])

    def rows(self, step: int, outcome: str) -> NDArray[np.bool_]:
        """Say which cases had an outcome at a step, from 1; see ``ProcessSelection``."""
        level = self.cases.level
        if outcome in _AGAIN:
            return self.again(step, _AGAIN[outcome])
        found: dict[str, NDArray[np.bool_]] = {
            "reached": level >= step,
            "converted": level > step,
            "dropped": (level == step) & ~self.completed,
            "skipped": (level >= step) & (self.cases.seen & np.uint32(1 << (step - 1)) == 0),
        }
        return found["dropped"] & ~self.made_up_for if outcome == "lost" else found[outcome]

    def again(self, step: int, kind: int) -> NDArray[np.bool_]:
        """Say which cases did a step again, by ``RETURNED`` or ``REPEATED``."""
        rework = self.cases.rework
        done = np.zeros(len(self.completed), dtype=np.bool_)
        done[rework.case[(rework.step == step - 1) & (rework.kind == kind)]] = True
        return done
