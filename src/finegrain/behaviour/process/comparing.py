"""Compares at each step the cases with one value of a property to all others, and says where they do worse."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.behaviour.process.counting import dense, distinct
from finegrain.behaviour.process.estimates import Interval, design_effect, newcombe, two_sided, wilson
from finegrain.behaviour.process.figures import LEAST_PEOPLE, Worth, onward_of, worth_of
from finegrain.behaviour.queries.discovery import false_discovery
from finegrain.behaviour.queries.result import Group, groups_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.process.contract import Split
    from finegrain.behaviour.process.counting import Counted
    from finegrain.behaviour.queries.contract import Subject

FALSE_SHARE = 0.05
"""The share of false ones among findings that is put up with, in expectation."""
LEAST_EXPECTED = 5
"""Cases expected to go on, and not to, on either side of a comparison (Cochran 1954)."""


@dataclass(frozen=True)
class SplitStep:
    """The cases of one group at one step.

    Attributes:
        cases, people: how many were there.
        converted: cases that went on to the next step.
        conversion, low, high: their share, with its 95 % interval (Wilson, by people); None where nobody was there.
        lost_people: those who ended here and completed no later case in the period.
        thin: whether fewer than 30 people were here.
    """

    cases: int
    people: int
    converted: int
    conversion: float | None
    low: float | None
    high: float | None
    lost_people: int
    thin: bool

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class SplitGroup:
    """One value of a breakdown: its cases at each step but the last. Somebody with several values can be in several groups."""

    group: Group
    steps: tuple[SplitStep, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {"group": self.group.to_dict(), "steps": [step.to_dict() for step in self.steps]}


@dataclass(frozen=True)
class SplitFigures:
    """The drop-out by the values of one property or trait.

    Attributes:
        property: its name.
        of: whose it is: ``event`` or ``person``.
        groups: by value, then all others, then those without one.
    """

    property: str
    of: Subject
    groups: tuple[SplitGroup, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {**vars(self), "groups": [group.to_dict() for group in self.groups]}


@dataclass(frozen=True)
class Point:
    """A value with which a step goes on less often than with all others: a point where improvement may be worth something.

    Attributes:
        step: number of the step after which they leave, from 1.
        split, group: places in ``splits`` and its ``groups``.
        here: the cases with the value.
        others_cases, others_conversion: all other cases at the step, and the share of them that went on.
        difference, low, high: share here minus share of the others, with its 95 % interval (Newcombe, by people).
        p: how often chance alone would set them so far apart (two-sided, by people).
        q: p adjusted for all comparisons made (Benjamini & Yekutieli); see ``false_discovery``.
        significant: whether q is at most 0.05.
        lost, lost_least: what the lost people would bring if the step went as with the others; at the interval's upper end.
    """

    step: int
    split: int
    group: int
    here: SplitStep
    others_cases: int
    others_conversion: float
    difference: float
    low: float
    high: float
    p: float
    q: float
    significant: bool
    lost: Worth
    lost_least: Worth

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {**vars(self), **{name: getattr(self, name).to_dict() for name in ("here", "lost", "lost_least")}}


@dataclass(frozen=True)
class Comparisons:
    """All comparisons of a process.

    Attributes:
        splits: the drop-out by value.
        points: where a value does worse, significant ones first, then by what it would be worth.
        made: how many values and steps were compared.
        thin: how many were not, since there were too few people on either side.
    """

    splits: tuple[SplitFigures, ...]
    points: tuple[Point, ...]
    made: int
    thin: int


def compare_all(counted: Counted, value_each: float | None) -> Comparisons:
    """Compare every value of every breakdown at every step but the last."""
    steps = range(1, counted.steps)
    onward = [onward_of(counted, step) for step in steps]
    sides = [[_Sides.of(counted, split, step) for step in steps] for split in counted.cases.splits]
    made: list[Point] = []
    thin = 0
    for place, split in enumerate(counted.cases.splits):
        for side, share in zip(sides[place], onward, strict=True):
            found = [side.point(place, group, share, value_each) for group in range(len(split.names.named))]
            made += [point for point in found if point is not None]
            thin += sum(point is None and bool(side.groups[group].cases) for group, point in enumerate(found))
    figures = tuple(_figures(split, sides[place]) for place, split in enumerate(counted.cases.splits))
    return Comparisons(figures, _ranked(made), len(made), thin)


def _ranked(made: list[Point]) -> tuple[Point, ...]:
    adjusted = false_discovery(np.array([point.p for point in made])).tolist()
    judged = [replace(point, q=q, significant=q <= FALSE_SHARE) for point, q in zip(made, adjusted, strict=True)]
    worse = [point for point in judged if point.difference < 0]
    return tuple(sorted(worse, key=lambda one: (not one.significant, -one.lost.completions, one.step, one.split, one.group)))


def _figures(split: Split, sides: list[_Sides]) -> SplitFigures:
    groups = tuple(
        SplitGroup(name, tuple(side.groups[place] for side in sides)) for place, name in enumerate(groups_of(split.names))
    )
    return SplitFigures(split.breakdown.property, split.breakdown.of, groups)


@dataclass(frozen=True)
class _Side:
    """The cases on one side of a comparison by person: how many, and how many of them went on, ``(m,) int64``."""

    by_owner: NDArray[np.int64]
    won: NDArray[np.int64]

    @cached_property
    def cases(self) -> int:
        return int(self.by_owner.sum())

    @cached_property
    def people(self) -> int:
        return int(np.count_nonzero(self.by_owner))

    @cached_property
    def converted(self) -> int:
        return int(self.won.sum())

    @property
    def share(self) -> float:
        return self.converted / self.cases

    @cached_property
    def interval(self) -> Interval:
        some = self.by_owner > 0
        return wilson(
            self.converted, self.cases, design_effect(self.cases, self.converted, (self.by_owner[some], self.won[some]))
        )

    def without(self, other: _Side) -> _Side:
        """Give the cases that are not the other's."""
        return _Side(self.by_owner - other.by_owner, self.won - other.won)

    def figures(self, lost_people: int) -> SplitStep:
        """Sum them up."""
        low, high = self.interval if self.cases else (None, None)
        share = self.share if self.cases else None
        return SplitStep(self.cases, self.people, self.converted, share, low, high, lost_people, self.people < LEAST_PEOPLE)


