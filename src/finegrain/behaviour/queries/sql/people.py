"""What a query asks about people, worked out here and joined in SQL: whose behaviour counts, and which traits they have."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np
import pyarrow as pa
from sqlglot import exp

from finegrain.behaviour.queries.columns import NumberColumn, TextColumn
from finegrain.behaviour.queries.conditions import passing
from finegrain.behaviour.queries.sql.expressions import name, number, text
from finegrain.store.events.clickhouse.columns import call

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from finegrain.behaviour.queries.contract import Filter
    from finegrain.behaviour.queries.scope import Scope, TraitHistory, TraitValues
    from finegrain.store.events.clickhouse.connection import Connection

PREFIX = "query_people_"
"""Begins the names of the tables that hold people for the length of one query."""
_COUNTED = 0
_MISSING = TextColumn(np.array([-1], np.int32), pa.chunked_array([pa.array([], pa.string())]))
_NO_NUMBER = NumberColumn(np.array([np.nan]))


@dataclass(frozen=True)
class PeopleSql:
    """How SQL asks about the person of an event, whose id stands in the column ``person``.

    Attributes:
        table: holds the people of the query; empty where nothing is asked about them.
        conditions: the filters on people, each a bit of ``flags`` above bit 0, which says whether the person counts.
        absent: the flags of people who do not stand in the table.
    """

    table: str
    conditions: tuple[Filter, ...]
    absent: int

    def counted(self) -> exp.Expr | None:
        """Give whether the person counts; None where everybody does."""
        return self._flag(_COUNTED) if self.table else None

    def passes(self, condition: Filter) -> exp.Expr:
        """Give whether the person passes a filter; one on the past asks at the event's time."""
        place = self.conditions.index(condition)
        if not condition.as_it_was:
            return self._flag(place + 1)
        since, passed = (self._column(f"{kind}_{place}") for kind in ("since", "passed"))
        last = call(
            "arrayLastIndex",
            exp.Lambda(
                this=exp.LTE(this=name("x"), expression=name("time_us")), expressions=[exp.to_identifier("x", quoted=True)]
            ),
            since,
        )
        begun = exp.GT(this=last, expression=exp.Literal.number(0))
        return call("if", begun, exp.Bracket(this=passed, expressions=[last.copy()]), self._flag(place + 1))

    def trait(self) -> exp.Expr:
        """Give the trait by which the answer is broken down."""
        return call("joinGet", text(self.table), text("trait"), name("person"))

    def _flag(self, bit: int) -> exp.Expr:
        there = call("joinGetOrNull", text(self.table), text("flags"), name("person"))
        return call("bitTest", call("ifNull", there, number(self.absent)), exp.Literal.number(bit))

    def _column(self, column: str) -> exp.Expr:
        return call("joinGet", text(self.table), text(column), name("person"))


@contextmanager
def people_sql(connection: Connection, scope: Scope, filters: Sequence[Filter]) -> Iterator[PeopleSql]:
    """Give how SQL asks about people, until the ``with`` block ends.

    Args:
        connection: where their table is made.
        scope: whose behaviour counts, with the traits that the query names.
        filters: all filters of the query; those on people are worked out.

    Raises:
        EventStoreError: the database refused.
    """
    conditions = tuple(dict.fromkeys(one for one in filters if one.of == "person"))
    by_trait = scope.breakdown is not None and scope.breakdown.of == "person"
    if scope.audience is None and not conditions and not by_trait:
        yield PeopleSql("", (), 1)
        return
    table = _table(scope, conditions)
    people = PeopleSql(f"{PREFIX}{uuid4().hex}", conditions, _absent(scope, conditions))
    columns = ", ".join(f"{column} {_type(table.schema.field(column).type)}" for column in table.column_names)
    connection.run(f"CREATE TABLE {people.table} ({columns}) ENGINE = Join(ANY, LEFT, person_id)")
    try:
        connection.insert(people.table, table)
        yield people
    finally:
        connection.run(f"DROP TABLE {people.table}")


