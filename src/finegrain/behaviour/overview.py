"""The shop's figures over a period of civil days, beside those of the period before, and how they ran."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.behaviour.facts import event_arrays, order_arrays, orphan_arrays
from finegrain.errors import BadValueError
from finegrain.i18n import Phrase
from finegrain.zones import to_us

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from finegrain.behaviour._kernels import Buckets
    from finegrain.behaviour.index import BehaviourIndex
    from finegrain.zones import Bucket, Zone

_DAILY_UP_TO, _WEEKLY_UP_TO = 45, 200  # days


@dataclass(frozen=True)
class OverviewFigures:
    """The figures of one period, as known at its end: what was refunded later is not refunded yet.

    Attributes:
        people: people known by the end.
        active_people: people with any event in the period but messages to them.
        revenue_minor: orders of the period net of refunds, less the period's refunds that name no known order.
        orders: orders of the period that count as purchases (not refunded in full).
        repeat_rate: share, among the people with a purchase in the period, of those with at least two purchases up to its end;
            None when nobody bought.
        average_order_value_minor: revenue / orders; None without an order.
    """

    people: int
    active_people: int
    revenue_minor: int
    orders: int
    repeat_rate: float | None
    average_order_value_minor: int | None


@dataclass(frozen=True)
class OverviewSeries:
    """How a period ran, one entry a bucket. Orders and revenue add up to the period's; active people are unique per bucket.

    Attributes:
        bucket: length of a bucket.
        starts: civil day on which each bucket starts; the first is cut to the period's first day.
        orders, revenue_minor, active_people: as in ``OverviewFigures``.
    """

    bucket: Bucket
    starts: tuple[date, ...]
    orders: tuple[int, ...]
    revenue_minor: tuple[int, ...]
    active_people: tuple[int, ...]


@dataclass(frozen=True)
class OverviewResult:
    """The figures of the civil days ``first`` to ``last``, both included, and of as many days just before them."""

    zone: str
    currency: str
    first: date
    last: date
    figures: OverviewFigures
    previous: OverviewFigures
    series: OverviewSeries

    @property
    def deltas(self) -> dict[str, float | None]:
        """Change of each figure against the period before.

        It is relative (0.1 is a tenth more), but for ``repeat_rate`` the difference of the two rates. None where either is
        missing, or a relative change starts from zero.
        """
        now, before = asdict(self.figures), asdict(self.previous)
        return {name: _delta(name, now[name], before[name]) for name in now}

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain values, days in ISO form."""
        series = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self.series).items()}
        return {
            "zone": self.zone,
            "currency": self.currency,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "figures": asdict(self.figures),
            "previous": asdict(self.previous),
            "deltas": self.deltas,
            "series": series | {"starts": [start.isoformat() for start in self.series.starts]},
        }

    def to_arrow(self) -> pa.Table:
        """Give the series as a table: ``start date32``, ``orders``, ``revenue_minor`` and ``active_people int64``."""
        import pyarrow as pa

        series = self.series
        return pa.table(
            {
                "start": pa.array(series.starts, pa.date32()),
                "orders": pa.array(series.orders, pa.int64()),
                "revenue_minor": pa.array(series.revenue_minor, pa.int64()),
                "active_people": pa.array(series.active_people, pa.int64()),
            }
        )

    def to_pandas(self) -> pd.DataFrame:
        """Give the series as a data frame, with the columns of ``to_arrow``."""
        frame: pd.DataFrame = self.to_arrow().to_pandas()
        return frame


def overview(index: BehaviourIndex, zone: Zone, first: date, last: date, *, bucket: Bucket | None = None) -> OverviewResult:
    """Work out the figures of the civil days ``first`` to ``last``, both included.

    Each period is seen as it stood at its own end, so that the two compare like with like.

    Args:
        index: what everybody did.
        zone: the zone whose days are meant.
        first: first day.
        last: last day.
        bucket: length of the series' buckets; by default days up to 45 days, weeks up to 200 days, else months.

    Raises:
        BadValueError: ``last`` lies before ``first``.
    """
    if last < first:
        raise BadValueError(name="last", value=last, allowed=Phrase("a day that is not before {first}", first=first))
    days = (last - first).days + 1
    chosen = bucket or _bucket_for(days)
    edges_us = zone.edges_us(first, last, chosen)
    edges_us[0], edges_us[-1] = to_us(zone.day_start(first)), to_us(zone.day_start(last + timedelta(days=1)))
    before_us = np.array([to_us(zone.day_start(first - timedelta(days=days))), edges_us[0]], dtype=np.int64)
    counts = _count(index, edges_us)
    starts = tuple(max(start, first) for start in zone.bucket_starts(first, last, chosen))
    figures, previous = _figures(counts), _figures(_count(index, before_us))
    return OverviewResult(zone.name, index.currency, first, last, figures, previous, _series(counts, chosen, starts))


def _bucket_for(days: int) -> Bucket:
    if days <= _DAILY_UP_TO:
        return "day"
    return "week" if days <= _WEEKLY_UP_TO else "month"


def _count(index: BehaviourIndex, edges_us: NDArray[np.int64]) -> Buckets:
    from finegrain.behaviour import _kernels

    n = len(edges_us) - 1
    out = _kernels.Buckets(*(np.zeros(size, dtype=np.int64) for size in (n, n, n, 4)))
    _kernels.fill_buckets(event_arrays(index), order_arrays(index), orphan_arrays(index), edges_us, out)
    return out


def _figures(counts: Buckets) -> OverviewFigures:
    people, active, buyers, again = counts.people.tolist()
    revenue, orders = int(counts.revenue_minor.sum()), int(counts.orders.sum())
    return OverviewFigures(
        people=people,
        active_people=active,
        revenue_minor=revenue,
        orders=orders,
        repeat_rate=again / buyers if buyers else None,
        average_order_value_minor=round(revenue / orders) if orders else None,
    )


def _series(counts: Buckets, bucket: Bucket, starts: tuple[date, ...]) -> OverviewSeries:
    columns = (counts.orders, counts.revenue_minor, counts.active)
    return OverviewSeries(bucket, starts, *(tuple(column.tolist()) for column in columns))


def _delta(name: str, now: float | None, before: float | None) -> float | None:
    if now is None or before is None:
        return None
    if name == "repeat_rate":
        return now - before
    return (now - before) / abs(before) if before else None
