"""Who is behind the figures of trends, life-cycles and stickiness, from the behaviour index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finegrain.behaviour.queries.columns import frozen
from finegrain.behaviour.queries.periods import cut
from finegrain.behaviour.receiving import messages_among
from finegrain.behaviour.trends import _people_kernels as kernels
from finegrain.behaviour.trends.counting import Side, make_steps
from finegrain.behaviour.trends.numbers import LogSide
from finegrain.behaviour.trends.query import LARGEST, NUMERIC
from finegrain.behaviour.trends.selecting import check_place, group_number, selected_range
from finegrain.behaviour.trends.windows import start_before, whole_buckets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.behaviour.trends.contract import LifecycleSelection, StickinessSelection, TrendSelection
    from finegrain.behaviour.trends.query import LifecycleQuery, Series, StickinessQuery, TrendsQuery

_EVER_US = -(2**62)


def trend_people(snapshot: Snapshot, scope: Scope, query: TrendsQuery, selection: TrendSelection) -> NDArray[np.int64]:
    """Give the ids of the people with an event behind a trend's figure, ascending, ``(n,) int64``.

    Of numeric measures those with an event that has a number. Where groups are counted, the people whose events they hold.

    Args:
        snapshot: what everybody did.
        scope: whose behaviour counts, and when.
        query: the question; checked before.
        selection: which figure.

    Raises:
        BadQueryError: there is no such series, bucket or group.
    """
    series, start_us, end_us = selected_range(scope, query, selection)
    side = Side.of(snapshot, scope, "people", query.group, query.series)
    wanted = _wanted(side, query, series)
    marked = np.zeros(side.view.actors, dtype=np.bool_)
    group = group_number(side.names, selection.group)
    kernels.mark_actors(side.chosen(selection.series - 1), group, start_us, end_us, wanted, marked)
    return snapshot.index.person_ids[marked]


def lifecycle_people(snapshot: Snapshot, scope: Scope, query: LifecycleQuery, selection: LifecycleSelection) -> NDArray[np.int64]:
    """Give the ids of the people in a state of life in one bucket, ascending, ``(n,) int64``.

    Where groups are counted, the people who had the event in one of them by the bucket's end.

    Raises:
        BadQueryError: there is no such bucket or group.
    """
    edges = whole_buckets(scope, query.granularity).edges_us.tolist()
    check_place("bucket", selection.bucket, 0, len(edges) - 2)
    before_us, start_us, end_us = [start_before(scope, query.granularity), *edges][selection.bucket :][:3]
    side = Side.of(snapshot, scope, query.unit, query.group, [query.event])
    times = np.zeros(side.view.actors, dtype=np.int8)
    kernels.mark_times(side.chosen(0), group_number(side.names, selection.group), before_us, start_us, end_us, times)
    here, before, earlier = (times & bit != 0 for bit in (kernels.HERE, kernels.BEFORE, kernels.EARLIER))
    marked = {
        "new": here & ~before & ~earlier,
        "returning": here & before,
        "resurrected": here & ~before & earlier,
        "dormant": ~here & before,
    }[selection.state]
    return side.people(marked, _EVER_US, end_us)


def stickiness_people(
    snapshot: Snapshot, scope: Scope, query: StickinessQuery, selection: StickinessSelection
) -> NDArray[np.int64]:
    """Give the ids of the people with the event in exactly so many buckets, ascending, ``(n,) int64``.

    Where groups are counted, the people who had the event in one of them in the period.

    Raises:
        BadQueryError: there are not so many buckets, or there is no such group.
    """
    steps = make_steps(cut(scope.days, query.granularity, scope.zone).edges_us)
    check_place("buckets", selection.buckets, 1, len(steps.edges_us) - 1)
    side = Side.of(snapshot, scope, query.unit, query.group, [query.event])
    distinct = np.zeros(side.view.actors, dtype=np.int64)
    kernels.mark_buckets(side.chosen(0), group_number(side.names, selection.group), steps, distinct)
    return side.people(distinct == selection.buckets, scope.start_us, scope.end_us)


def _wanted(side: Side, query: TrendsQuery, series: Series) -> NDArray[np.bool_]:
    """Say by row of the log which events a series counts at all; empty for all of them."""
    snapshot = side.snapshot
    if series.measure in NUMERIC:
        return frozen(np.abs(LogSide(side, 0).values(series)) <= LARGEST)
    unit = series.unit_of(query.unit)
    if unit == "groups":
        return frozen(snapshot.columns.text(query.group, snapshot.log).codes >= 0)
    if unit == "sessions":
        return frozen(~messages_among(snapshot.log.event_names)[snapshot.log.event])
    return frozen(np.zeros(0, dtype=np.bool_))
