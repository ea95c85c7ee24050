"""Filters as SQL: each says of an event what ``conditions.passing`` says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from finegrain.behaviour.queries.conditions import BOUNDS, NEGATED, TIME_TEXT, is_number, read_time, several, text_of
from finegrain.behaviour.queries.sql.expressions import any_of, certain, number, text
from finegrain.store.events.clickhouse import columns
from finegrain.store.events.clickhouse.columns import call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.behaviour.queries.contract import Filter, Scalar
    from finegrain.zones import Zone

_COMPARISONS = {"gt": exp.GT, "gte": exp.GTE, "lt": exp.LT, "lte": exp.LTE}


def passing_sql(condition: Filter, zone: Zone) -> exp.Expr:
    """Give whether an event of the table ``events`` passes a filter on its own property; never null."""
    positive = certain(_positive(NEGATED.get(condition.op, condition.op), condition, zone))
    return exp.Not(this=positive) if condition.op in NEGATED else positive


def _positive(op: str, condition: Filter, zone: Zone) -> exp.Expr:
    values = several(condition.value)
    if op in BOUNDS:
        return _COMPARISONS[op](this=columns.number_of(condition.property), expression=_float(values[0]))
    if op == "between":
        return exp.Between(this=columns.number_of(condition.property), low=_float(values[0]), high=_float(values[1]))
    if op == "is":
        return _equal(condition.property, values)
    if op == "exists":
        return call("isNotNull", columns.text_of(condition.property))
    return _of_text(op, columns.text_of(condition.property), text_of(values[0]), zone)


def _of_text(op: str, own: exp.Expr, wanted: str, zone: Zone) -> exp.Expr:
    if op == "contains":
        return exp.GT(this=call("positionCaseInsensitiveUTF8", own, text(wanted)), expression=exp.Literal.number(0))
    if op == "matches":
        # A dot takes no end of line, as RE2 has it by itself.
        return call("match", own, text(f"(?-s){wanted}"))
    return _timely(op, own, read_time(wanted, zone) or 0, zone)


def _equal(name: str, values: Sequence[Scalar]) -> exp.Expr:
    numbers = [_float(value) for value in values if is_number(value)]
    texts = [text(text_of(value)) for value in values if not is_number(value)]
    found = [certain(columns.number_of(name).isin(*numbers))] if numbers else []
    return any_of([*found, *([certain(columns.text_of(name).isin(*texts))] if texts else [])])


def _timely(op: str, own: exp.Expr, moment_us: int, zone: Zone) -> exp.Expr:
    written = call("match", own, text(f"^{TIME_TEXT}$"))
    # The parser takes the first comma and space for something else.
    plain = call("replaceRegexpOne", call("replaceOne", own.copy(), text(","), text(".")), text(" ([Z+-])"), text("\\1"))
    time = call("parseDateTime64BestEffortOrNull", plain, exp.Literal.number(6), text(zone.name))
    comparison = (exp.LT if op == "before" else exp.GT)(this=call("toUnixTimestamp64Micro", time), expression=number(moment_us))
    return exp.and_(certain(written), certain(comparison))


def _float(value: Scalar) -> exp.Expr:
    return number(float(value))
