"""From good rows to events: orders, refunds and events take shape in the workbench, and what they came to is counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from finegrain.collect.imports.kept import line_rows, order_kept, order_rows, varying
from finegrain.collect.imports.replaying import add_stored_lines
from finegrain.collect.imports.trees import sql
from finegrain.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from finegrain.collect.imports.workbench import Workbench
    from finegrain.collect.mapping.contract import Mapping
    from finegrain.store.events import EventStore


@dataclass(frozen=True)
class Added:
    """What an import added to the events, and whom its orders name."""

    rows: int
    orders: int
    refunds: int
    events: int
    buyers: int
    revenue_minor: int


def build_events(bench: Workbench, mapping: Mapping, properties: Sequence[str], *, stored: EventStore | None = None) -> None:
    """Turn the staged rows into the table ``outgoing``, one row an event, in the order of the files.

    Args:
        bench: holds ``staged``.
        mapping: how the rows were read; for orders, whether a row is an order or a line of one.
        properties: the names of the orders' properties.
        stored: in a replay, the events that are there already: a replayed line joins its stored order.
    """
    if mapping.kind == "people":
        return
    if mapping.kind == "events":
        bench.run("outgoing_events")
        return
    if mapping.granularity == "line":
        _make_lines(bench, properties)
        bench.run("sightings_lines")
        if stored is not None:
            add_stored_lines(bench, stored)
    else:
        bench.view("lines", order_rows(properties))
        bench.run("sightings_orders")
    for step in ("refund_documents", "refund_rows", "outgoing_orders"):
        bench.run(step)


def _make_lines(bench: Workbench, properties: Sequence[str]) -> None:
    bench.make("order_kept", order_kept(properties))
    flags = bench.execute(sql(varying(properties))).fetchone() if properties else ()
    places = [place for place, differs in enumerate(flags or ()) if differs]
    make = bench.make if places else bench.view
    make("lines", line_rows(properties, places))


def count_added(bench: Workbench, stored: NDArray[np.bool_], currency: str) -> Added:
    """Count what was added, given which of the events ``outgoing`` the store took: ``(n_events,) bool``."""
    positions = pa.array(np.arange(len(stored), dtype=np.int64))
    bench.register("verdicts", pa.table({"position": positions, "stored": pa.array(stored)}))
    rows, orders, refunds, events, buyers = bench.row("added")
    (net,) = bench.row("revenue")
    return Added(int(rows), orders, refunds, events, buyers, Money.from_major(net, currency).amount_minor)
