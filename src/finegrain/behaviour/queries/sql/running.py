"""Runs a statement that stands in a file over the events of a query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sqlglot

from finegrain.store.events.clickhouse.columns import DIALECT

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray
    from sqlglot import exp

    from finegrain.store.events.clickhouse.connection import Connection


def over(connection: Connection, matched: exp.Select, statement: str, parameters: Mapping[str, Any]) -> pa.Table:
    """Give the answer of a statement that reads the query's events as ``matched``.

    Args:
        connection: where it runs.
        matched: the query's events; see ``EventsSql``.
        statement: SQL from a file, with parameters as ``{name:Type}``.
        parameters: their values.

    Raises:
        EventStoreError: the database refused.
    """
    return connection.table(reading("matched", matched, statement).sql(dialect=DIALECT), parameters)


def reading(name: str, source: exp.Select, statement: str) -> exp.Select:
    """Give a statement that reads a subquery under a name.

    Args:
        name: as which the statement reads it.
        source: the subquery.
        statement: SQL from a file, with parameters as ``{name:Type}``.
    """
    whole: exp.Select = sqlglot.parse_one(statement, dialect=DIALECT).with_(name, as_=source)  # type: ignore[attr-defined]
    # What it reads stands first, because the statement's own parts read it.
    parts = whole.args["with_"].expressions
    whole.args["with_"].set("expressions", [parts[-1], *parts[:-1]])
    return whole


def actor_numbers(keys: pa.ChunkedArray) -> NDArray[np.int64]:
    """Give a number from 1 on for each distinct key, in order of first appearance."""
    seen: dict[str, int] = {}
    return np.array([seen.setdefault(repr(key), len(seen) + 1) for key in keys.to_pylist()], dtype=np.int64)
