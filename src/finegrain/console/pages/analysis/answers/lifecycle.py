"""How a life-cycle's answer reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.console.pages.analysis.answers.common import (
    count_cell,
    group_title,
    grouped_table,
    opened,
    picked,
)
from finegrain.console.pages.analysis.contract import Cell, Figure, Picture, ResultTable, TableColumn
from finegrain.console.pages.analysis.options import bars, chart, door, names_across, numbers_up, said
from finegrain.console.pages.analysis.words import bucket_name
from finegrain.console.widgets.formats import NOTHING, number
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.behaviour.trends.lasting_result import LifecycleBucket, LifecycleResult
    from finegrain.console.pages.analysis.contract import Selection
    from finegrain.console.theme import Palette

STATES = {"new": N_("New"), "returning": N_("Returning"), "resurrected": N_("Resurrected"), "dormant": N_("Fell silent")}


class LifecycleAnswer:
    """Reads the answers of life-cycles."""

    def is_empty(self, result: LifecycleResult) -> bool:
        """Say whether nobody was there."""
        return not any(bucket.new or bucket.returning or bucket.resurrected or bucket.dormant for bucket in result.total.buckets)

    def pictures(self, result: LifecycleResult) -> list[Picture]:
        """Give who comes above the line, and who falls silent below it."""
        return [Picture(_("Who comes, stays, returns and falls silent"), lambda colours: _stacks(result, colours), 340)]

    def table(self, result: LifecycleResult) -> ResultTable:
        """Give a row a bucket of all and of each group."""
        columns = (TableColumn(_("Time"), "text"), *(TableColumn(_(name)) for name in STATES.values()))
        return grouped_table(
            result, columns, lambda place, group: (_row(result, place, at, bucket) for at, bucket in enumerate(group.buckets))
        )

    def figures(self, result: LifecycleResult) -> list[Figure]:
        """Give the states of the last bucket that has ended."""
        ended = [at for at, bucket in enumerate(result.total.buckets) if not bucket.open]
        at = ended[-1] if ended else len(result.total.buckets) - 1
        bucket = result.total.buckets[at]
        name = _bucket(result, bucket)
        return [
            Figure(_(label), number(abs(getattr(bucket, state))), name, opened(result.asked, state=state, bucket=at))
            for state, label in STATES.items()
        ]

    def notes(self, result: LifecycleResult) -> list[str]:
        """Say what counts."""
        notes = [_("The whole history counts, also before the period: new is who never did it before.")]
        if any(bucket.open for bucket in result.total.buckets):
            notes.append(_("The last bucket, shown pale, has not ended: some who seem silent may still come."))
        return notes

    def title(self, result: LifecycleResult, select: Selection) -> str:
        """Say in which state people were, and when."""
        bucket = picked(result.total.buckets, select.get("bucket"))
        when = _bucket(result, bucket) if bucket else NOTHING
        state = _(STATES.get(str(select.get("state")), ""))
        return f"{state} · {when}" + group_title(result.groups, select)


def _bucket(result: LifecycleResult, bucket: LifecycleBucket) -> str:
    query: Any = result.asked.query
    return bucket_name(bucket.start, query.granularity)


def _row(result: LifecycleResult, group: int | None, at: int, bucket: LifecycleBucket) -> tuple[Cell, ...]:
    counts = (
        count_cell(getattr(bucket, state), opened(result.asked, state=state, bucket=at, group=group), quiet=bucket.open)
        for state in STATES
    )
    return Cell(_bucket(result, bucket), bucket.start, quiet=bucket.open), *counts


def _stacks(result: LifecycleResult, colours: Palette) -> dict[str, Any]:
    buckets = result.total.buckets
    labels = [_bucket(result, bucket) for bucket in buckets]
    shades = {"new": colours.second, "returning": colours.accent, "resurrected": colours.bar, "dormant": colours.faint}
    series = [
        bars(
            _(STATES[state]),
            [_item(result, one, state, at, shades[state]) for at, one in enumerate(buckets)],
            shades[state],
            stack="states",
            tooltip=said(),
        )
        | {"itemStyle": {"color": shades[state]}}
        for state in STATES
    ]
    return chart(colours, legend=True, xAxis=names_across(labels, colours), yAxis=numbers_up(colours), series=series)


def _item(result: LifecycleResult, bucket: LifecycleBucket, state: str, at: int, colour: str) -> dict[str, Any]:
    look = {"color": colour, "opacity": 0.45 if bucket.open else 1}
    return door(getattr(bucket, state), opened(result.asked, state=state, bucket=at), itemStyle=look)
