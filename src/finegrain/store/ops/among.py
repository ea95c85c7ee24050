"""Membership in many values, which reach the database as one text: a parameter for each takes longer than the query itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Boolean, Integer, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import BindParameter, ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute
    from sqlalchemy.sql.compiler import SQLCompiler


class _Among(FunctionElement[bool]):
    """A column, and a JSON list that its value must be in."""

    inherit_cache = True
    name = "among"
    type = Boolean()
    # Else it is compared with 1 on SQLite, which has no truth values, and no index serves that comparison.
    _is_implicitly_boolean = True


@compiles(_Among, "sqlite")
def _in_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"


@compiles(_Among, "postgresql")
def _in_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(part, **options) for part in element.clauses)
    kind = "bigint" if isinstance(next(iter(element.clauses)).type, Integer) else "text"
    # An array is looked up in the index; a join with the list may read the whole table.
    return f"{column} = ANY (ARRAY(SELECT CAST(one AS {kind}) FROM json_array_elements_text(CAST({values} AS json)) AS one))"


def among(column: InstrumentedAttribute[Any] | ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Give the condition that a column of texts or whole numbers has one of some values; none holds for no row."""
    return _Among(column, bindparam(None, listed(values)))


def among_named(column: InstrumentedAttribute[Any] | ColumnElement[Any], parameter: str) -> ColumnElement[bool]:
    """Give the same condition for a statement that is built once: ``parameter`` takes what ``listed`` gives."""
    bound: BindParameter[str] = bindparam(parameter)
    return _Among(column, bound)


def listed(values: Iterable[Any]) -> str:
    """Give texts or whole numbers as ``among_named`` takes them.

    Examples:
        >>> listed(["a", "b"])
        '["a","b"]'
    """
    return msgspec.json.encode(list(values)).decode()