def people_passing(scope: Scope, filters: Sequence[Filter], ids: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say of people, ``(n,) bool``, whether they count and pass all filters on what they are now.

    Args:
        scope: whose behaviour counts, with the traits that the query names.
        filters: on traits of today.
        ids: of the people, ascending.
    """
    passed = np.ones(len(ids), dtype=np.bool_) if scope.audience is None else np.isin(ids, scope.audience)
    for one in filters:
        values = scope.traits.now[one.property]
        there = np.isin(values.person_ids, ids)
        own = np.full(len(ids), _passes_missing(one, scope))
        own[np.searchsorted(ids, values.person_ids[there])] = passing(one, _Trait(values), scope.zone)[there]
        passed &= own
    return passed


def _type(kind: pa.DataType) -> str:
    types = {pa.int64(): "Int64", pa.uint32(): "UInt32", pa.string(): "Nullable(String)"}
    lists = {pa.list_(pa.int64()): "Array(Int64)", pa.list_(pa.uint8()): "Array(UInt8)"}
    return {**types, **lists}[kind]


def _absent(scope: Scope, conditions: Sequence[Filter]) -> int:
    bits = [scope.audience is None, *(_passes_missing(one, scope) for one in conditions)]
    return sum(bool(bit) << place for place, bit in enumerate(bits))


@dataclass(frozen=True)
class _Trait:
    """One trait as a filter sees it."""

    trait: TraitValues | TraitHistory

    def text(self) -> TextColumn:
        encoded = self.trait.texts.cast(pa.string()).dictionary_encode()
        return TextColumn(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), pa.chunked_array([encoded.dictionary]))

    def number(self) -> NumberColumn:
        return NumberColumn(self.trait.numbers)


class _Missing:
    """A trait that somebody does not have."""

    def text(self) -> TextColumn:
        return _MISSING

    def number(self) -> NumberColumn:
        return _NO_NUMBER


def _passes_missing(condition: Filter, scope: Scope) -> bool:
    return bool(passing(condition, _Missing(), scope.zone)[0])


def _table(scope: Scope, conditions: Sequence[Filter]) -> pa.Table:
    named = [scope.traits.history[one.property] if one.as_it_was else scope.traits.now[one.property] for one in conditions]
    trait = None
    if scope.breakdown is not None and scope.breakdown.of == "person":
        trait = scope.traits.now[scope.breakdown.property]
    everybody = [one.person_ids for one in (*named, *([trait] if trait else []))]
    ids = np.unique(np.concatenate([*everybody, scope.audience if scope.audience is not None else np.zeros(0, np.int64)]))
    flags = np.full(len(ids), _absent(scope, conditions), dtype=np.uint32)
    if scope.audience is not None:
        flags[np.isin(ids, scope.audience)] |= np.uint32(1)
    columns: dict[str, pa.Array] = {"person_id": pa.array(ids, pa.int64())}
    for place, (condition, values) in enumerate(zip(conditions, named, strict=True)):
        passed = passing(condition, _Trait(values), scope.zone)
        if condition.as_it_was:
            columns |= _history(place, ids, values, passed)  # type: ignore[arg-type]
        else:
            own = np.searchsorted(ids, values.person_ids)
            bit = np.uint32(2 << place)
            flags[own] = np.where(passed, flags[own] | bit, flags[own] & ~bit)
    columns["flags"] = pa.array(flags, pa.uint32())
    columns["trait"] = _spread(ids, trait)
    return pa.table(columns)


def _spread(ids: NDArray[np.int64], trait: TraitValues | None) -> pa.Array:
    if trait is None:
        return pa.nulls(len(ids), pa.string())
    places = np.full(len(ids), -1)
    places[np.searchsorted(ids, trait.person_ids)] = np.arange(len(trait.person_ids))
    return trait.texts.cast(pa.string()).take(pa.array(places, mask=places < 0))


def _history(place: int, ids: NDArray[np.int64], trait: TraitHistory, passed: NDArray[np.bool_]) -> dict[str, pa.Array]:
    """Give when each person's trait changed, and whether it passed from then on."""
    offsets = pa.array(np.searchsorted(trait.person_ids, np.append(ids, ids[-1:] + 1)), pa.int32())
    return {
        f"since_{place}": pa.ListArray.from_arrays(offsets, pa.array(trait.from_us, pa.int64())),
        f"passed_{place}": pa.ListArray.from_arrays(offsets, pa.array(passed.astype(np.uint8), pa.uint8())),
    }
