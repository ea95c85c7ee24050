"""What a process diagnosis says: steps, ways, rework, drop-out by value, points of improvement, and the people behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.process.comparing import Comparisons, SplitFigures, compare_all
from finegrain.behaviour.process.counting import Counted
from finegrain.behaviour.process.figures import AgainFigures, ProcessStep, Variant, again_figures, step_figures, variants_of
from finegrain.behaviour.queries.contract import Breakdown
from finegrain.behaviour.queries.result import Asked, Frames
from finegrain.i18n import Phrase, current_language, speaking

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from finegrain.behaviour.process.comparing import Point
    from finegrain.behaviour.process.contract import Cases
    from finegrain.behaviour.process.query import ProcessQuery
    from finegrain.behaviour.queries.report import Sentence
    from finegrain.behaviour.queries.result import Mask
    from finegrain.behaviour.queries.scope import Scope

OUTCOMES = ("reached", "converted", "dropped", "lost", "skipped", "returned", "repeated")


@dataclass(frozen=True)
class Completions:
    """The cases that reached the last step.

    Attributes:
        cases, people: how many there are.
        share: of all cases; None where there are none.
        value_each: their mean value in major units; None where the query names no value, or none of them has one.
        value: all values together.
        without_value: completions that have none.
    """

    cases: int
    people: int
    share: float | None
    value_each: float | None
    value: float | None
    without_value: int

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return dict(vars(self))


@dataclass(frozen=True, repr=False, eq=False)
class ProcessResult(Frames):
    """A process diagnosis.

    Attributes:
        asked: the question and its scope; the steps of a preset stand in it.
        currency: of all values.
        steps: in the intended order.
        completions: what reached the last step.
        still_open: cases that began less than a window ago, and are left out.
        variants: the most frequent ways, and last all others together.
        rework: steps done again, the one that took the most time first.
        compared: the drop-out by value, and where a value does worse.
        counted: what all of it was counted from.
    """

    asked: Asked
    currency: str
    steps: tuple[ProcessStep, ...]
    completions: Completions
    still_open: int
    variants: tuple[Variant, ...]
    rework: tuple[AgainFigures, ...]
    compared: Comparisons
    counted: Counted

    @property
    def splits(self) -> tuple[SplitFigures, ...]:
        """The drop-out by the values of each breakdown."""
        return self.compared.splits

    @property
    def points(self) -> tuple[Point, ...]:
        """Where a value does worse than all others, significant points first, then by what they would be worth."""
        return self.compared.points

    @property
    def findings(self) -> tuple[Point, ...]:
        """The significant points, the one that would be worth most first."""
        return tuple(point for point in self.points if point.significant)

    @property
    def losses(self) -> tuple[ProcessStep, ...]:
        """The steps at which something is lost, by how much it is worth."""
        lost = [step for step in self.steps if step.lost and step.lost.completions]
        return tuple(sorted(lost, key=lambda step: (-step.lost.completions if step.lost else 0, step.number)))

    def people(
        self,
        step: int = 1,
        outcome: str = "reached",
        split: int | None = None,
        group: int | None = None,
        variant: int | None = None,
    ) -> NDArray[np.int64]:
        """Give the ids of the people behind a number, ascending, each once; nobody where groups are counted.

        They are as many as the figure of people beside the number, wherever cases are people's or sessions'.

        Args:
            step: the step's number, from 1.
            outcome: what became of the cases there; see ``ProcessSelection``.
            split: place in ``splits``; None for any.
            group: place in the split's groups.
            variant: place in ``variants``; None for any.

        Raises:
            BadQueryError: there is no such step, outcome, split, group or variant.
        """
        _within("step", step, 1, len(self.steps))
        if outcome not in OUTCOMES:
            raise BadQueryError(field="outcome", value=outcome, allowed=", ".join(OUTCOMES))
        wanted = self.counted.rows(step, outcome)
        if variant is not None:
            _within("variant", variant, 0, len(self.variants) - 1)
            place = np.minimum(self.counted.cases.variant, len(self.variants) - 1)
            wanted = wanted & (place == variant)
        if split is None and group is not None:
            raise BadQueryError(field="split", value=Phrase("missing"), allowed=Phrase("the split whose group is meant"))
        if split is not None:
            _within("split", split, 0, len(self.splits) - 1)
            wanted = wanted & self._in_group(step, split, 0 if group is None else group)
        ids = self.counted.cases.person_id[wanted]
        return np.unique(ids[ids > 0])

    def _in_group(self, step: int, split: int, group: int) -> NDArray[np.bool_]:
        _within("group", group, 0, len(self.splits[split].groups) - 1)
        found: NDArray[np.bool_] = self.counted.cases.splits[split].group[:, step - 1] == group
        return found

    def report(self, language: str | None = None) -> tuple[Sentence, ...]:
        """Give the diagnosis in sentences, the numbers beside each.

        Args:
            language: in which it is told; by default the reader's.
        """
        from finegrain.behaviour.process.report import sentences

        with speaking(language or current_language()):
            return sentences(self)

    def masked(self, mask: Mask) -> ProcessResult:
        """Give the diagnosis where personal data may not be seen: each value that is compared as ``mask`` shows it."""
        splits = tuple(_masked(split, mask) for split in self.splits)
        return replace(self, compared=replace(self.compared, splits=splits))

    def to_dict(self) -> dict[str, Any]:
        """Give the answer as JSON values, with its report; times in seconds, values in major units."""
        return {
            **self.asked.to_dict(),
            "currency": self.currency,
            "report": [sentence.to_dict() for sentence in self.report()],
            "steps": [step.to_dict() for step in self.steps],
            "completions": self.completions.to_dict(),
            "still_open": self.still_open,
            "variants": [variant.to_dict() for variant in self.variants],
            "rework": [one.to_dict() for one in self.rework],
            "splits": [split.to_dict() for split in self.splits],
            "points": [self._point(point) for point in self.points],
            "comparisons": {"made": self.compared.made, "thin": self.compared.thin},
        }

    def _point(self, point: Point) -> dict[str, Any]:
        split = self.splits[point.split]
        named = {"property": split.property, "of": split.of, "value": split.groups[point.group].group.to_dict()}
        return {**point.to_dict(), **named}

    def to_arrow(self) -> pa.Table:
        """Give one row a step: counts, conversion with its interval, losses, median and 90th percentile of the time to it."""
        import pyarrow as pa

        return pa.Table.from_pylist([_row(step) for step in self.steps])

    def __repr__(self) -> str:
        steps = " → ".join(f"{step.name} {step.cases:,}" for step in self.steps)
        return f"ProcessResult({self.asked.first}..{self.asked.last}: {steps}; {len(self.findings)} findings)"


def process_result(query: ProcessQuery, scope: Scope, cases: Cases) -> ProcessResult:
    """Sum up cases."""
    counted = Counted(cases)
    done = _completions(counted)
    days_us = scope.zone.edges_us(scope.days.first, scope.days.last)
    steps = range(1, len(query.steps) + 1)
    return ProcessResult(
        asked=Asked.of(query, scope),
        currency=scope.currency,
        steps=tuple(step_figures(query, counted, number, days_us, done.value_each) for number in steps),
        completions=done,
        still_open=cases.still_open,
        variants=variants_of(counted, query.variants),
        rework=again_figures(query, counted),
        compared=compare_all(counted, done.value_each),
        counted=counted,
    )


def _completions(counted: Counted) -> Completions:
    done, amounts = counted.completed, counted.cases.amount[counted.completed]
    told = amounts[~np.isnan(amounts)]
    return Completions(
        cases=len(amounts),
        people=counted.people(done),
        share=len(amounts) / len(done) if len(done) else None,
        value_each=float(told.mean()) if len(told) else None,
        value=float(told.sum()) if len(told) else None,
        without_value=len(amounts) - len(told),
    )


def _masked(split: SplitFigures, mask: Mask) -> SplitFigures:
    breakdown = Breakdown(split.property, split.of)
    return replace(split, groups=tuple(replace(one, group=one.group.masked(breakdown, mask)) for one in split.groups))


def _row(step: ProcessStep) -> dict[str, Any]:
    return {
        "step": step.number,
        "name": step.name,
        "cases": step.cases,
        "people": step.people,
        "conversion": step.conversion,
        "conversion_low": step.low,
        "conversion_high": step.high,
        "dropped": step.dropped,
        "lost_people": step.lost_people,
        "onward": step.onward,
        "lost": step.lost.completions if step.lost else None,
        "lost_value": step.lost.value if step.lost else None,
        "median_s": step.time.median_s if step.time else None,
        "p90_s": step.time.p90_s if step.time else None,
    }


def _within(field: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise BadQueryError(field=field, value=value, allowed=Phrase("a whole number from {low} to {high}", low=low, high=high))
