"""The events that trends, life-cycles and stickiness count, as SQL, and what statements over them find as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlglot import exp

from finegrain.behaviour.queries.sql.events import EventsSql, group_sql
from finegrain.behaviour.queries.sql.expressions import array, name, number
from finegrain.behaviour.queries.sql.running import over
from finegrain.behaviour.trends.query import Series
from finegrain.store.events.clickhouse.columns import call, number_of
from finegrain.store.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.contract import EventMatch, Query, Unit
    from finegrain.behaviour.queries.matching import GroupNames
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.sql.edges import EdgesSql
    from finegrain.behaviour.queries.sql.people import PeopleSql
    from finegrain.store.events.clickhouse.connection import Connection

_SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class SideSql:
    """What is counted for one question, and into which groups it falls.

    Attributes:
        connection: where the events are.
        people: how SQL asks about people.
        scope: whose behaviour counts, and the period in which the values of a breakdown are ranked.
        query: the question.
        names: the groups' names.
    """

    connection: Connection
    people: PeopleSql
    scope: Scope
    query: Query
    names: GroupNames

    @classmethod
    def of(cls, connection: Connection, people: PeopleSql, scope: Scope, query: Query, ranked: EventMatch) -> SideSql:
        """Rank the values of a breakdown by the events of ``ranked``, whatever the unit."""
        events = EventsSql(connection, scope, replace(query, unit="people"), (ranked,), people)
        return cls(connection, people, scope, query, events.groups([0]))

    @property
    def rows(self) -> int:
        """How many rows counts have: one of all, and one a group where there is a breakdown."""
        return len(self.names) + 1 if self.names.broken_down else 1

    def counted(self, unit: Unit, match: EventMatch, from_us: int | None, to_us: int, **columns: exp.Expr) -> exp.Select:
        """Give the events of one matcher, each once in the row of all and once in that of its group.

        Args:
            unit: who the column ``actor`` is.
            match: which events.
            from_us: from when; None for the whole history.
            to_us: before when.
            **columns: more of them.
        """
        rows = array([number(0), exp.Add(this=group_sql(self.names, name("value")), expression=number(1))])
        row = call("arrayJoin", rows) if self.names.broken_down else number(0)
        return self.events(unit, match, from_us, to_us, row=row, **columns)

    def selected(
        self, unit: Unit, match: EventMatch, from_us: int | None, to_us: int, group: int, **columns: exp.Expr
    ) -> exp.Select:
        """Give the events of one matcher, and say by ``inside`` whether each is in a group, −1 for all."""
        inside = exp.EQ(this=group_sql(self.names, name("value")), expression=number(group)) if group >= 0 else number(1)
        return self.events(unit, match, from_us, to_us, inside=inside, **columns)

    def events(self, unit: Unit, match: EventMatch, from_us: int | None, to_us: int, **columns: exp.Expr) -> exp.Select:
        """Give the events of one matcher with columns of one's own beside ``actor``, ``person``, ``time_us``, ``number``."""
        measured = match.property if isinstance(match, Series) else ""
        more = {"number": number_of(measured)} if measured else {}
        source = EventsSql(self.connection, self.scope, replace(self.query, unit=unit), (match,), self.people, more)
        kept = ("actor", "person", "time_us", *more)
        own = [exp.alias_(value, alias, quoted=True) for alias, value in columns.items()]
        return exp.select(*(name(one) for one in kept), *own).from_(source.select(from_us=from_us, to_us=to_us).subquery("e"))

    def found(self, events: exp.Select, statement: str, parameters: Mapping[str, Any]) -> pa.Table:
        """Give the answer of one of the statements beside this file."""
        return over(self.connection, events, read_sql(_SQL, statement), parameters)

    def ids(self, events: exp.Select, statement: str, parameters: Mapping[str, Any]) -> NDArray[np.int64]:
        """Give the ids that one of the statements finds."""
        return numbers_of(self.found(events, statement, parameters), "person")


def bucket_of(edges: EdgesSql) -> exp.Expr:
    """Give the number of the bucket, from 0, in which an event of a subquery lies; −1 before the first."""
    return exp.Sub(this=edges.reached(name("time_us")), expression=number(1))


def numbers_of(found: pa.Table, column: str) -> NDArray[np.int64]:
    """Give a column of whole numbers."""
    values: NDArray[np.int64] = found[column].to_numpy().astype(np.int64)
    return values


def filled(found: pa.Table, column: str, shape: tuple[int, int]) -> NDArray[np.int64]:
    """Put a column of whole numbers where ``row`` and ``bucket`` say, 0 elsewhere."""
    values = np.zeros(shape, dtype=np.int64)
    values[numbers_of(found, "row"), numbers_of(found, "bucket")] = numbers_of(found, column)
    return values
