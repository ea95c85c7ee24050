"""What touches are called, and what conversions are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finegrain.behaviour.attribution._kernels import Sources
from finegrain.behaviour.queries._view_kernels import mark_rows
from finegrain.behaviour.queries.columns import frozen
from finegrain.behaviour.queries.snapshot import EventValues
from finegrain.money import exponent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.attribution.query import AttributionQuery
    from finegrain.behaviour.queries._view_kernels import Events, Matches
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.snapshot import Snapshot

_NO_CODES = frozen(np.zeros(0, dtype=np.int32))
_NO_MINOR = frozen(np.zeros(0, dtype=np.int64))
_NO_FLAGS = frozen(np.zeros(0, dtype=np.bool_))
_PLACES = 6  # the decimal places of a number of money, as of order totals
_LARGEST = 2**62 / 10**_PLACES


def find_sources(
    snapshot: Snapshot, events: Events, matches: Matches, scope: Scope, query: AttributionQuery
) -> tuple[Sources, tuple[str, ...]]:
    """Give what touches are called and conversions are worth, and the names that are told by themselves.

    Args:
        snapshot: the events.
        events: those that count, by actor.
        matches: which of them are touches; matcher 0 is the conversion.
        scope: the period, and the currency.
        query: the question.
    """
    minor, has_amount = _NO_MINOR, _NO_FLAGS
    if query.money:
        minor, has_amount = minor_units(EventValues(snapshot, query.money).number().values, scope.currency)
    if not query.name_by:
        return Sources(_NO_CODES, _NO_CODES, minor, has_amount), tuple(touch.name for touch in query.touches)
    column = EventValues(snapshot, query.name_by).text()
    marked = np.zeros(len(snapshot.log.who), dtype=np.int64)
    touches = np.uint32((1 << len(query.matchers)) - 2)
    mark_rows(events, matches, touches, scope.start_us - query.lookback_us, scope.end_us, marked)
    count = np.bincount(column.codes + 1, marked, minlength=len(column.texts) + 1)[1:].astype(np.int64)
    of_value, names = _ranked(column.texts, count, query.limit)
    return Sources(column.codes, of_value, minor, has_amount), names


def _ranked(texts: pa.ChunkedArray, count: NDArray[np.int64], limit: int) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Give the place of each value, the last for none: its rank, ``other`` behind the names, −1 for what is no touch."""
    empty = pc.equal(texts, "").to_numpy()
    table = pa.table({"count": count, "text": texts, "code": np.arange(len(count))})
    named = table.filter(pa.array((count > 0) & ~empty.astype(np.bool_)))
    best = named.sort_by([("count", "descending"), ("text", "ascending")]).slice(0, limit)
    of_value = np.full(len(count) + 1, best.num_rows, dtype=np.int32)
    of_value[best["code"].to_numpy()] = np.arange(best.num_rows, dtype=np.int32)
    of_value[:-1][empty.astype(np.bool_)] = -1
    of_value[-1] = -1
    return frozen(of_value), tuple(best["text"].to_pylist())


def minor_units(values: NDArray[np.float64], currency: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Give amounts in minor units, and whether there is one at all.

    Args:
        values: ``(n,) float64`` in major units, NaN for none; read to six decimal places.
        currency: its minor units are rounded to, half away from zero.

    Returns:
        ``(n,) int64``, 0 for none and beyond 4.6 · 10¹², and ``(n,) bool``.
    """
    has_amount = np.abs(values) <= _LARGEST
    exact = np.rint(np.where(has_amount, values, 0.0) * 10.0**_PLACES).astype(np.int64)
    unit = 10 ** (_PLACES - exponent(currency))
    return frozen(np.sign(exact) * ((np.abs(exact) + unit // 2) // unit)), frozen(has_amount)
