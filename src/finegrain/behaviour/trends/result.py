"""What a trend says: lines of figures over time, of series and of formulas, group by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finegrain.behaviour.queries.periods import cut
from finegrain.behaviour.queries.result import Asked, Frames, Group, groups_of
from finegrain.behaviour.trends.figures import figures_of
from finegrain.behaviour.trends.formulas import letter_of, read_formula, work_out
from finegrain.behaviour.trends.windows import scope_before

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from finegrain.behaviour.queries.contract import Granularity
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.trends.contract import Counts, Trends
    from finegrain.behaviour.trends.figures import Figure, Figures
    from finegrain.behaviour.trends.formulas import Part
    from finegrain.behaviour.trends.query import TrendsQuery


@dataclass(frozen=True)
class TrendBucket:
    """One civil bucket: its first day, or hour, in ISO form, and whether it has not ended yet."""

    start: str
    open: bool

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class TrendLine:
    """The figures of one series, or of one formula, of one group.

    Attributes:
        letter: the series' letter; empty for a formula.
        name: the series' label, or the formula.
        measure: the series' measure, or ``formula``.
        values: one a bucket; None where there is nothing to divide by or no number. With ``cumulative``, from the period's
            start to each bucket's end.
        total: over the whole period, which for unique people is not the sum of the buckets; of ``dau``, ``wau`` and ``mau``
            the last bucket's; of a formula, what it gives for the totals.
        left_out: events without a number, which a numeric measure leaves out; 0 for others.
        before: the values of the days before; None where they were not asked for. There can be more or fewer buckets.
        before_total: their total.
    """

    letter: str
    name: str
    measure: str
    values: tuple[Figure, ...]
    total: Figure
    left_out: int = 0
    before: tuple[Figure, ...] | None = None
    before_total: Figure = None

    @property
    def change(self) -> float | None:
        """By what share the total changed since the days before; None where nothing is there to compare with."""
        if self.total is None or not self.before_total:
            return None
        return self.total / self.before_total - 1

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        before = None if self.before is None else list(self.before)
        return {**vars(self), "values": list(self.values), "before": before, "change": self.change}


@dataclass(frozen=True)
class TrendGroup:
    """The lines of one group of the breakdown: series in their order, then formulas."""

    group: Group
    lines: tuple[TrendLine, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {"group": self.group.to_dict(), "lines": [line.to_dict() for line in self.lines]}


@dataclass(frozen=True, repr=False, eq=False)
class TrendsResult(Frames):
    """A trend's answer.

    Attributes:
        asked: the question and its scope.
        buckets: of the period, in order.
        before: buckets of the days before; empty where they were not asked for.
        total: the lines of all.
        groups: by group of the breakdown, empty without one. Counts of events and sums add up to those of all; unique people
            do not, since one can be in several groups.
    """

    asked: Asked
    buckets: tuple[TrendBucket, ...]
    before: tuple[TrendBucket, ...]
    total: TrendGroup
    groups: tuple[TrendGroup, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the answer as JSON values."""
        return {
            **self.asked.to_dict(),
            "buckets": [bucket.to_dict() for bucket in self.buckets],
            "before": [bucket.to_dict() for bucket in self.before],
            "lines": [line.to_dict() for line in self.total.lines],
            "groups": [group.to_dict() for group in self.groups],
        }

    def to_arrow(self) -> pa.Table:
        """Give one row a group, line and bucket, of the period and of the days before."""
        import pyarrow as pa

        rows = [
            {"group": one.group.name, "line": line.letter or line.name, "name": line.name, "measure": line.measure, **cell}
            for one in (self.total, *self.groups)
            for line in one.lines
            for cell in self._cells(line)
        ]
        kinds = {"before": pa.bool_(), "open": pa.bool_(), "value": pa.float64()}
        names = ("group", "line", "name", "measure", "before", "bucket", "open", "value")
        return pa.Table.from_pylist(rows, pa.schema([(name, kinds.get(name, pa.string())) for name in names]))

    def _cells(self, line: TrendLine) -> list[dict[str, Any]]:
        sides = ((False, self.buckets, line.values), (True, self.before, line.before or ()))
        return [
            {"before": before, "bucket": bucket.start, "open": bucket.open, "value": None if value is None else float(value)}
            for before, buckets, values in sides
            for bucket, value in zip(buckets, values, strict=True)
        ]

    def __repr__(self) -> str:
        lines = ", ".join(f"{line.letter or line.name} {line.measure} {line.total}" for line in self.total.lines)
        return f"TrendsResult({self.asked.first}..{self.asked.last}: {lines})"


def trends_result(query: TrendsQuery, scope: Scope, trends: Trends) -> TrendsResult:
    """Work out the figures of a trend's counts."""
    before = () if trends.before is None else buckets_of(scope_before(scope), query.granularity)
    lines = _Lines(query, [read_formula(text, len(query.series), "formulas") for text in query.formulas], trends)
    names = groups_of(trends.groups) if trends.groups.broken_down else ()
    groups = tuple(TrendGroup(name, lines.of(row)) for row, name in enumerate(names, start=1))
    total = TrendGroup(Group("all"), lines.of(0))
    return TrendsResult(Asked.of(query, scope), buckets_of(scope, query.granularity), before, total, groups)


def buckets_of(scope: Scope, granularity: Granularity) -> tuple[TrendBucket, ...]:
    """Give the buckets of a period."""
    buckets = cut(scope.days, granularity, scope.zone)
    return tuple(TrendBucket(start, still) for start, still in zip(buckets.starts, buckets.open(scope.now_us), strict=True))


@dataclass(frozen=True)
class _Lines:
    """Makes the lines of one group after the other."""

    query: TrendsQuery
    formulas: Sequence[Part]
    trends: Trends

    def of(self, row: int) -> tuple[TrendLine, ...]:
        now = self._figures(self.trends.counts, row)
        before = self._figures(self.trends.before, row) if self.trends.before is not None else [None] * len(now)
        series = (
            TrendLine(letter_of(place), one.name, one.measure, now[place].values, now[place].total, now[place].left_out)
            for place, one in enumerate(self.query.series)
        )
        formulas = (
            TrendLine("", text, "formula", one.values, one.total)
            for text, one in zip(self.query.formulas, now[len(self.query.series) :], strict=True)
        )
        return tuple(_compared(line, past) for line, past in zip((*series, *formulas), before, strict=True))

    def _figures(self, counts: Sequence[Counts], row: int) -> list[Figures]:
        series = [
            figures_of(one, measure.measure, row, cumulative=self.query.cumulative)
            for measure, one in zip(self.query.series, counts, strict=True)
        ]
        return series + [_calculated(formula, series) for formula in self.formulas]


def _calculated(formula: Part, series: Sequence[Figures]) -> Figures:
    from finegrain.behaviour.trends.figures import Figures

    values = tuple(work_out(formula, column) for column in zip(*(one.values for one in series), strict=True))
    return Figures(values, work_out(formula, [one.total for one in series]))


def _compared(line: TrendLine, before: Figures | None) -> TrendLine:
    from dataclasses import replace

    return line if before is None else replace(line, before=before.values, before_total=before.total)
