"""How SQL on ClickHouse reads an event: the person it belongs to, its time, and properties of any name as a type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from finegrain.store.events.clickhouse.paths import property_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.store.events.contract import PropertyColumn, PropertyType

DIALECT = "clickhouse"
NOBODY = 0
"""The person of an id whose owner is not known."""

PLAIN_DECIMAL = re.compile("-?[0-9]{1,31}([.][0-9]{1,6})?")
"""Text from which the decimal is plain to read, the same on both engines; of all other text it is stored beside."""

_TRUE = ("true", "t", "yes", "y")
_FALSE = ("false", "f", "no", "n")


def column(name: str, table: str | None = None) -> exp.Column:
    """Give a column of ``events``, quoted."""
    return exp.column(name, table=table, quoted=True)


def time_us(table: str | None = None) -> exp.Expr:
    """Give the time of an event in microseconds since 1970 UTC, an Int64."""
    return call("toUnixTimestamp64Micro", column("time", table))


def person(table: str | None = None) -> exp.Expr:
    """Give the id of the person an event belongs to, an Int64: the last owner of its distinct id up to its time.

    ``NOBODY`` where the owners have not been brought up to date since the id was first seen.

    Args:
        table: alias of ``events`` in the query.
    """
    key = call("tuple", column("distinct_id", table))
    first = call("dictGet", _text("first_owners"), _text("person_id"), key)
    return call("dictGetOrDefault", _text("later_owners"), _text("person_id"), key.copy(), time_us(table), first)


def first_person(table: str | None = None) -> exp.Expr:
    """Give the first owner of an event's distinct id; see ``person`` for the one at its time."""
    return call("dictGet", _text("first_owners"), _text("person_id"), call("tuple", column("distinct_id", table)))


def text_of(name: str, table: str | None = None) -> exp.Expr:
    """Give a property as text, a Nullable(String); null where the event has none, or a null."""
    return _stored("texts", name, "String", table)


def number_of(name: str, table: str | None = None) -> exp.Expr:
    """Give a property as a finite number, a Nullable(Float64)."""
    return _stored("numbers", name, "Float64", table)


def boolean_of(name: str, table: str | None = None) -> exp.Expr:
    """Give a property as true or false, a Nullable(Bool): numbers but 0 are true, and texts such as ``yes``."""
    lowered = call("lower", text_of(name, table))
    worded = exp.Case(
        ifs=[
            exp.If(this=lowered.isin(*_TRUE), true=exp.true()),
            exp.If(this=lowered.copy().isin(*_FALSE), true=exp.false()),
        ],
        default=exp.null(),
    )
    return _cast(
        call("coalesce", exp.NEQ(this=number_of(name, table), expression=exp.Literal.number(0)), worded), "Nullable(Bool)"
    )


def decimal_of(name: str, table: str | None = None) -> exp.Expr:
    """Give a property as an exact decimal of 6 places, a Nullable(Decimal(38, 6))."""
    text = text_of(name, table)
    number = number_of(name, table)
    plain = exp.If(this=call("match", text, _text(f"^{PLAIN_DECIMAL.pattern}$")), true=_decimal(text.copy()))
    # Words with a number are a boolean's: 1 or 0.
    worded = exp.If(
        this=exp.and_(text.copy().isin("true", "false"), number.is_(exp.null()).not_()),
        true=_decimal(call("toString", number.copy())),
    )
    return exp.Case(ifs=[plain, worded], default=_decimal(_stored("decimals", name, "String", table)))


def property_of(wanted: PropertyColumn, table: str | None = None) -> exp.Expr:
    """Give a property as the type asked for; exactly what the DuckDB store reads."""
    return _READERS[wanted.type](wanted.name, table)


_READERS: dict[PropertyType, Callable[[str, str | None], exp.Expr]] = {
    "text": text_of,
    "number": number_of,
    "boolean": boolean_of,
    "decimal": decimal_of,
}


def call(function: str, *arguments: exp.Expr) -> exp.Expr:
    """Call a function of ClickHouse by its own name."""
    return exp.Anonymous(this=function, expressions=list(arguments))


def _stored(kind: str, name: str, type_: str, table: str | None) -> exp.Expr:
    parts = [exp.to_identifier(part, quoted=True) for part in (table, kind, property_path(name)) if part is not None]
    return call("dynamicElement", exp.Dot.build(parts), _text(type_))


def _decimal(text: exp.Expr) -> exp.Expr:
    return call("toDecimal128OrNull", text, exp.Literal.number(6))


def _cast(value: exp.Expr, type_: str) -> exp.Expr:
    return call("CAST", value, _text(type_))


def _text(value: str) -> exp.Expr:
    return exp.Literal.string(value)
