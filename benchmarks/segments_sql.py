"""The measured rules as DuckDB SQL over plain tables: what an analyst would write, one statement a segment."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
from sqlglot import exp, parse_one

from benchmarks.events import NAMES
from finegrain.audience.rules.contract import All, AnyOf, Did, FirstTime, HasTrait, InTier, Not, Ordered, Sequence
from finegrain.behaviour.queries.conditions import several
from finegrain.behaviour.queries.durations import read_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from finegrain.audience.rules.contract import Rule
    from finegrain.audience.rules.periods import Moment
    from finegrain.behaviour.queries.contract import EventMatch
    from finegrain.behaviour.queries.snapshot import Snapshot
    from finegrain.people.contract import TraitValues

_MATCHED = "SELECT p FROM e WHERE e = :event AND t >= :start AND t < :end AND (:category IS NULL OR category = :category)"
_DID = {
    "count": f"{_MATCHED} GROUP BY p HAVING COUNT(*) >= :least",
    "sum": f"{_MATCHED} GROUP BY p HAVING SUM(price) >= :least",
    "days": f"{_MATCHED} GROUP BY p HAVING COUNT(DISTINCT (t + :offset) // 86400000000) >= :least",
}
_FIRST = "SELECT p FROM e WHERE e = :event AND t < :end GROUP BY p HAVING MIN(t) >= :start"
_MISSED = """
    SELECT a.p FROM (SELECT p, t, n FROM e WHERE e = :event AND t >= :start AND t < :end) AS a
    ASOF LEFT JOIN (SELECT p, t, n FROM e WHERE e = :other AND t < :end) AS b ON a.p = b.p AND a.n < b.n
    WHERE a.t + :within < :end AND (b.t IS NULL OR b.t - a.t > :within)
"""
_REVENUE = "SELECT p FROM o WHERE t >= :start AND t < :end GROUP BY p HAVING SUM(minor) / 100 >= :least"
_RECENT = """
    SELECT p FROM o WHERE t < :end GROUP BY p
    HAVING (:last + :offset) // 86400000000 - (MAX(t) + :offset) // 86400000000 <= :most
"""


class Statements:
    """Says rules in SQL over the tables that ``load`` makes.

    Args:
        moment: as of which the rules are asked; its zone keeps one offset from UTC.
    """

    def __init__(self, moment: Moment) -> None:
        self._moment = moment
        self._offset_us = int((moment.as_of.astimezone(moment.zone.info).utcoffset() or timedelta()) / timedelta(microseconds=1))

    def counting(self, rule: Rule) -> str:
        """Give the statement that counts who meets a rule."""
        return exp.select(exp.Count(this=exp.Star())).from_("p").where(self._said(rule)).sql("duckdb")

    def _said(self, rule: Rule) -> exp.Condition:
        match rule:
            case All(rules):
                return exp.and_(*map(self._said, rules))
            case AnyOf(rules):
                return exp.or_(*map(self._said, rules))
            case Not(inner):
                return exp.not_(self._said(inner))
            case HasTrait():
                return self._trait(rule)
            case InTier(tier):
                return exp.column(str(tier), quoted=True).eq(exp.true())
        return exp.column("id").isin(query=self._people(rule))

    def _trait(self, rule: HasTrait) -> exp.Condition:
        column = exp.column(rule.trait)
        if rule.op == "between":
            low, high = several(rule.value)
            return column.between(float(low), float(high))
        if rule.op == "anniversary":
            days = [f"{self._moment.today + timedelta(days=ahead):%m-%d}" for ahead in range(int(several(rule.value)[0]))]
            return exp.func("strftime", column, exp.Literal.string("%m-%d")).isin(*days)
        return column.eq(rule.value)

    def _people(self, rule: Rule) -> exp.Query:
        match rule:
            case Did(event, measure, _, "gte", least, period):
                return self._query(_DID[measure], self._match(event), period, least=least)
            case FirstTime(event, period):
                return self._query(_FIRST, self._match(event), period)
            case Sequence(after, then, within, False, period):
                within_us = read_duration(within, "within")
                return self._query(_MISSED, self._match(after), period, other=_code(then), within=within_us)
            case Ordered("revenue", "gte", least, period):
                return self._query(_REVENUE, {}, period, least=least)
            case Ordered("days_since_last_purchase", "lte", most):
                return self._query(_RECENT, {}, "all", most=most, last=self._moment.as_of_us - 1)
        raise AssertionError(f"no SQL is written for {rule!r}")

    def _match(self, event: EventMatch) -> dict[str, Any]:
        return {"event": _code(event), "category": event.filters[0].value if event.filters else exp.null()}

    def _query(self, text: str, known: Mapping[str, Any], period: str, **more: Any) -> exp.Query:
        window = self._moment.window(period)
        values = {**known, **more, "start": window.start_us, "end": window.end_us, "offset": self._offset_us}
        found = exp.replace_placeholders(parse_one(text, dialect="duckdb"), **values)
        assert isinstance(found, exp.Query)  # noqa: S101 - the texts above are queries
        return found


def _code(event: EventMatch) -> int:
    return NAMES.index(str(event.event))


def load(
    snapshot: Snapshot,
    columns: Mapping[str, NDArray[Any] | pa.Array],
    traits: Mapping[str, TraitValues],
    tiers: Mapping[str, Any],
) -> duckdb.DuckDBPyConnection:
    """Give a DuckDB with native tables in memory: people with traits and tiers, orders, and events that lie together by name.

    Args:
        snapshot: what everybody did.
        columns: properties of the events.
        traits: of everybody.
        tiers: ``(P,) bool`` by tier; finding them is not part of the comparison.
    """
    duck, log, index = duckdb.connect(), snapshot.log, snapshot.index
    duck.execute("SET enable_progress_bar = false")
    order = np.lexsort((log.time_us, log.who, log.event))
    events = {"p": log.who, "t": log.time_us, "n": np.arange(len(log.who)), "e": log.event.astype(np.int8), **columns}
    people = {"id": np.arange(index.people), "city": traits["city"].texts, "age": traits["age"].numbers, **tiers}
    orders = {
        "p": np.repeat(np.arange(index.people), np.diff(index.order_offsets)),
        "t": index.order_time_us,
        "minor": index.order_amount_minor,
    }
    birthday = traits["birthday"].texts.cast(pa.date32())
    _make(duck, "e", pa.table(events).take(pa.array(order)))
    _make(duck, "p", pa.table(people).append_column("birthday", birthday))
    _make(duck, "o", pa.table(orders))
    return duck


def _make(duck: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    duck.register("made", table)
    duck.execute(exp.Create(this=exp.to_table(name), kind="TABLE", expression=exp.select("*").from_("made")).sql("duckdb"))
    duck.unregister("made")
