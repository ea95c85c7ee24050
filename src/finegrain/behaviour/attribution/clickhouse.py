"""Attribution from ClickHouse.

Credits are shared out by largest remainders, in whole numbers, one conversion after the other: a fold that SQL says neither
briefly nor fast. So the database finds the conversions and the touches of those who converted, ranks their names and puts them in
order, and the kernel shares them out, on either engine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from sqlglot import exp

from finegrain.behaviour.attribution._kernels import Sources
from finegrain.behaviour.attribution.contract import Credits
from finegrain.behaviour.attribution.embedded import Arrays, marked_owners, rules_of, share_out
from finegrain.behaviour.attribution.naming import minor_units
from finegrain.behaviour.queries._view_kernels import Events, Groups, Matches
from finegrain.behaviour.queries.columns import frozen
from finegrain.behaviour.queries.sql.events import EventsSql, group_sql
from finegrain.behaviour.queries.sql.expressions import name, number, text
from finegrain.behaviour.queries.sql.running import over
from finegrain.store.events.clickhouse import columns
from finegrain.store.events.clickhouse.columns import call
from finegrain.store.sqlfiles import read_sql

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.attribution.contract import AttributionSelection
    from finegrain.behaviour.attribution.query import AttributionQuery
    from finegrain.behaviour.queries.matching import GroupNames
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.sql.people import PeopleSql
    from finegrain.store.events.clickhouse.connection import Connection

_SQL = Path(__file__).parent / "sql"
_EVERY = np.uint32(2**32 - 1)


def find_credits(connection: Connection, people: PeopleSql, scope: Scope, query: AttributionQuery) -> Credits:
    """Give what conversions are owed to; what ``embedded.find_credits`` gives.

    Args:
        connection: where the events are.
        people: how SQL asks about people.
        scope: whose behaviour counts, and when.
        query: the question; checked before.
    """
    found = _Found.of(connection, people, scope, query)
    sums = share_out(found.arrays, found.slots, len(found.touches))
    told = {field: array for field, array in sums._asdict().items() if not field.endswith("seen")}
    return Credits(touches=found.touches, **told, groups=found.groups)


def attribution_people(
    connection: Connection, people: PeopleSql, scope: Scope, query: AttributionQuery, selection: AttributionSelection
) -> NDArray[np.int64]:
    """Give the ids of the people with a conversion that is selected, ascending; what ``embedded.attribution_people`` gives.

    Args:
        connection: where the events are.
        people: how SQL asks about people.
        scope: whose behaviour counts, and when.
        query: the question; checked before. Its unit is not groups.
        selection: which conversions; checked before.
    """
    found = _Found.of(connection, people, scope, query)
    return found.people[marked_owners(found.arrays, found.slots, found.touches, selection, len(found.people))]


@dataclass(frozen=True)
class _Found:
    """What the database found, as the kernel reads it; ``people`` are the ids of the owners, ascending."""

    arrays: Arrays
    people: NDArray[np.int64]
    touches: tuple[str, ...]
    groups: GroupNames

    @classmethod
    def of(cls, connection: Connection, people: PeopleSql, scope: Scope, query: AttributionQuery) -> _Found:
        asking = _Asking(connection, people, scope, query)
        groups, touches = asking.events.groups([0]), asking.touches()
        logs = asking.logs(groups, touches)
        persons = logs["person"].to_numpy().astype(np.int64)
        ids, owner = np.unique(persons, return_inverse=True)
        return cls(_arrays(logs, owner.astype(np.int32), scope, query, len(touches)), ids, touches, groups)

    @property
    def slots(self) -> int:
        return 1 + (len(self.groups) if self.groups.broken_down else 0)


@dataclass(frozen=True)
class _Asking:
    """A question with the statements that the database answers."""

    connection: Connection
    people: PeopleSql
    scope: Scope
    query: AttributionQuery

    @property
    def events(self) -> EventsSql:
        """The conversions and touches."""
        more: dict[str, exp.Expr] = {"called": text(""), "amount": number(math.nan)}
        if self.query.name_by:
            more["called"] = call("ifNull", columns.text_of(self.query.name_by), text(""))
        if self.query.money:
            more["amount"] = call("ifNull", columns.number_of(self.query.money), number(math.nan))
        return EventsSql(self.connection, self.scope, self.query, self.query.matchers, self.people, more)

    def touches(self) -> tuple[str, ...]:
        """Give the names that are told by themselves."""
        if not self.query.name_by:
            return tuple(touch.name for touch in self.query.touches)
        parameters = {"touches": int(rules_of(self.query, self.scope).touches), "most": self.query.limit}
        found: list[str] = over(self.connection, self._within(), read_sql(_SQL, "touches"), parameters)["called"].to_pylist()
        return tuple(found)

    def logs(self, groups: GroupNames, touches: tuple[str, ...]) -> pa.Table:
        """Give a row for each actor who converted, ordered by person; every actor of groups is its own."""
        source = exp.select(
            name("actor"),
            exp.alias_(number(0) if self.query.unit == "groups" else name("person"), "person", quoted=True),
            *(name(one) for one in ("time_us", "seq", "bits", "amount")),
            exp.alias_(self._touch(touches), "touch", quoted=True),
            exp.alias_(group_sql(groups, name("value")), "in_group", quoted=True),
        ).from_(self._within().subquery("e"))
        logs = over(self.connection, source, read_sql(_SQL, "logs"), {"start_us": self.scope.start_us})
        if self.query.unit == "groups":
            logs = logs.set_column(0, "person", pa.array(np.arange(logs.num_rows, dtype=np.int64)))
        return logs

    def _within(self) -> exp.Select:
        return self.events.select(from_us=self.scope.start_us - self.query.lookback_us, to_us=self.scope.end_us)

    def _touch(self, touches: tuple[str, ...]) -> exp.Expr:
        """Give the place of what a touch is called, the others being behind the last; −1 for what is none."""
        if not self.query.name_by or not touches:
            return number(-1)
        known = call("array", *(text(one) for one in touches))
        places = call("array", *(number(place) for place in range(len(touches))))
        place = call("transform", name("called"), known, places, number(len(touches)))
        return call("if", exp.EQ(this=name("called"), expression=text("")), number(-1), place)


def _arrays(logs: pa.Table, owner: NDArray[np.int32], scope: Scope, query: AttributionQuery, names: int) -> Arrays:
    flat = {column: logs[column].combine_chunks() for column in ("time_us", "bits", "touch", "amount", "in_group")}
    offsets = np.append(0, np.cumsum(flat["time_us"].value_lengths().to_numpy())).astype(np.int64)
    values = {column: lists.flatten().to_numpy(zero_copy_only=False) for column, lists in flat.items()}
    count = len(values["time_us"])
    rows = frozen(np.arange(count, dtype=np.int32))
    events = Events(frozen(offsets), frozen(values["time_us"].astype(np.int64)), frozen(np.zeros(count, np.int32)), rows)
    bits, actors = frozen(values["bits"].astype(np.uint32)), frozen(np.full(len(owner), _EVERY))
    matches = Matches(frozen(np.array([_EVERY])), _EVERY, bits, actors)
    return Arrays(
        events, matches, _groups(values["in_group"]), _sources(values, scope, query, names), frozen(owner), rules_of(query, scope)
    )


def _groups(in_group: NDArray[Any]) -> Groups:
    numbers = np.arange(int(in_group.max(initial=0)) + 2, dtype=np.int32)
    return Groups(frozen(np.zeros(0, dtype=np.int32)), frozen(in_group.astype(np.int32)), frozen(numbers))


def _sources(values: dict[str, NDArray[Any]], scope: Scope, query: AttributionQuery, names: int) -> Sources:
    minor, has_amount = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)
    if query.money:
        minor, has_amount = minor_units(values["amount"].astype(np.float64), scope.currency)
    called, place = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
    if query.name_by:
        called, place = values["touch"].astype(np.int32), np.append(np.arange(names + 1), -1).astype(np.int32)
    return Sources(frozen(called), frozen(place), frozen(minor), frozen(has_amount))
