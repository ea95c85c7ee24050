"""The events that a query is about, as one subquery that all its statements read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from finegrain.behaviour.queries.contract import ANY_EVENT
from finegrain.behaviour.queries.matching import GroupNames
from finegrain.behaviour.queries.sql.expressions import all_of, any_of, array, name, number, text
from finegrain.behaviour.queries.sql.filters import passing_sql
from finegrain.behaviour.receiving import OF_MESSAGE, OWN_EVENTS
from finegrain.store.events.clickhouse import columns
from finegrain.store.events.clickhouse.columns import DIALECT, NOBODY, call

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finegrain.behaviour.queries.contract import EventMatch, Filter, Query
    from finegrain.behaviour.queries.scope import Scope
    from finegrain.behaviour.queries.sql.people import PeopleSql
    from finegrain.store.events.clickhouse.connection import Connection


@dataclass(frozen=True)
class EventsSql:
    """Builds the subquery of a query's events.

    Its columns: ``actor`` (what is counted: the person's id, the person's id with the number of the session, or the group),
    ``person``, ``time_us``, ``seq``, ``bits`` (which of the matchers the event meets; matcher ``i`` is bit ``i``) and ``value``
    (of the breakdown's property, a Nullable(String)); then those of ``more``.

    Attributes:
        connection: where it runs.
        scope: whose behaviour counts, and when.
        query: says who is counted.
        matchers: at most 32.
        people: how SQL asks about people.
        more: further columns by name, read from ``events``.
    """

    connection: Connection
    scope: Scope
    query: Query
    matchers: tuple[EventMatch, ...]
    people: PeopleSql
    more: Mapping[str, exp.Expr] = field(default_factory=dict)

    def select(self, *, everything: bool = False, from_us: int | None = None, to_us: int | None = None) -> exp.Select:
        """Give the subquery; what lies after the present is not known yet.

        Args:
            everything: whether events that meet no matcher stand in it too, with ``bits`` 0.
            from_us: only events from this moment on.
            to_us: only events before this moment.
        """
        whole = self.query.unit == "sessions"  # a session is made of all its events but messages
        now_us = self.scope.now_us
        bounds = _bounds(None, now_us) if whole else _bounds(from_us, now_us if to_us is None else min(to_us, now_us))
        named = [] if everything or whole else self._named()
        inner = self._events().where(exp.NEQ(this=name("person"), expression=number(NOBODY)), *bounds, *named)
        if self.query.unit == "groups":
            inner = inner.where(call("isNotNull", columns.text_of(self.query.group)))
        if self.query.by_session:
            inner = inner.where(exp.Not(this=_is_of_message()))
        outer = exp.select(
            exp.alias_(self._actor(), "actor"),
            *(name(one) for one in ("person", "time_us", "seq", "bits", "value", *self.more)),
        )
        source = self._with_sessions(inner) if whole else inner
        kept = [] if everything else [exp.NEQ(this=name("bits"), expression=number(0))]
        return outer.from_(source.subquery("e")).where(*kept, *(_bounds(from_us, to_us) if whole else []))

    def groups(self, wanted: Sequence[int]) -> GroupNames:
        """Give the groups of the breakdown: values ranked by the period's events that meet one of the ``wanted`` matchers."""
        breakdown = self.scope.breakdown
        if breakdown is None:
            return GroupNames()
        mask = sum(1 << bit for bit in wanted)
        counted = exp.NEQ(this=call("bitAnd", name("bits"), number(mask)), expression=number(0))
        ranking = (
            exp.select(name("value"), exp.alias_(exp.Count(this=exp.Star()), "events"))
            .from_(self.select(from_us=self.scope.start_us, to_us=self.scope.end_us).subquery("matched"))
            .where(counted, call("isNotNull", name("value")))
            .group_by(name("value"))
            .order_by(exp.Ordered(this=name("events"), desc=True), name("value"))
            .limit(breakdown.limit)
        )
        return GroupNames(tuple(row[0] for row in self.connection.rows(ranking.sql(dialect=DIALECT))), broken_down=True)

    def _events(self) -> exp.Select:
        return exp.select(
            exp.alias_(columns.person(), "person", quoted=True),
            exp.alias_(columns.time_us(), "time_us", quoted=True),
            columns.column("seq"),
            exp.alias_(self._bits(), "bits", quoted=True),
            exp.alias_(self._value(), "value", quoted=True),
            exp.alias_(self._group(), "group", quoted=True),
            *(exp.alias_(expression, column, quoted=True) for column, expression in self.more.items()),
        ).from_("events")

    def _actor(self) -> exp.Expr:
        if self.query.unit == "groups":
            return name("group")
        return call("tuple", name("person"), name("session")) if self.query.unit == "sessions" else name("person")

    def _group(self) -> exp.Expr:
        return call("assumeNotNull", columns.text_of(self.query.group)) if self.query.unit == "groups" else text("")

    def _value(self) -> exp.Expr:
        breakdown = self.scope.breakdown
        if breakdown is None:
            return call("CAST", exp.null(), text("Nullable(String)"))
        return self.people.trait() if breakdown.of == "person" else columns.text_of(breakdown.property)

    def _with_sessions(self, events: exp.Select) -> exp.Select:
        """Number each person's sessions, and let an event begin one where long enough passed without any."""
        window = {"partition_by": [name("person")], "order": exp.Order(expressions=[name("time_us"), name("seq")])}
        # The first event has none before it, and its number is the first.
        before = exp.Window(this=call("lagInFrame", name("time_us"), number(1), name("time_us")), **window)
        gap = exp.GTE(this=exp.Sub(this=name("time_us"), expression=before), expression=number(self.scope.session_gap_us))
        marked = exp.select(exp.Star(), exp.alias_(gap, "begins", quoted=True)).from_(events.subquery("e"))
        order = exp.Order(expressions=[name("time_us"), name("seq")])
        session = exp.Window(this=call("sum", name("begins")), partition_by=[name("person")], order=order)
        return exp.select(exp.Star(), exp.alias_(session, "session", quoted=True)).from_(marked.subquery("m"))

    def _bits(self) -> exp.Expr:
        met = [call("bitShiftLeft", call("toUInt32", self._meets(one)), number(bit)) for bit, one in enumerate(self.matchers)]
        bits = met[0]
        for one in met[1:]:
            bits = call("bitOr", bits, one)
        return call("toUInt32", bits)

    def _meets(self, matcher: EventMatch) -> exp.Expr:
        own = [self._passes(condition) for condition in matcher.filters]
        if matcher.match == "any" and own:
            own = [any_of(own)]
        counted = self.people.counted()
        general = [self._passes(condition) for condition in self.scope.filters]
        return all_of([_is_named(matcher), *own, *general, *([counted] if counted is not None else [])])

    def _passes(self, condition: Filter) -> exp.Expr:
        return self.people.passes(condition) if condition.of == "person" else passing_sql(condition, self.scope.zone)

    def _named(self) -> list[exp.Expr]:
        names = {one for matcher in self.matchers for one in _names(matcher)}
        return [] if ANY_EVENT in names else [columns.column("event").isin(*(text(one) for one in sorted(names)))]


def _names(matcher: EventMatch) -> tuple[str, ...]:
    return (matcher.event,) if isinstance(matcher.event, str) else matcher.event


def _is_named(matcher: EventMatch) -> exp.Expr:
    names = _names(matcher)
    event = columns.column("event")
    if ANY_EVENT in names:
        return exp.Not(this=event.isin(*(text(one) for one in OWN_EVENTS if one not in names)))
    return event.isin(*(text(one) for one in names))


def _is_of_message() -> exp.Expr:
    folded = call("replaceAll", call("lower", columns.column("event")), text(" "), text("_"))
    return call("match", folded, text(f"^({OF_MESSAGE})$"))


def _bounds(from_us: int | None, to_us: int | None) -> list[exp.Expr]:
    bounds: list[exp.Expr] = []
    if from_us is not None:
        bounds.append(exp.GTE(this=name("time_us"), expression=number(from_us)))
    if to_us is not None:
        bounds.append(exp.LT(this=name("time_us"), expression=number(to_us)))
    return bounds


def group_sql(names: GroupNames, value: exp.Expr) -> exp.Expr:
    """Give the number of the group that a value falls into."""
    if not names.broken_down:
        return number(0)
    last = len(names.named)
    if not last:
        return call("if", call("isNull", value), number(1), number(0))
    known = array(text(one) for one in names.named)
    places = array(number(place) for place in range(last))
    return call(
        "if",
        call("isNull", value),
        number(last + 1),
        call("transform", call("assumeNotNull", value.copy()), known, places, number(last)),
    )


def grouped(events: exp.Select, names: GroupNames, *more: str) -> exp.Select:
    """Give events with the number of their group, ``group``, in place of the value.

    Args:
        events: as ``EventsSql.select`` gives them.
        names: the groups.
        more: further columns of the events to keep.
    """
    kept = (name(one) for one in ("actor", "person", "time_us", "seq", "bits", *more))
    group = exp.alias_(call("toInt64", group_sql(names, name("value"))), "group", quoted=True)
    return exp.select(*kept, group).from_(events.subquery("e"))
