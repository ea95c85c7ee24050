"""What everybody is measured by, from ClickHouse."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finegrain.behaviour.distribution.contract import Amounts, Distribution
from finegrain.behaviour.queries.matching import GroupNames
from finegrain.behaviour.queries.sql.events import EventsSql, grouped
from finegrain.behaviour.queries.sql.people import people_passing
from finegrain.behaviour.queries.sql.running import actor_numbers, over
from finegrain.store.events.clickhouse import columns
from finegrain.store.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from finegrain.behaviour.contract import PeopleSource
    from finegrain.behaviour.distribution.query import DistributionQuery
    from finegrain.behaviour.queries.contract import Filter
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.sql.people import PeopleSql
    from finegrain.store.events.clickhouse.connection import Connection

_SQL = Path(__file__).parent / "sql"


def measure_all(
    connection: Connection, people: PeopleSql, everybody: PeopleSource, scope: Scope, query: DistributionQuery
) -> Distribution:
    """Give what everybody is measured by; what ``embedded.measure_all`` gives.

    Args:
        connection: where the events are.
        people: how SQL asks about people.
        everybody: who knows all people, also those without events.
        scope: whose behaviour counts, and when.
        query: the question; checked before.
    """
    more = {"number": columns.number_of(query.property)} if query.property else {}
    measured = _Measured(EventsSql(connection, scope, query, (query.event,), people, more), query)
    names = measured.events.groups([0])
    total, left_out = measured.amounts(GroupNames())
    split = _no_amounts()
    if names.broken_down:
        split, left_out = measured.amounts(names)
    if query.zero:
        absent = measured.absent(everybody, total)
        total = _with_zeros(total, absent, np.zeros(len(absent), dtype=np.int32))
        split = _with_zeros(split, absent, _groups_of(absent, scope, names)) if names.broken_down else split
    return Distribution(total, split, left_out, names)


@dataclass(frozen=True)
class _Measured:
    """A question with its events."""

    events: EventsSql
    query: DistributionQuery

    def amounts(self, names: GroupNames) -> tuple[Amounts, NDArray[np.int64]]:
        """Give what everybody is measured by within each group, and by group the events left out."""
        scope = self.events.scope
        kept = ["number"] if self.query.property else []
        matched = grouped(self.events.select(from_us=scope.start_us, to_us=scope.end_us), names, *kept)
        edges = scope.zone.edges_us(scope.days.first, scope.days.last)
        statement = read_sql(_SQL, self.query.measure)
        return self._amounts(over(self.events.connection, matched, statement, {"edges_us": edges.tolist()}), len(names))

    def _amounts(self, found: pa.Table, groups: int) -> tuple[Amounts, NDArray[np.int64]]:
        group, counted, without = (found[one].to_numpy().astype(np.int64) for one in ("group", "counted", "left_out"))
        left_out = np.bincount(group, without, groups).astype(np.int64)
        person_id = np.zeros(len(group), dtype=np.int64)
        if self.query.unit != "groups":
            person_id = found["person"].to_numpy().astype(np.int64)
        # Numbered before any row goes, so that an actor has the same number whichever the groups.
        actor = person_id if self.query.unit == "people" else actor_numbers(found["actor"])
        kept, value = counted > 0, found["value"].to_numpy().astype(np.float64)
        return Amounts(actor[kept], person_id[kept], value[kept], group[kept].astype(np.int32)), left_out

    def absent(self, everybody: PeopleSource, total: Amounts) -> NDArray[np.int64]:
        """Give the ids of the people without a row who were known before the period's end, ascending."""
        ids, since_us = everybody.known_since()
        known = since_us < self.events.scope.over_us
        if not known.all():
            known |= np.isin(ids, self._seen())
        passed = people_passing(self.events.scope, _of_people(self.events.scope, self.query), ids)
        return ids[known & passed & ~np.isin(ids, total.person_id)]

    def _seen(self) -> NDArray[np.int64]:
        """Give the ids of the people with any event before the period's end."""
        everything = self.events.select(everything=True, to_us=self.events.scope.end_us)
        found = over(self.events.connection, everything, read_sql(_SQL, "seen"), {})
        seen: NDArray[np.int64] = found["person"].to_numpy().astype(np.int64)
        return seen


def _of_people(scope: Scope, query: DistributionQuery) -> Sequence[Filter]:
    """Give the filters that must hold of somebody without events: those on what people are, not on what they were."""
    own = query.event.filters if query.event.match == "all" or len(query.event.filters) == 1 else ()
    return [one for one in (*scope.filters, *own) if one.of == "person" and not one.as_it_was]


def _no_amounts() -> Amounts:
    none = np.zeros(0, dtype=np.int64)
    return Amounts(none, none, none.astype(np.float64), none.astype(np.int32))


def _with_zeros(amounts: Amounts, absent: NDArray[np.int64], group: NDArray[np.int32]) -> Amounts:
    """Add a row with 0 for each of the people, whose ids these are."""
    actor = np.append(amounts.actor, absent)
    order = np.argsort(actor, kind="stable")
    value = np.append(amounts.value, np.zeros(len(absent)))
    return Amounts(actor[order], actor[order], value[order], np.append(amounts.group, group)[order])


def _groups_of(absent: NDArray[np.int64], scope: Scope, names: GroupNames) -> NDArray[np.int32]:
    """Give the group of each: of what they are, or that of those without a value."""
    last = len(names.named)
    group = np.full(len(absent), last + 1, dtype=np.int32)
    if scope.breakdown is not None and scope.breakdown.of == "person":
        trait = scope.traits.now[scope.breakdown.property]
        texts = trait.texts.cast(pa.string())
        places = pc.fill_null(pc.index_in(texts, pa.array(names.named, pa.string())), last).to_numpy()
        places = np.where(texts.is_null().to_numpy(zero_copy_only=False), last + 1, places)
        own = np.isin(trait.person_ids, absent)
        group[np.searchsorted(absent, trait.person_ids[own])] = places[own]
    return group
