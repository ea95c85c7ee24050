"""What the steps of a process cost: counts, conversions, losses, waiting, the best days, rework, and the ways taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.behaviour.process.contract import REPEATED, RETURNED, steps_of
from finegrain.behaviour.process.counting import dense
from finegrain.behaviour.process.estimates import design_effect, shrunk, weighted_quantile, wilson
from finegrain.behaviour.queries.spread import Spread, spread_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.process.counting import Counted
    from finegrain.behaviour.process.query import ProcessQuery

LEAST_PEOPLE = 30
"""People below whom data is called thin: intervals and tests rest on their number."""
LEAST_DAYS = 10
"""Days from which on there is a best tenth of them."""
BEST_SHARE = 0.9
_KINDS = {"returned": RETURNED, "repeated": REPEATED}


@dataclass(frozen=True)
class Worth:
    """How many completions something is worth.

    Attributes:
        completions: as many as would be expected.
        value: their value in major units; None where the query names no value, or no completion has one.
    """

    completions: float
    value: float | None

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class BestDays:
    """What if a step always went as on the best tenth of days.

    Attributes:
        days: civil days with cases at the step, by the start of the case.
        conversion: up to which the days with nine tenths of the cases come, each day's share first drawn to that of all as far
            as chance explains the distance (``estimates.shrunk``), so that no small day wins by luck.
        worth: what the lost people would bring, as many of them as it takes.
    """

    days: int
    conversion: float
    worth: Worth

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {**vars(self), "worth": self.worth.to_dict()}


@dataclass(frozen=True)
class ProcessStep:
    """One step.

    Attributes:
        number: from 1.
        name: its label.
        cases, people: how many reached it, and how many people have such a case.
        skipped: cases that came past it without an event of it.
        conversion, low, high: share of the cases that went on to the next step, with its 95 % interval (Wilson, by people); None
            at the last step and where nobody was there.
        dropped, dropped_people: cases that ended here, and their people.
        lost_people: those who ended here and completed no later case in the period; at the last step nobody.
        onward: share of the cases at the next step that are completed; None at the last step and where nobody came so far.
        lost: what the lost people would have brought at the usual pace: people × onward × value.
        best_days: None at the last step, where ``lost`` is, and with fewer than ten days.
        time: from the step before to this one, over the cases that skipped neither; None at the first step.
        thin: whether fewer than 30 people were here.
    """

    number: int
    name: str
    cases: int
    people: int
    skipped: int
    conversion: float | None
    low: float | None
    high: float | None
    dropped: int
    dropped_people: int
    lost_people: int
    onward: float | None
    lost: Worth | None
    best_days: BestDays | None
    time: Spread | None
    thin: bool

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        parts = {name: getattr(self, name) for name in ("lost", "best_days", "time")}
        return {**vars(self), **{name: part and part.to_dict() for name, part in parts.items()}}


@dataclass(frozen=True)
class AgainFigures:
    """A step done again.

    Attributes:
        step: its number, from 1.
        name: its label.
        kind: ``returned`` to it from a later step, or ``repeated`` in a row.
        cases, people: with it.
        share: of the cases at the step.
        times: how often in all.
        time: how long each took; see ``contract.Rework``.
        total_s: all of them together, in seconds.
    """

    step: int
    name: str
    kind: str
    cases: int
    people: int
    share: float
    times: int
    time: Spread
    total_s: float

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {**vars(self), "time": self.time.to_dict()}


@dataclass(frozen=True)
class Variant:
    """One way through the process.

    Attributes:
        steps: the steps' numbers in the order in which they came, equal neighbours folded; empty for all the other ways.
        longer: whether more steps followed.
        ways: how many different ways these are; 1 but for the others.
        cases, people: that took it.
        share: of all cases; None where there are none.
        completed: how many of them reached the last step.
    """

    steps: tuple[int, ...]
    longer: bool
    ways: int
    cases: int
    people: int
    share: float | None
    completed: int

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return dict(vars(self))


def worth_of(completions: float, value_each: float | None) -> Worth:
    """Give what so many completions are worth."""
    return Worth(completions, None if value_each is None else completions * value_each)


def onward_of(counted: Counted, step: int) -> float | None:
    """Give the share of the cases at the step after ``step`` that are completed; None where there are none."""
    after = int(np.count_nonzero(counted.cases.level > step))
    return int(np.count_nonzero(counted.completed)) / after if after else None


def step_figures(
    query: ProcessQuery, counted: Counted, number: int, days_us: NDArray[np.int64], value_each: float | None
) -> ProcessStep:
    """Sum up one step.

    Args:
        query: the question.
        counted: the cases.
        number: the step's, from 1.
        days_us: ``(d + 1,) int64``, the instants between the period's civil days.
        value_each: what a completion is worth.
    """
    here, dropped, lost = (counted.rows(number, outcome) for outcome in ("reached", "dropped", "lost"))
    cases, people, lost_people = int(np.count_nonzero(here)), counted.people(here), counted.people(lost)
    onward = onward_of(counted, number)
    share = _Share.of(counted, number) if cases and number < counted.steps else None
    low, high = share.interval if share else (None, None)
    best = share.best_days(days_us, lost_people * onward, value_each) if share and onward is not None else None
    return ProcessStep(
        number=number,
        name=query.steps[number - 1].name,
        cases=cases,
        people=people,
        skipped=int(np.count_nonzero(counted.rows(number, "skipped"))),
        conversion=share.conversion if share else None,
        low=low,
        high=high,
        dropped=int(np.count_nonzero(dropped)),
        dropped_people=counted.people(dropped),
        lost_people=lost_people,
        onward=onward,
        lost=None if onward is None else worth_of(lost_people * onward, value_each),
        best_days=best,
        time=_waiting(counted, number, query.window_us) if number > 1 else None,
        thin=people < LEAST_PEOPLE,
    )


@dataclass(frozen=True)
class _Share:
    """The share of a step's cases that go on, and what it is made of."""

    start_us: NDArray[np.int64]
    went_on: NDArray[np.bool_]
    design: float

    @classmethod
    def of(cls, counted: Counted, step: int) -> _Share:
        here = counted.cases.level >= step
        went_on = counted.cases.level[here] > step
        owner = dense(counted.owner_code[here])
        by_owner = np.bincount(owner), np.bincount(owner[went_on], minlength=int(owner[-1]) + 1)
        design = design_effect(len(went_on), int(went_on.sum()), by_owner)
        return cls(counted.cases.start_us[here], went_on, design)

    @property
    def conversion(self) -> float:
        return float(self.went_on.mean())

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(int(self.went_on.sum()), len(self.went_on), self.design)

    def best_days(self, days_us: NDArray[np.int64], at_stake: float, value_each: float | None) -> BestDays | None:
        """Give what the best days would bring of the completions at stake."""
        day = np.searchsorted(days_us, self.start_us, side="right")
        totals, won = np.bincount(day), np.bincount(day[self.went_on], minlength=int(day.max()) + 1)
        totals, won = totals[totals > 0], won[totals > 0]
        if len(totals) < LEAST_DAYS:
            return None
        best = max(self.conversion, weighted_quantile(shrunk(won, totals, self.design), totals, BEST_SHARE))
        regained = (best - self.conversion) / (1 - self.conversion) if self.conversion < 1 else 0.0
        return BestDays(len(totals), best, worth_of(at_stake * regained, value_each))


