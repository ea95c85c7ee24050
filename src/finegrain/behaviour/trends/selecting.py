"""Which figure somebody asks about: the series, group and instants that a selection names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.periods import cut
from finegrain.behaviour.trends.query import ROLLING_DAYS
from finegrain.behaviour.trends.windows import Windows, rolling_windows, scope_before
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from finegrain.behaviour.queries.matching import GroupNames
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.trends.contract import TrendSelection
    from finegrain.behaviour.trends.query import Series, TrendsQuery


def selected_range(scope: Scope, query: TrendsQuery, selection: TrendSelection) -> tuple[Series, int, int]:
    """Give the series of a trend's figure, and the instants between which its events lie: from the first, before the second.

    Raises:
        BadQueryError: there is no such series or bucket.
    """
    check_place("series", selection.series, 1, len(query.series))
    series = query.series[selection.series - 1]
    return series, *_range(scope_before(scope) if selection.before else scope, query, series, selection.bucket)


def _range(scope: Scope, query: TrendsQuery, series: Series, bucket: int | None) -> tuple[int, int]:
    edges = cut(scope.days, query.granularity, scope.zone).edges_us
    windows = Windows(edges[:-1], edges[1:])
    if series.measure in ROLLING_DAYS:
        windows = rolling_windows(scope, query.granularity, ROLLING_DAYS[series.measure])
        bucket = len(edges) - 2 if bucket is None else bucket
    if bucket is None:
        return scope.start_us, scope.end_us
    check_place("bucket", bucket, 0, len(edges) - 2)
    start = scope.start_us if query.cumulative else int(windows.start_us[bucket])
    return start, int(windows.end_us[bucket])


def group_number(names: GroupNames, group: int | None) -> int:
    """Give the number of a group for engines, −1 for all.

    Raises:
        BadQueryError: there is no such group.
    """
    if group is None:
        return -1
    check_place("group", group, 0, len(names) - 1 if names.broken_down else -1)
    return group


def check_place(field: str, value: int, low: int, high: int) -> None:
    """Refuse a number that names nothing.

    Raises:
        BadQueryError: it is below ``low`` or above ``high``.
    """
    if not low <= value <= high:
        allowed = Phrase("a number from {low} to {high}", low=low, high=high)
        if high < low:
            allowed = Phrase("no value: there is nothing to choose from")
        raise BadQueryError(field=field, value=value, allowed=allowed)
