"""Paths counted by ClickHouse: it follows them, ranks their names, and counts what they pass; no path leaves it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from sqlglot import exp

from finegrain.behaviour.paths.contract import PathCounts
from finegrain.behaviour.paths.embedded import kept_names, walk_of
from finegrain.behaviour.paths.naming import rename
from finegrain.behaviour.queries.sql.events import EventsSql
from finegrain.behaviour.queries.sql.expressions import name, number, text
from finegrain.behaviour.queries.sql.running import reading
from finegrain.store.events.clickhouse import columns
from finegrain.store.events.clickhouse.columns import DIALECT, call
from finegrain.store.sqlfiles import read_sql

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.paths.contract import PathsSelection
    from finegrain.behaviour.paths.query import PathsQuery
    from finegrain.behaviour.queries.matching import GroupNames
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.sql.people import PeopleSql
    from finegrain.store.events.clickhouse.connection import Connection

_SQL = Path(__file__).parent / "sql"
_THEN = {"anything": 0, "stopped": -1, "beyond": -2}
_NOWHERE = -3
_WALK = ("depth", "backward", "by_session", "gap_us", "window_us", "start_us", "end_us")
Kept = tuple[tuple[str, ...], ...]


def count_paths(connection: Connection, people: PeopleSql, scope: Scope, query: PathsQuery) -> PathCounts:
    """Count the paths at each node and edge; what ``embedded.count_paths`` gives.

    Args:
        connection: where the events are.
        people: how SQL asks about people.
        scope: whose behaviour counts, and when.
        query: the question; checked before.
    """
    paths = _Paths(connection, people, scope, query)
    kept, groups = paths.kept(), paths.groups()
    cells = connection.table(*paths.over_cells("counts", kept, groups))
    return _counts(cells, kept, groups, query)


def paths_people(
    connection: Connection, people: PeopleSql, scope: Scope, query: PathsQuery, selection: PathsSelection
) -> NDArray[np.int64]:
    """Give the ids of the people who have a path that is selected, ascending; what ``embedded.paths_people`` gives.

    Args:
        connection: where the events are.
        people: how SQL asks about people.
        scope: whose behaviour counts, and when.
        query: the question; checked before. Its unit is people.
        selection: which paths; checked before.
    """
    paths = _Paths(connection, people, scope, query)
    kept, groups = paths.kept(), paths.groups()
    statement, parameters = paths.over_cells("people", kept, groups)
    found = connection.table(statement, {**parameters, **_wanted(selection, kept, query.most_nodes)})
    ids: NDArray[np.int64] = found["owner"].to_numpy().astype(np.int64)
    return ids


@dataclass(frozen=True)
class _Paths:
    """A question with the statements that answer it."""

    connection: Connection
    people: PeopleSql
    scope: Scope
    query: PathsQuery

    def groups(self) -> GroupNames:
        """Give the groups of the breakdown."""
        anchors = [0] if self.query.anchor is not None else range(len(self.query.matchers))
        return EventsSql(self.connection, self.scope, self.query, self.query.matchers, self.people).groups(anchors)

    def kept(self) -> Kept:
        """Give, by position, the names that stand by themselves."""
        statement = reading("paths", self.paths(), read_sql(_SQL, "names")).sql(dialect=DIALECT)
        rows = self.connection.rows(statement, {**self.parameters(), "most": self.query.most_nodes})
        paths = rows[0][3] if rows else 0
        found: list[tuple[str, ...]] = []
        for position in range(1, self.query.depth + 1):
            here = [row for row in rows if row[0] == position]
            enough = kept_names(np.array([row[2] for row in here], dtype=np.int64), paths, self.query)
            found.append(tuple(here[place][1] for place in enough.tolist()))
        return tuple(found)

    def over_cells(self, file: str, kept: Kept, groups: GroupNames) -> tuple[str, dict[str, Any]]:
        """Give a statement about what paths pass, and its parameters."""
        cells = reading("paths", self.paths(), read_sql(_SQL, "cells"))
        parameters = {
            "kept": [list(names) for names in kept],
            "most": self.query.most_nodes,
            "named": list(groups.named),
            "broken_down": groups.broken_down,
        }
        return reading("cells", cells, read_sql(_SQL, file)).sql(dialect=DIALECT), {**self.parameters(), **parameters}

    def paths(self) -> exp.Select:
        """Give the subquery of all paths."""
        return reading("matched", self._matched(), read_sql(_SQL, "paths"))

    def parameters(self) -> dict[str, Any]:
        """Give what the subquery of all paths is told."""
        walk, anchor = walk_of(self.query, self.scope), self.query.anchor
        return {
            **{field: getattr(walk, field) for field in _WALK},
            "anchor": int(walk.anchor),
            "shown": int(walk.shown),
            "anchor_name": self._renamed(anchor.label) if anchor is not None and anchor.label else "",
        }

    def _matched(self) -> exp.Select:
        more = {"event": columns.column("event"), "called": self._called()}
        events = EventsSql(self.connection, self.scope, self.query, self.query.matchers, self.people, more)
        from_us, to_us = self._reach()
        # A session is made of all its events but messages.
        source = events.select(everything=self.query.by_session, from_us=from_us, to_us=to_us)
        return exp.select(
            *(name(one) for one in ("actor", "time_us", "seq", "bits", "value")), exp.alias_(self._name(), "named")
        ).from_(source.subquery("e"))

    def _reach(self) -> tuple[int | None, int | None]:
        """Give the bounds beyond which no event is in a path; a session may reach anywhere."""
        if self.query.by_session:
            return None, None
        window_us, backward = self.query.window_us, self.query.backward
        from_us = self.scope.start_us - (window_us if backward else 0)
        # A path reaches as far as the window, that bound included; its anchor lies before the period's end.
        return from_us, self.scope.end_us + (0 if backward else window_us)

    def _called(self) -> exp.Expr:
        if not self.query.name_by:
            return text("")
        return call("ifNull", columns.text_of(self.query.name_by), text(""))

    def _name(self) -> exp.Expr:
        """Give what an event is called where it is shown."""
        own = call("if", exp.EQ(this=name("called"), expression=text("")), name("event"), name("called"))
        renamed = self._by_pattern(own)
        shown = int(walk_of(self.query, self.scope).shown)
        cases: list[exp.Expr] = []
        for bit, one in enumerate(self.query.matchers):
            if one.label and shown >> bit & 1:
                cases += [call("bitTest", name("bits"), number(bit)), text(self._renamed(one.label))]
        return call("multiIf", *cases, renamed) if cases else renamed

    def _by_pattern(self, own: exp.Expr) -> exp.Expr:
        if not self.query.patterns:
            return own
        # An empty text names nothing, so that no pattern may give it a name.
        cases = [exp.EQ(this=own, expression=text("")), text("")]
        for pattern in self.query.patterns:
            # A dot takes no end of line, as RE2 has it by itself.
            cases += [call("match", own.copy(), text(f"(?-s){pattern.regex}")), text(pattern.name)]
        return call("multiIf", *cases, own.copy())

    def _renamed(self, label: str) -> str:
        renamed: str = rename(pa.array([label]), self.query.patterns)[0].as_py()
        return renamed


def _wanted(selection: PathsSelection, kept: Kept, most: int) -> dict[str, int]:
    """Give the cell of a selection; a name that no path has is nowhere."""

    def find(position: int, wanted: str) -> int:
        names = kept[position - 1] if position <= len(kept) else ()
        return names.index(wanted) + 1 if wanted in names else _NOWHERE

    return {
        "slot": 0 if selection.group is None else selection.group + 1,
        "position": selection.position,
        "near": find(selection.position, selection.name) if selection.name else most + 1,
        "far": find(selection.position + 1, selection.then_name)
        if selection.then == "name"
        else _THEN.get(selection.then, most + 1),
    }


def _counts(cells: pa.Table, kept: Kept, groups: GroupNames, query: PathsQuery) -> PathCounts:
    slot, position, near, far, paths, actors = (column.to_numpy() for column in cells.columns)
    slots, depth, most = 1 + (len(groups) if groups.broken_down else 0), query.depth, query.most_nodes

    def spread(values: NDArray[np.int64], chosen: NDArray[np.bool_], *axes: tuple[int, NDArray[np.int64]]) -> NDArray[np.int64]:
        array = np.zeros((slots, *(length for length, _ in axes)), dtype=np.int64)
        array[(slot[chosen], *(places[chosen] for _, places in axes))] = values[chosen]
        return array

    whole, inside = position == 0, position > 0
    node, edge = inside & (far == 0), far > 0
    at = ((depth, position - 1), (most + 1, near - 1))
    between = ((depth - 1, position - 1), (most + 1, near - 1), (most + 1, far - 1))
    return PathCounts(
        names=kept,
        paths=spread(paths, whole),
        actors=spread(actors, whole),
        nodes=spread(paths, node, *at),
        node_actors=spread(actors, node, *at),
        stopped=spread(paths, far == _THEN["stopped"], *at),
        beyond=spread(paths, far == _THEN["beyond"], (most + 1, near - 1)),
        edges=spread(paths, edge, *between),
        edge_actors=spread(actors, edge, *between),
        groups=groups,
    )