@dataclass(frozen=True)
class _Sides:
    """The cases at one step: all of them, and by the groups of one breakdown."""

    step: int
    total: _Side
    parts: tuple[_Side, ...]
    groups: tuple[SplitStep, ...]

    @classmethod
    def of(cls, counted: Counted, split: Split, step: int) -> _Sides:
        here = counted.cases.level >= step
        owner, went_on = dense(counted.owner_code[here]), counted.cases.level[here] > step
        lost, group = counted.rows(step, "lost")[here], split.group[here, step - 1]
        people = int(owner[-1]) + 1 if len(owner) else 0
        rows = [np.flatnonzero(group == place) for place in range(len(split.names))]
        parts = tuple(_side(owner[mine], went_on[mine], people) for mine in rows)
        lost_people = [distinct(owner[mine[lost[mine]]]) for mine in rows]
        figures = tuple(part.figures(left) for part, left in zip(parts, lost_people, strict=True))
        return cls(step, _side(owner, went_on, people), parts, figures)

    def point(self, split: int, group: int, onward: float | None, value_each: float | None) -> Point | None:
        """Compare one group to all others; None where there are too few people."""
        one, here = self.parts[group], self.groups[group]
        others = self.total.without(one)
        if onward is None or not _enough(one, others):
            return None
        difference = one.share - others.share
        low, high = newcombe(one.share, one.interval, others.share, others.interval)
        at_stake = here.lost_people * onward / (1 - one.share) if one.share < 1 else 0.0
        p = two_sided(_z(one, others))
        return Point(
            step=self.step,
            split=split,
            group=group,
            here=here,
            others_cases=others.cases,
            others_conversion=others.share,
            difference=difference,
            low=low,
            high=high,
            p=p,
            q=p,
            significant=False,
            lost=worth_of(at_stake * max(0.0, -difference), value_each),
            lost_least=worth_of(at_stake * max(0.0, -high), value_each),
        )


def _side(owner: NDArray[np.int64], went_on: NDArray[np.bool_], people: int) -> _Side:
    return _Side(np.bincount(owner, minlength=people), np.bincount(owner[went_on], minlength=people))


def _enough(one: _Side, others: _Side) -> bool:
    if min(one.people, others.people) < LEAST_PEOPLE:
        return False
    share = (one.converted + others.converted) / (one.cases + others.cases)
    return min(one.cases, others.cases) * min(share, 1 - share) >= LEAST_EXPECTED


def _z(one: _Side, others: _Side) -> float:
    """Give by how many standard deviations two shares differ, were both that of all.

    The standard deviation is that of the difference of two ratios over people, whose cases may lie on both sides: a person adds
    (y₁ − p n₁)/N₁ − (y₂ − p n₂)/N₂, with p the share of all cases (Cochran 1977, Sampling Techniques, section 6.3).
    """
    p = (one.converted + others.converted) / (one.cases + others.cases)
    each = (one.won - p * one.by_owner) / one.cases - (others.won - p * others.by_owner) / others.cases
    m = len(each)
    deviation = sqrt(m / (m - 1) * float(np.sum(each**2)))
    return (
        (one.share - others.share) / deviation if deviation else 0.0
    )  # the differences of all people add up to that of the shares
