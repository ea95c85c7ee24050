"""Many rows written or read by one statement, for which a thread lets go of the interpreter once, not once a row.

A writer shares the interpreter with those who take requests. SQLite's driver lets go of it for each row, and gets it back after
milliseconds when it is wanted elsewhere; a thousand rows as one JSON text cost as much waiting as one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import JSON, Float, Text, and_, bindparam, false, func, insert, or_, select, update

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Dialect, Executable, Select, Table

    Row = Mapping[str, Any]

ROWS_AT_ONCE = 10_000
_NULL = b"\\u0000"
_ROWS_READ = msgspec.json.Decoder(list[tuple[Any, ...]])
_ROWS = func.json_each(bindparam("rows", type_=Text())).table_valued("value")


def read_rows(connection: Connection, query: Select[*tuple[Any, ...]], parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Give the rows of a query, in its order; meant for queries that are built once, since what is made of one is kept."""
    if connection.dialect.name != "sqlite":
        return [tuple(row) for row in connection.execute(query, parameters)]
    as_text, readers = _as_one_text(connection.dialect, query)
    text, rounds = connection.execute(as_text, parameters).one()
    if rounds:
        return [tuple(row) for row in connection.execute(query, parameters)]
    rows: list[tuple[Any, ...]] = _ROWS_READ.decode(text)
    if not any(readers):
        return rows
    columns = zip(*rows, strict=True)
    read = [map(reader, column) if reader else column for reader, column in zip(readers, columns, strict=False)]
    return list(zip(*read, strict=True))


@lru_cache(maxsize=128)
def _as_one_text(
    dialect: Dialect, query: Select[*tuple[Any, ...]]
) -> tuple[Select[str, bool], list[Callable[[Any], Any] | None]]:
    """Give a query for the rows of another one as a JSON list of lists, and what makes values of the cells of each column.

    It says as well whether a cell is a fraction, of which SQLite writes 15 digits into JSON.
    """
    rows = query.subquery()
    fractions = [func.typeof(column) == "real" for column in rows.c if isinstance(column.type, JSON | Float)]
    as_text = select(func.json_group_array(func.json_array(*rows.c), type_=Text()), func.max(or_(false(), *fractions)))
    return as_text, [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in rows.c]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, which map names of columns to values, all of them the same columns; none is no error."""
    for part, columns in _parts(rows):
        text = _one_text(connection.dialect, table, columns, part)
        if text is None:
            connection.execute(insert(table), part)
        else:
            connection.execute(_insert_listed(table, columns), {"rows": text})


def update_rows(connection: Connection, table: Table, rows: Sequence[Row], *, key: str | tuple[str, ...]) -> None:
    """Change rows, each given by its ``key`` columns and the new values of others; no two of them have the same key."""
    keys = (key,) if isinstance(key, str) else key
    for part, columns in _parts(rows):
        text = _one_text(connection.dialect, table, columns, part)
        if text is None:
            connection.execute(_update_each(table, columns, keys), [{_new(name): row[name] for name in columns} for row in part])
        else:
            connection.execute(_update_listed(table, columns, keys), {"rows": text})


def _parts(rows: Sequence[Row]) -> list[tuple[Sequence[Row], tuple[str, ...]]]:
    starts = range(0, len(rows), ROWS_AT_ONCE)
    return [(rows[start : start + ROWS_AT_ONCE], tuple(rows[0])) for start in starts]


def _new(name: str) -> str:
    return f"new_{name}"  # a parameter with the name of a column would be taken for its value


def _one_text(dialect: Dialect, table: Table, columns: tuple[str, ...], rows: Sequence[Row]) -> str | None:
    """Give the rows as a JSON list of lists; None where the engine needs none, or would cut a text at a null character."""
    if dialect.name != "sqlite" or len(rows) == 1:
        return None
    binders = _binders(dialect, table, columns)
    text = msgspec.json.encode([[bind(row[name]) for name, bind in binders] for row in rows])
    return None if _NULL in text else text.decode()


@lru_cache(maxsize=64)
def _binders(dialect: Dialect, table: Table, columns: tuple[str, ...]) -> list[tuple[str, Callable[[Any], Any]]]:
    types = {name: table.c[name].type.dialect_impl(dialect) for name in columns}
    return [(name, type_.bind_processor(dialect) or _same) for name, type_ in types.items()]


def _same(value: Any) -> Any:
    return value


def _cells(columns: tuple[str, ...]) -> dict[str, ColumnElement[Any]]:
    return {name: func.json_extract(_ROWS.c.value, f"$[{place}]") for place, name in enumerate(columns)}


@lru_cache(maxsize=64)
def _insert_listed(table: Table, columns: tuple[str, ...]) -> Executable:
    return insert(table).from_select(columns, select(*_cells(columns).values()))


@lru_cache(maxsize=64)
def _update_listed(table: Table, columns: tuple[str, ...], keys: tuple[str, ...]) -> Executable:
    cells = _cells(columns)
    return (
        update(table)
        .where(*(table.c[name] == cells[name] for name in keys))
        .values({name: cell for name, cell in cells.items() if name not in keys})
    )


@lru_cache(maxsize=64)
def _update_each(table: Table, columns: tuple[str, ...], keys: tuple[str, ...]) -> Executable:
    return (
        update(table)
        .where(and_(*(table.c[name] == bindparam(_new(name)) for name in keys)))
        .values({name: bindparam(_new(name)) for name in columns if name not in keys})
    )
