"""How a trend's answer reads."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from finegrain.console.holder import workspace
from finegrain.console.pages.analysis.answers.common import group_title, named_groups, opened, picked, text_cell
from finegrain.console.pages.analysis.contract import Cell, Figure, Picture, ResultTable, TableColumn
from finegrain.console.pages.analysis.options import (
    MOST_LINES,
    chart,
    door,
    hue,
    line,
    names_across,
    numbers_up,
    said,
    still_open,
)
from finegrain.console.pages.analysis.words import MEASURES, bucket_name, plain, shown_event
from finegrain.console.pages.people.events import is_amount
from finegrain.console.text import language_tag
from finegrain.console.widgets.cards import delta_words
from finegrain.console.widgets.charts import number_formatter
from finegrain.console.widgets.formats import money_compact, number
from finegrain.i18n import _, ngettext
from finegrain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finegrain.behaviour.trends.result import TrendBucket, TrendLine, TrendsResult
    from finegrain.console.pages.analysis.contract import Selection
    from finegrain.console.theme import Palette

_PAST = {"lineStyle": {"width": 1.5, "type": "dashed"}, "symbolSize": 4}


@dataclass(frozen=True)
class _Course:
    """One line of one group, with where it stands."""

    name: str
    line: TrendLine
    place: int
    group: int | None
    currency: str

    def select(self, result: TrendsResult, bucket: int | None, *, before: bool = False) -> Selection | None:
        """Give whom the figure of a bucket stands for; nobody behind a formula."""
        if self.line.measure == "formula":
            return None
        return opened(result.asked, series=self.place, bucket=bucket, group=self.group, before=before or None)


class TrendsAnswer:
    """Reads the answers of trends."""

    def is_empty(self, result: TrendsResult) -> bool:
        """Say whether nothing happened."""
        return not any(line.total for line in result.total.lines)

    def pictures(self, result: TrendsResult) -> list[Picture]:
        """Give the lines over time."""
        return [Picture(_("Over time"), lambda colours: _lines(result, colours), 340)]

    def table(self, result: TrendsResult) -> ResultTable:
        """Give a row a bucket, and one of the whole period; a column a line."""
        courses = list(_courses(result))
        columns = [TableColumn(_("Time"), "text"), *(TableColumn(course.name) for course in courses)]
        whole = (text_cell(_("Whole period")), *(_cell(result, course, course.line.total, None) for course in courses))
        rows = [
            (
                text_cell(bucket.start, quiet=bucket.open),
                *(_cell(result, course, course.line.values[at], at, quiet=bucket.open) for course in courses),
            )
            for at, bucket in enumerate(result.buckets)
        ]
        return ResultTable(tuple(columns), (whole, *rows))

    def figures(self, result: TrendsResult) -> list[Figure]:
        """Give the total of each line of all, with its change against the days before."""
        return [
            Figure(course.name, _written(course, course.line.total), _change(course.line), course.select(result, None))
            for course in _courses(result)
            if course.group is None
        ][:6]

    def notes(self, result: TrendsResult) -> list[str]:
        """Say which events have no number, and what is not final."""
        notes = [
            ngettext(
                "{line}: {count} event has no number in {property} and is left out.",
                "{line}: {count} events have no number in {property} and are left out.",
                line.left_out,
                line=line.letter,
                count=number(line.left_out),
                property=_property(result, line),
            )
            for line in result.total.lines
            if line.left_out
        ]
        if any(line.measure == "unique" for line in result.total.lines):
            notes.append(_("People of the whole period are counted once: the buckets do not add up to them."))
        if any(bucket.open for bucket in result.buckets):
            notes.append(_("The last bucket has not ended yet."))
        return notes

    def title(self, result: TrendsResult, select: Selection) -> str:
        """Say who did what a line counts, and when."""
        place, bucket = select.get("series", 1), select.get("bucket")
        buckets = result.before if select.get("before") else result.buckets
        lines = result.total.lines
        counted = picked(lines, place - 1 if isinstance(place, int) else None)
        name = shown_event(counted.name) if counted else ""
        at = picked(buckets, bucket)
        when = _bucket(result, at) if at else _("Whole period")
        return f"{name} · {when}" + group_title(result.groups, select)


def _property(result: TrendsResult, line: TrendLine) -> str:
    query: Any = result.asked.query
    return str(query.series[ord(line.letter) - ord("A")].property)


def _currency(result: TrendsResult, line: TrendLine) -> str:
    amount = line.letter and line.measure not in {"total", "unique"} and is_amount(_property(result, line))
    return workspace().currency if amount else ""


def _line_name(line: TrendLine) -> str:
    if line.measure == "formula":
        return line.name
    measure = "" if line.measure == "total" else f" · {_(MEASURES[line.measure])}"
    return f"{line.letter} {shown_event(line.name)}{measure}"


def _courses(result: TrendsResult) -> Iterator[_Course]:
    """Give the lines of all, then those of the groups."""
    groups = [(None, "", result.total), *named_groups(result.groups)]
    several = len(result.total.lines) > 1
    for place, group_name, group in groups:
        for number_, each in enumerate(group.lines, start=1):
            own = _line_name(each)
            name = own if place is None else f"{group_name} · {own}" if several else group_name
            yield _Course(name, each, number_, place, _currency(result, each))


def _written(course: _Course, value: float | None) -> str:
    if course.currency and value is not None:
        return money_compact(Money.from_major(Decimal(str(value)), course.currency).amount_minor, course.currency)
    return plain(value)


def _cell(result: TrendsResult, course: _Course, value: float | None, at: int | None, *, quiet: bool = False) -> Cell:
    select = course.select(result, at) if value else None
    return Cell(_written(course, value), None if value is None else round(value, 6), select, quiet=quiet)


def _change(line: TrendLine) -> str:
    if line.before is None:
        return ""
    return _("no comparison") if line.change is None else _("{change} on the days before", change=delta_words(line.change)[0])


def _bucket(result: TrendsResult, bucket: TrendBucket) -> str:
    query: Any = result.asked.query
    return bucket_name(bucket.start, query.granularity)


def _lines(result: TrendsResult, colours: Palette) -> dict[str, Any]:
    labels = [_bucket(result, bucket) for bucket in result.buckets]
    courses = [course for course in _courses(result) if not result.groups or (course.group is not None and course.line.total)]
    courses = courses[: MOST_LINES * max(1, len(result.total.lines))] or list(_courses(result))
    series = [_series(result, course, hue(rank, colours)) for rank, course in enumerate(courses)]
    series += [_past(result, course, hue(rank, colours)) for rank, course in enumerate(courses) if course.line.before is not None]
    series[0] |= still_open([bucket.open for bucket in result.buckets], labels, colours)
    currency = courses[0].currency if len({course.currency for course in courses}) == 1 else ""
    axis = numbers_up(colours, number_formatter(currency, language_tag(), full=False))
    options = chart(colours, legend=len(courses) > 1, xAxis=names_across(labels, colours), yAxis=axis, series=series)
    # What lies in the past is dashed in the colour of its line, and needs no name of its own.
    options["legend"] |= {"data": [course.name for course in courses]}
    return options


def _series(result: TrendsResult, course: _Course, colour: str) -> dict[str, Any]:
    data = [door(value, course.select(result, at)) for at, value in enumerate(course.line.values)]
    return line(course.name, data, colour, tooltip=said(currency=course.currency))


def _past(result: TrendsResult, course: _Course, colour: str) -> dict[str, Any]:
    values = (course.line.before or ())[: len(result.buckets)]
    data = [door(value, course.select(result, at, before=True)) for at, value in enumerate(values)]
    name = _("{line}, days before", line=course.name)
    looks: dict[str, Any] = _PAST | {"lineStyle": _PAST["lineStyle"] | {"color": colour}}  # type: ignore[operator]
    return line(name, data, colour, tooltip=said(currency=course.currency), **looks) | {"itemStyle": {"opacity": 0.6}}
