"""When everything truly happened: civil times of the shop as instants, and what lies inside the history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from finegrain.simulate.steps import Kind
from finegrain.simulate.visits import SECONDS_PER_DAY
from finegrain.zones import Zone, from_us

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.simulate.shop import Shop

_QUARTER_HOUR_US = 900_000_000


@dataclass(frozen=True)
class Instants:
    """Times in microseconds since 1970 UTC; what would happen after ``end_us`` has not happened.

    Attributes:
        end_us: the end of the last civil day.
        steps: ``(n_steps,) int64``.
        signups: ``(n_people,) int64``.
        orders: ``(n_orders,) int64``, whole seconds.
        refunds: ``(n_refunds,) int64``, whole seconds.
        messages: ``(n_messages,) int64``, whole seconds.
    """

    end_us: int
    steps: NDArray[np.int64]
    signups: NDArray[np.int64]
    orders: NDArray[np.int64]
    refunds: NDArray[np.int64]
    messages: NDArray[np.int64]

    @property
    def placed(self) -> NDArray[np.bool_]:
        """``(n_orders,) bool``: which orders were placed inside the history."""
        return self.orders < self.end_us


def find_instants(shop: Shop) -> Instants:
    """Turn the shop's civil times into instants of its zone."""
    plan, timed = shop.world.plan, shop.timed
    edges = Zone(plan.zone).edges_us(plan.first_day, plan.until)
    starts = _instants(edges, timed.start_ms // 1_000, timed.start_ms % 1_000)
    steps = starts[timed.steps.visit] + timed.offset_ms * 1_000
    orders = _whole_seconds(steps[timed.steps.kind == Kind.ORDER_COMPLETED])
    order = shop.orders.line_order[shop.refunds.line]
    day = shop.visits.day[shop.orders.visit[order]] + shop.refunds.delay_days
    return Instants(
        end_us=int(edges[-1]),
        steps=steps,
        signups=starts[shop.visits.is_signup],
        orders=orders,
        # A refund on the next day can still follow the order too closely, when the order's visit ran past midnight.
        refunds=np.maximum(_instants(edges, day * SECONDS_PER_DAY + shop.refunds.second), orders[order] + 3_600_000_000),
        messages=_instants(edges, shop.messages.day * SECONDS_PER_DAY + shop.messages.second),
    )


def civil_text(instants_us: NDArray[np.int64], zone: Zone) -> list[str]:
    """Write instants as civil time of ``zone`` to the second: ``2024-06-18 20:03:11``."""
    quarters, place = np.unique(instants_us // _QUARTER_HOUR_US, return_inverse=True)
    # Zones of our days change their offset on the quarter hour, so one look-up a quarter is exact.
    offsets = [_offset_us(int(quarter) * _QUARTER_HOUR_US, zone) for quarter in quarters]
    civil = instants_us + np.array(offsets, dtype=np.int64)[place]
    return [text.replace("T", " ") for text in np.datetime_as_string(civil.astype("datetime64[us]"), unit="s").tolist()]


def _instants(edges: NDArray[np.int64], seconds: NDArray[np.int64], ms: NDArray[np.int64] | int = 0) -> NDArray[np.int64]:
    day = np.minimum(seconds // SECONDS_PER_DAY, len(edges) - 1)
    instants: NDArray[np.int64] = edges[day] + (seconds - day * SECONDS_PER_DAY) * 1_000_000 + ms * 1_000
    return instants


def _whole_seconds(instants_us: NDArray[np.int64]) -> NDArray[np.int64]:
    return instants_us - instants_us % 1_000_000


def _offset_us(instant_us: int, zone: Zone) -> int:
    offset = from_us(instant_us).astimezone(zone.info).utcoffset()
    return 0 if offset is None else int(offset.total_seconds()) * 1_000_000
