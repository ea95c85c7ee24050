"""Small builders of sqlglot nodes, as the import writes them for DuckDB."""

from __future__ import annotations

from sqlglot import exp


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Give a call of the function or macro ``name``."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def cast(value: exp.Expr, kind: str) -> exp.Expr:
    """Give ``value`` as the DuckDB type ``kind``; the statement fails where it does not fit."""
    return exp.Cast(this=value, to=exp.DataType.build(kind, dialect="duckdb"))


def try_cast(value: exp.Expr, kind: str) -> exp.Expr:
    """Give ``value`` as the DuckDB type ``kind``, null where it does not fit."""
    return exp.TryCast(this=value, to=exp.DataType.build(kind, dialect="duckdb"))


def text(value: str) -> exp.Expr:
    """Give a text literal."""
    return exp.Literal.string(value)


def when(condition: exp.Expr, value: exp.Expr) -> exp.Expr:
    """Give ``value`` where ``condition`` is true, else null."""
    return exp.Case(ifs=[exp.If(this=condition, true=value)])


def is_given(value: exp.Expr) -> exp.Expr:
    """Give whether ``value`` is not null."""
    return exp.Is(this=value, expression=exp.null()).not_()


def empty_object() -> exp.Expr:
    """Give a JSON object without members."""
    return cast(text("{}"), "JSON")


def json_object(members: dict[str, exp.Expr]) -> exp.Expr:
    """Give a JSON object, null members included."""
    return call("json_object", *(part for name, value in members.items() for part in (text(name), value)))


def full_object(members: dict[str, exp.Expr]) -> exp.Expr:
    """Give a JSON object without its null members."""
    return call("json_merge_patch", empty_object(), json_object(members)) if members else empty_object()


def sql(query: exp.Expr) -> str:
    """Give the statement in DuckDB's dialect."""
    return query.sql(dialect="duckdb")
