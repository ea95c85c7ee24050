"""A retention table from ClickHouse, and the people behind its cells."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.behaviour.queries.sql.events import EventsSql, grouped
from finegrain.behaviour.queries.sql.running import reading
from finegrain.behaviour.retention.contract import Cohorts
from finegrain.behaviour.retention.grid import grid_of
from finegrain.store.events.clickhouse.columns import DIALECT
from finegrain.store.sqlfiles import read_sql

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.matching import GroupNames
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.sql.people import PeopleSql
    from finegrain.behaviour.retention.contract import RetentionCell
    from finegrain.behaviour.retention.grid import Grid
    from finegrain.behaviour.retention.query import RetentionQuery
    from finegrain.store.events.clickhouse.connection import Connection

_SQL = Path(__file__).parent / "sql"
_SIZE, _ALL = -1, -1


def count_cohorts(connection: Connection, people: PeopleSql, scope: Scope, query: RetentionQuery) -> Cohorts:
    """Give the cohorts' sizes, and how many came back when; what ``embedded.count_cohorts`` gives.

    Args:
        connection: where the events are.
        people: how SQL asks about people.
        scope: whose behaviour counts, and when.
        query: the question; checked before.

    Raises:
        BadQueryError: there would be too many buckets or cells.
    """
    table = _Table.of(EventsSql(connection, scope, query, query.matchers, people), query)
    return table.cohorts(table.found("cells", {}))


def cell_people(
    connection: Connection, people: PeopleSql, scope: Scope, query: RetentionQuery, cell: RetentionCell
) -> NDArray[np.int64]:
    """Give the ids of the people in a cell, ascending, each once; nobody where groups are counted.

    Args:
        connection: where the events are.
        people: how SQL asks about people.
        scope: whose behaviour counts, and when.
        query: the question; checked before.
        cell: the cell; checked before.
    """
    if query.unit == "groups":
        return np.zeros(0, dtype=np.int64)
    table = _Table.of(EventsSql(connection, scope, query, query.matchers, people), query)
    person: NDArray[np.int64] = table.found("people", _wanted(cell))["person"].to_numpy().astype(np.int64)
    return person


@dataclass(frozen=True)
class _Table:
    """A question with its buckets and groups."""

    events: EventsSql
    query: RetentionQuery
    grid: Grid
    names: GroupNames

    @classmethod
    def of(cls, events: EventsSql, query: RetentionQuery) -> _Table:
        grid = grid_of(query, events.scope)
        return cls(events, query, grid, events.groups([0]))

    def found(self, statement: str, wanted: dict[str, Any]) -> pa.Table:
        """Give the answer of a statement that reads the members of all cohorts."""
        from_us = None if self.query.cohort == "first_time" else self.events.scope.start_us
        to_us = None if self.query.mode == "on_or_after" else int(self.grid.edges_us[-1])
        matched = grouped(self.events.select(from_us=from_us, to_us=to_us), self.names)
        members = reading("matched", matched, read_sql(_SQL, "members"))
        whole = reading("members", members, read_sql(_SQL, statement))
        return self.events.connection.table(whole.sql(dialect=DIALECT), {**self._parameters(), **wanted})

    def _parameters(self) -> dict[str, Any]:
        return {
            "start_us": self.events.scope.start_us,
            "end_us": self.events.scope.end_us,
            "edges_us": self.grid.edges_us.tolist(),
            "cohort": self.query.cohort,
            "mode": self.query.mode,
            "periods": self.query.periods,
        }

    def cohorts(self, found: pa.Table) -> Cohorts:
        """Spread the cells that anybody is in over the whole table."""
        counts = np.zeros((len(self.names), self.grid.cohorts, self.query.periods + 2), dtype=np.int64)
        group, cohort, period, people = (
            found[one].to_numpy().astype(np.int64) for one in ("group", "cohort", "period", "people")
        )
        counts[group, cohort, period - _SIZE] = people
        sizes, came = counts[:, :, 0].copy(), counts[:, :, 1:].copy()
        if self.query.mode == "on_or_after":
            came[:, :, 1:] = came[:, :, :0:-1].cumsum(axis=2)[:, :, ::-1]
        return Cohorts(sizes, came, self.names)


def _wanted(cell: RetentionCell) -> dict[str, Any]:
    period, group = (_ALL if one is None else one for one in (cell.period, cell.group))
    return {
        "wanted_cohort": cell.cohort,
        "wanted_period": period,
        "wanted_group": group,
        "wanted_returned": cell.outcome == "returned",
    }
