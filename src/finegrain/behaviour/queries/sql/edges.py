"""Finds the bucket of an instant in SQL by one look into a table, as the kernels do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlglot import exp

from finegrain.behaviour.queries.sql.expressions import number
from finegrain.store.events.clickhouse.columns import call

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class EdgesSql:
    """Instants in order, as parameters of a statement, with a table that says how many lie before each cell of time.

    Attributes:
        name: begins the names of the parameters.
        edges_us: ``(E,) int64``, ascending, one or more; equal ones stand for a bucket without any time in it.
    """

    name: str
    edges_us: NDArray[np.int64]

    def reached(self, time_us: exp.Expr) -> exp.Expr:
        """Give how many edges lie at or before an instant."""
        origin, length, cells = self._cells()
        cell = call("intDiv", exp.Sub(this=time_us, expression=number(origin)), number(length))
        place = call("least", call("greatest", cell, number(0)), number(len(cells) - 1))
        before = _at(self._parameter("cells", "UInt16"), place)
        # A cell is no longer than a bucket, so that no more than one edge can lie inside it.
        passed = exp.LTE(this=_at(self._parameter("edges", "Int64"), before), expression=time_us.copy())
        among = _at(self._parameter("counts", "UInt16"), exp.Add(this=before.copy(), expression=exp.Paren(this=passed)))
        early = exp.LT(this=time_us.copy(), expression=number(int(self.edges_us[0])))
        late = exp.GTE(this=time_us.copy(), expression=number(int(self.edges_us[-1])))
        return call("toInt64", call("multiIf", early, number(0), late, number(len(self.edges_us)), among))

    def parameters(self) -> dict[str, Any]:
        """Give the values of the parameters."""
        distinct, upto = self._distinct()
        values = {"cells": self._cells()[2], "edges": distinct, "counts": np.append(0, upto)}
        return {f"{self.name}_{key}": value.tolist() for key, value in values.items()}

    def _distinct(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give each edge once, and how many edges lie at or before it."""
        distinct, counts = np.unique(self.edges_us, return_counts=True)
        return distinct, np.cumsum(counts)

    def _cells(self) -> tuple[int, int, NDArray[np.int64]]:
        """Give the table's first instant, the length of its cells, and how many distinct edges lie up to the start of each."""
        distinct, _ = self._distinct()
        # The first and the last bucket may be cut short by the period, and would make the cells too many.
        inner = distinct[1:-1] if len(distinct) > 3 else distinct  # noqa: PLR2004 - two between two
        length = int(np.diff(inner).min()) if len(inner) > 1 else 1
        starts = np.arange(int(inner[0]) - length, int(inner[-1]) + 1, length, dtype=np.int64)
        return int(starts[0]), length, np.searchsorted(distinct, starts, side="right").astype(np.int64)

    def _parameter(self, key: str, kind: str) -> exp.Expr:
        return exp.Placeholder(this=exp.Var(this=f"{self.name}_{key}"), kind=exp.DataType.build(f"Array({kind})", "clickhouse"))


def _at(values: exp.Expr, place: exp.Expr) -> exp.Expr:
    """Give the value at a place, counted from 0."""
    return call("arrayElement", values, exp.Add(this=place, expression=number(1)))