def _waiting(counted: Counted, number: int, longest_us: int) -> Spread:
    both = np.uint32(3 << (number - 2))
    rows = (counted.cases.level >= number) & (counted.cases.seen & both == both)
    times = counted.cases.time_us[rows]
    return spread_of(times[:, number - 1] - times[:, number - 2], longest_us)


def again_figures(query: ProcessQuery, counted: Counted) -> tuple[AgainFigures, ...]:
    """Sum up the steps done again, the one that took the most time first; what never happened is left out."""
    found = [_again(query, counted, step, kind) for step in range(1, counted.steps + 1) for kind in _KINDS]
    return tuple(sorted((one for one in found if one.cases), key=lambda one: (-one.total_s, one.step, one.kind)))


def _again(query: ProcessQuery, counted: Counted, step: int, kind: str) -> AgainFigures:
    rework, rows = counted.cases.rework, counted.rows(step, kind)
    mine = (rework.step == step - 1) & (rework.kind == _KINDS[kind])
    lengths, cases = rework.length_us[mine], int(np.count_nonzero(rows))
    return AgainFigures(
        step=step,
        name=query.steps[step - 1].name,
        kind=kind,
        cases=cases,
        people=counted.people(rows),
        share=cases / max(1, int(np.count_nonzero(counted.rows(step, "reached")))),
        times=int(rework.times[mine].sum()),
        time=spread_of(lengths, query.window_us),
        total_s=float(lengths.sum()) / 1_000_000,
    )


def variants_of(counted: Counted, most: int) -> tuple[Variant, ...]:
    """Give the most frequent ways, and last all the others together; one entry more than ways are told."""
    cases, told = counted.cases, min(most, len(counted.cases.ways))
    ways = [_variant(counted, *steps_of(cases.ways[place]), 1, cases.variant == place) for place in range(told)]
    return (*ways, _variant(counted, (), False, len(cases.ways) - told, cases.variant >= told))  # noqa: FBT003 - as steps_of


def _variant(counted: Counted, steps: tuple[int, ...], longer: bool, ways: int, rows: NDArray[np.bool_]) -> Variant:  # noqa: FBT001
    cases = int(np.count_nonzero(rows))
    share = cases / len(rows) if len(rows) else None
    return Variant(steps, longer, ways, cases, counted.people(rows), share, int(np.count_nonzero(rows & counted.completed)))
