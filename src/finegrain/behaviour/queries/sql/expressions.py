"""Small pieces of SQL, as sqlglot trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from finegrain.store.events.clickhouse.columns import call

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NO = exp.Literal.number(0)
YES = exp.Literal.number(1)


def text(value: str) -> exp.Expr:
    """Give a text."""
    return exp.Literal.string(value)


def number(value: float) -> exp.Expr:
    """Give a number; the smallest and largest Int64 are written so that they are read as such."""
    if isinstance(value, int):
        return (
            call("toInt64", exp.Literal.string(str(value)))
            if abs(value) > 2**53
            else _signed(str(abs(value)), negative=value < 0)
        )
    return call("toFloat64", exp.Literal.string(repr(value)))


def _signed(digits: str, *, negative: bool) -> exp.Expr:
    return exp.Neg(this=exp.Literal.number(digits)) if negative else exp.Literal.number(digits)


def array(values: Iterable[exp.Expr]) -> exp.Expr:
    """Give an array of values."""
    return call("array", *values)


def name(column: str) -> exp.Column:
    """Give a column of a subquery."""
    return exp.column(column, quoted=True)


def all_of(conditions: Sequence[exp.Expr]) -> exp.Expr:
    """Give whether all conditions hold; true where there are none."""
    return exp.and_(*conditions) if conditions else YES.copy()


def any_of(conditions: Sequence[exp.Expr]) -> exp.Expr:
    """Give whether any condition holds; false where there are none."""
    return exp.or_(*conditions) if conditions else NO.copy()


def certain(condition: exp.Expr) -> exp.Expr:
    """Give a condition that is never null: what is unknown does not hold."""
    return call("ifNull", condition, NO.copy())
