"""How retention's answer reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finegrain.console.pages.analysis.answers.common import (
    count_cell,
    drawn_groups,
    group_rows,
    group_title,
    opened,
    picked,
    share_cell,
    text_cell,
)
from finegrain.console.pages.analysis.contract import Cell, Figure, Picture, ResultTable, TableColumn
from finegrain.console.pages.analysis.options import (
    PERCENT,
    chart,
    hue,
    line,
    names_across,
    said,
    shares_up,
)
from finegrain.console.pages.analysis.words import GRANULARITIES, bucket_name, counted
from finegrain.console.widgets.formats import NOTHING, number, percent
from finegrain.i18n import _

if TYPE_CHECKING:
    from finegrain.behaviour.retention.result import RetentionCohort, RetentionGroup, RetentionResult
    from finegrain.console.pages.analysis.contract import Selection
    from finegrain.console.theme import Palette

_TYPICAL = 0.95
"""Part of the ordered shares below which the ramp has its strongest shades: a period 0 of 100 % must not bleach the others."""
_FAINT, _STRONG = 0.12, 0.78


class RetentionAnswer:
    """Reads the answers of retention."""

    def is_empty(self, result: RetentionResult) -> bool:
        """Say whether nobody started."""
        return result.total.size == 0

    def pictures(self, result: RetentionResult) -> list[Picture]:
        """Give the average curve, of all or of each group."""
        return [
            Picture(_("How many come back"), lambda colours: _curve(result, colours), 280, _("average, weighed by cohort size"))
        ]

    def table(self, result: RetentionResult) -> ResultTable:
        """Give a row a cohort with its size and what share came back in each period; of groups, their averages first."""
        periods = range(len(result.total.curve))
        unit = _(GRANULARITIES[_query(result).granularity])
        columns = (
            TableColumn(_("Cohort"), "text"),
            TableColumn(counted(result.asked)),
            *(TableColumn(f"{unit} {period}") for period in periods),
        )
        shades = _Shades.of(result)
        averages = [_average(name, group, shades) for _place, name, group in group_rows(result)]
        cohorts = [_cohort_row(result, place, cohort, shades) for place, cohort in enumerate(result.total.cohorts) if cohort.size]
        return ResultTable(columns, (*averages, *cohorts))

    def figures(self, result: RetentionResult) -> list[Figure]:
        """Give who started, and how many came back in the first and in the last period."""
        curve = result.total.curve
        unit = _(GRANULARITIES[_query(result).granularity])
        ended = tuple(point for point in curve[1:] if point.size)
        shown = ended[:1] + ended[-1:]
        figures = [Figure(_("Started"), number(result.total.size), counted(result.asked))]
        figures += [
            Figure(
                f"{unit} {point.period}", percent(point.share), _("{n} of {size}", n=number(point.count), size=number(point.size))
            )
            for point in {point.period: point for point in shown}.values()
        ]
        return figures

    def notes(self, result: RetentionResult) -> list[str]:
        """Say which cells are open, and what makes a cohort."""
        query = _query(result)
        notes = []
        if any(any(cohort.open) for cohort in result.total.cohorts):
            notes.append(_("Periods that have not ended are pale, and left out of the averages."))
        if query.cohort == "first_time":
            notes.append(_("Whose first start lies before the period is in no cohort."))
        else:
            notes.append(_("Everybody is in each cohort in which they started, so that cohorts overlap."))
        return notes

    def title(self, result: RetentionResult, select: Selection) -> str:
        """Say who came back, or did not, of which cohort."""
        cohort, period = picked(result.total.cohorts, select.get("cohort")), select.get("period")
        start = bucket_name(cohort.start, _query(result).granularity) if cohort else NOTHING
        if period is None:
            text = _("Started: {start}", start=start)
        elif select.get("outcome") == "lost":
            text = _("Started {start}, not back in period {n}", start=start, n=period)
        else:
            text = _("Started {start}, back in period {n}", start=start, n=period)
        return text + group_title(result.groups, select)


def _query(result: RetentionResult) -> Any:
    return result.asked.query


@dataclass(frozen=True)
class _Shades:
    """From which share to which the ramp goes: between them lie nine tenths of the closed cells after period 0."""

    low: float
    high: float

    @classmethod
    def of(cls, result: RetentionResult) -> _Shades:
        shares = sorted(
            share
            for cohort in result.total.cohorts
            for share, open_ in zip(cohort.shares[1:], cohort.open[1:], strict=True)
            if share is not None and not open_
        )
        if not shares:
            return cls(0.0, 1.0)
        last = len(shares) - 1
        return cls(shares[int(last * (1 - _TYPICAL))], shares[int(last * _TYPICAL)])

    def shade(self, share: float | None) -> float | None:
        """Give the shade of a share: most lie between faint and strong, those beyond at the ends."""
        if share is None:
            return None
        within = (share - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return min(1.0, max(0.0, _FAINT + within * (_STRONG - _FAINT)))


def _average(name: str, group: RetentionGroup, shades: _Shades) -> tuple[Cell, ...]:
    label = _("Average · {group}", group=name)
    shares = (share_cell(point.share, shade=shades.shade(point.share)) for point in group.curve)
    return text_cell(label), count_cell(group.size), *shares


def _cohort_row(result: RetentionResult, place: int, cohort: RetentionCohort, shades: _Shades) -> tuple[Cell, ...]:
    name = bucket_name(cohort.start, _query(result).granularity)
    cells = (_cell(result, place, period, cohort, shades) for period in range(len(cohort.shares)))
    return Cell(name, cohort.start), count_cell(cohort.size, opened(result.asked, cohort=place)), *cells


def _cell(result: RetentionResult, place: int, period: int, cohort: RetentionCohort, shades: _Shades) -> Cell:
    if place + period > _present(result):
        return Cell("")
    select = opened(result.asked, cohort=place, period=period) if cohort.counts[period] else None
    share = cohort.shares[period]
    return share_cell(share, select, shade=shades.shade(share), quiet=cohort.open[period])


def _present(result: RetentionResult) -> int:
    """Give the place of the bucket that has not ended, counted from the first cohort's; what lies behind it has not begun."""
    opens = (place + cohort.open.index(True) for place, cohort in enumerate(result.total.cohorts) if True in cohort.open)
    return min(opens, default=len(result.total.cohorts) + len(result.total.curve))


def _curve(result: RetentionResult, colours: Palette) -> dict[str, Any]:
    unit = _(GRANULARITIES[_query(result).granularity])
    labels = [f"{unit} {point.period}" for point in result.total.curve]
    groups = drawn_groups(result, lambda group: group.size, _("All"))
    series = [
        line(name, [point.share for point in group.curve], hue(rank, colours), tooltip=said(PERCENT))
        for rank, (_place, name, group) in enumerate(groups)
    ]
    most = max((point.share or 0 for _place, _name, group in groups for point in group.curve), default=0)
    return chart(
        colours, legend=len(series) > 1, xAxis=names_across(labels, colours), yAxis=shares_up(colours, most), series=series
    )
