"""A funnel's chains from ClickHouse."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from finegrain.behaviour.funnel.contract import Chains
from finegrain.behaviour.funnel.embedded import fill_levels, rules_of
from finegrain.behaviour.queries._view_kernels import Events, Matches
from finegrain.behaviour.queries.columns import frozen
from finegrain.behaviour.queries.contract import ANY_EVENT
from finegrain.behaviour.queries.sql.events import EventsSql
from finegrain.behaviour.queries.sql.expressions import name
from finegrain.behaviour.queries.sql.running import actor_numbers, over
from finegrain.store.events.clickhouse.columns import DIALECT
from finegrain.store.sqlfiles import read_sql

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.funnel.query import FunnelQuery
    from finegrain.behaviour.queries.contract import EventMatch
    from finegrain.behaviour.queries.matching import GroupNames
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.sql.people import PeopleSql
    from finegrain.store.events.clickhouse.connection import Connection

_SQL = Path(__file__).parent / "sql"
_FILES = {"ordered": "ordered", "strict": "strict", "any": "any_order"}


def find_chains(connection: Connection, people: PeopleSql, scope: Scope, query: FunnelQuery) -> Chains:
    """Give the chain of everybody who started one; what ``embedded.find_chains`` gives, row for row in another order.

    Where one event may match two steps, the matching events are fetched in order, and the kernel chains them: to share out the
    events of one instant is no work for SQL.

    Args:
        connection: where the events are.
        people: how SQL asks about people.
        scope: whose behaviour counts, and when.
        query: the question; checked before.
    """
    events = EventsSql(connection, scope, query, query.matchers, people)
    names = events.groups(range(len(query.steps)) if query.order == "any" else [0])
    found = _found(events, scope, query)
    return _chains(found, scope, query, names)


def _found(events: EventsSql, scope: Scope, query: FunnelQuery) -> pa.Table:
    last_us = scope.end_us + query.window_us
    from_us = None if query.starts == "first_ever" else scope.start_us
    source = events.select(everything=query.order == "strict", from_us=from_us, to_us=last_us)
    if _by_value(query, scope):
        # Each actor is taken once for each value, so that only events of one value make a chain.
        keyed = exp.alias_(exp.Tuple(expressions=[name("actor"), name("value")]), "actor", quoted=True)
        source = exp.select(keyed, *(name(one) for one in ("person", "time_us", "seq", "bits", "value"))).from_(
            source.subquery("e")
        )
    if query.order != "strict" and _overlap(query.steps):
        return _fetched(events.connection, source, scope, query)
    return over(events.connection, source, read_sql(_SQL, _FILES[query.order]), _parameters(scope, query))


def _by_value(query: FunnelQuery, scope: Scope) -> bool:
    return query.attribution == "all" and scope.breakdown is not None and scope.breakdown.of == "event"


def _overlap(steps: tuple[EventMatch, ...]) -> bool:
    """Say whether one event can match two steps by its name."""
    names = [{one.event} if isinstance(one.event, str) else set(one.event) for one in steps]
    if any(ANY_EVENT in one for one in names):
        return True
    return sum(len(one) for one in names) > len(set().union(*names))


def _parameters(scope: Scope, query: FunnelQuery) -> dict[str, Any]:
    last = len(query.steps)
    return {
        "start_us": scope.start_us,
        "end_us": scope.end_us,
        "window_us": query.window_us,
        "starts": query.starts,
        "steps": last,
        "void_after": [one.after_step for one in query.exclusions],
        "void_before": [one.before_step or last for one in query.exclusions],
    }


def _fetched(connection: Connection, source: exp.Select, scope: Scope, query: FunnelQuery) -> pa.Table:
    """Chain events that the database matched and put in order."""
    ordered = exp.select(exp.Star()).from_(source.subquery("matched")).order_by(name("actor"), name("time_us"), name("seq"))
    rows = connection.table(ordered.sql(dialect=DIALECT))
    actor = actor_numbers(rows["actor"])
    starts = np.flatnonzero(np.append(True, np.diff(actor) != 0)) if len(actor) else np.zeros(0, np.int64)
    offsets = np.append(starts, len(actor)).astype(np.int64)
    events = _events(rows, offsets)
    level, places = fill_levels(events, _matches(rows, len(offsets) - 1), rules_of(query, scope, overlap=True))
    started = np.flatnonzero(level)
    return pa.table(
        {
            "actor": rows["actor"].take(pa.array(starts[started])),
            "person": rows["person"].take(pa.array(starts[started])),
            "level": pa.array(level[started], pa.int64()),
            "times": _lists(rows["time_us"], places[started]),
            "values": _lists(rows["value"], places[started]),
        }
    )


def _events(rows: pa.Table, offsets: NDArray[np.int64]) -> Events:
    count = rows.num_rows
    time_us = rows["time_us"].to_numpy().astype(np.int64)
    return Events(frozen(offsets), frozen(time_us), frozen(np.zeros(count, np.int32)), frozen(np.arange(count, dtype=np.int32)))


def _matches(rows: pa.Table, actors: int) -> Matches:
    every = np.uint32(2**32 - 1)
    bits = rows["bits"].to_numpy().astype(np.uint32)
    return Matches(frozen(np.array([every])), every, frozen(bits), frozen(np.full(actors, every)))


def _lists(values: pa.ChunkedArray, places: NDArray[np.int32]) -> pa.Array:
    steps = places.shape[1]
    flat = values.combine_chunks().take(pa.array(places.ravel(), mask=places.ravel() < 0))
    offsets = pa.array(np.arange(len(places) + 1) * steps, pa.int32())
    return pa.ListArray.from_arrays(offsets, flat)


@dataclass(frozen=True)
class _Rows:
    """Chains as the database gave them."""

    actor: NDArray[np.int64]
    person: NDArray[np.int64]
    level: NDArray[np.int8]
    time_us: NDArray[np.int64]


def _chains(found: pa.Table, scope: Scope, query: FunnelQuery, names: GroupNames) -> Chains:
    count, steps = found.num_rows, len(query.steps)
    person = found["person"].to_numpy().astype(np.int64) if query.unit != "groups" else np.zeros(count, np.int64)
    level = found["level"].to_numpy().astype(np.int8)
    times = np.zeros((count, steps), dtype=np.int64)
    for place, row in enumerate(found["times"].to_pylist()):
        times[place, : len(row)] = [one or 0 for one in row]
    actor = _actors(found, scope, query, person)
    group = _groups(found, query, level, names)
    chains = Chains(actor, person, level, times, group, names)
    return _best(chains) if _by_value(query, scope) else chains


def _actors(found: pa.Table, scope: Scope, query: FunnelQuery, person: NDArray[np.int64]) -> NDArray[np.int64]:
    if query.unit == "people":
        return person
    keys = found["actor"]
    return actor_numbers(pc.struct_field(keys, 0) if _by_value(query, scope) else keys)


def _groups(found: pa.Table, query: FunnelQuery, level: NDArray[np.int8], names: GroupNames) -> NDArray[np.int32]:
    if not names.broken_down:
        return np.zeros(found.num_rows, dtype=np.int32)
    places = {value: place for place, value in enumerate(names.named)}
    step = {"first": np.zeros_like(level), "last": level - 1}.get(
        query.attribution, np.full_like(level, query.attribution_step - 1)
    )
    values = [
        row[at] if at < reached else None
        for row, at, reached in zip(found["values"].to_pylist(), step.tolist(), level.tolist(), strict=True)
    ]
    last = len(names.named)
    return np.array([last + 1 if value is None else places.get(value, last) for value in values], dtype=np.int32)


def _best(chains: Chains) -> Chains:
    """Give the best of the chains that an actor has in one group, of equal ones the one that starts first."""
    order = np.lexsort((chains.time_us[:, 0], -chains.level.astype(np.int64), chains.group, chains.actor))
    actor, group = chains.actor[order], chains.group[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (np.diff(actor) != 0) | (np.diff(group) != 0)
    rows = order[first]
    return Chains(
        chains.actor[rows], chains.person_id[rows], chains.level[rows], chains.time_us[rows], chains.group[rows], chains.groups
    )
