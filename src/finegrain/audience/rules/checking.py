"""Refuses rules that cannot mean anything here: values that operators cannot take, and names that there are not."""

from __future__ import annotations

from datetime import date
from math import isfinite
from typing import TYPE_CHECKING, Any, Protocol

from finegrain.audience.errors import UnknownSchemeError
from finegrain.audience.rules.contract import (
    DAY_OPERATORS,
    DAYS_SINCE,
    Consented,
    Did,
    EventMatch,
    Filter,
    FirstTime,
    HasTrait,
    InSegment,
    InTier,
    LastTime,
    Messaged,
    Moved,
    Ordered,
    Predicted,
    Reachable,
    Sequence,
)
from finegrain.audience.rules.errors import BadRuleError, NoPredictionError, RuleCycleError, UnknownInRuleError
from finegrain.audience.rules.reading import joined, shown, walk
from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.conditions import check_filter, several
from finegrain.behaviour.queries.contract import ANY_EVENT
from finegrain.behaviour.queries.durations import read_duration
from finegrain.behaviour.queries.reading import nearest
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence as Several

    from finegrain.audience.rules.contract import Rule
    from finegrain.audience.rules.periods import Moment

MOST_DAYS = 36_500


class Known(Protocol):
    """What there is to be named by rules."""

    def events(self) -> Several[str]:
        """Give the names of all events that were ever stored."""
        ...

    def traits(self) -> Several[str]:
        """Give the names of all traits that anybody has."""
        ...

    def tiers(self, scheme: str) -> Several[str]:
        """Give the keys of a scheme's tiers.

        Raises:
            UnknownSchemeError: there is no such scheme.
        """
        ...

    def segments(self) -> Several[str]:
        """Give the names of all segments."""
        ...

    def rules_of(self, kind: str, name: str) -> Several[Rule]:
        """Give the rules of a segment (``segment``) or of the tiers of a scheme (``tier``); none where it has none."""
        ...


def check_rule(rule: Rule, known: Known, moment: Moment, name: str = "", scheme: str = "") -> None:
    """Refuse a rule that cannot mean anything here.

    Args:
        rule: as ``read_rule`` gives it.
        known: what there is to be named.
        moment: the present.
        name: the segment whose rule it is to be, which must not lead back to itself; empty for none.
        scheme: the tier scheme of one's own to whose tier it is to belong, likewise.

    Raises:
        BadRuleError: it points at the node, and says what is wrong with the value, what is allowed, and what to do.
    """
    # Whatever leads in a circle is said to, also where the tier that it names is only about to be.
    if name or scheme:
        _check_circle(rule, known, [("segment", name) if name else ("tier", scheme)])
    checker = _Checker(known, moment)
    for path, condition in walk(rule):
        checker.check(condition, path)


def _check_circle(rule: Rule, known: Known, above: list[tuple[str, str]], node: str = "") -> None:
    for path, condition in walk(rule):
        for kind, name in _named_by(condition):
            first = node or joined(path, kind)
            here = ("segment" if kind == "segment" else "tier", name)
            if here in above:
                circle = [*above[above.index(here) :], here]
                raise RuleCycleError(
                    node=first, value=" → ".join(one if kind == "segment" else f"{one}/*" for kind, one in circle)
                )
            for inner in known.rules_of(*here):
                _check_circle(inner, known, [*above, here], first)


def _named_by(condition: Rule) -> list[tuple[str, str]]:
    """Give the segments and tier schemes that a condition names, each with its field."""
    if isinstance(condition, InSegment):
        return [("segment", condition.segment)]
    if isinstance(condition, InTier):
        tiers = (condition.tier,) if isinstance(condition.tier, str) else condition.tier
        return [("tier", scheme) for scheme in dict.fromkeys(tier.partition("/")[0] for tier in tiers)]
    return [("moved", condition.moved)] if isinstance(condition, Moved) else []


class _Checker:
    """Checks conditions one by one."""

    def __init__(self, known: Known, moment: Moment) -> None:
        self._known = known
        self._moment = moment
        self._checks: dict[type[Rule], Callable[[Any, str], None]] = {
            HasTrait: self._trait,
            Did: self._did,
            FirstTime: lambda one, path: self._in_period(one, path, first_time=one.first_time),
            LastTime: lambda one, path: self._in_period(one, path, last_time=one.last_time),
            Sequence: self._sequence,
            Ordered: self._orders,
            InTier: self._tier,
            Moved: self._moved,
            InSegment: self._segment,
            Consented: lambda one, path: _named(one.consent, joined(path, "consent")),
            Reachable: lambda one, path: _named(one.reachable, joined(path, "reachable")),
            Messaged: self._messages,
            Predicted: self._predicted,
        }

    def check(self, condition: Rule, path: str) -> None:
        self._checks[type(condition)](condition, path)

    def _trait(self, one: HasTrait, path: str) -> None:
        if one.trait not in self._known.traits():
            _unknown("trait", one.trait, joined(path, "trait"), self._known.traits())
        if one.op in DAY_OPERATORS:
            days = one.value
            if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
                allowed = Phrase("a whole number of days, from 1 to {most}", most=MOST_DAYS)
                raise BadRuleError(node=joined(path, "value"), value=shown(days), allowed=allowed)
        else:
            self._filter(Filter(one.trait, one.op, one.value), path)  # type: ignore[arg-type]

    def _filter(self, condition: Filter, path: str) -> None:
        try:
            check_filter(condition, path, self._moment.zone)
        except BadQueryError as error:
            node = str(error.facts["field"]).removeprefix(".")
            raise BadRuleError(node=node, value=error.facts["value"], allowed=error.facts["allowed"]) from error
        if condition.of == "person" and condition.property not in self._known.traits():
            _unknown("trait", condition.property, joined(path, "property"), self._known.traits())

    def _event(self, match: EventMatch, path: str) -> None:
        for name in (match.event,) if isinstance(match.event, str) else match.event:
            if name != ANY_EVENT and name not in self._known.events():
                _unknown("event", name, path, self._known.events())
        for place, condition in enumerate(match.filters):
            self._filter(condition, joined(path, f"filters[{place}]"))

    def _period(self, period: str, path: str) -> None:
        try:
            self._moment.window(period)
        except BadQueryError as error:
            raise BadRuleError(node=joined(path, "period"), value=shown(period), allowed=error.facts["allowed"]) from error

    def _in_period(self, one: FirstTime | LastTime, path: str, **event: EventMatch) -> None:
        for field, match in event.items():
            self._event(match, joined(path, field))
        self._period(one.period, path)

    def _did(self, one: Did, path: str) -> None:
        self._event(one.event, joined(path, "event"))
        if (one.measure == "sum") != bool(one.property):
            allowed = Phrase("the property to add up where the measure is sum, and nothing else")
            raise BadRuleError(node=joined(path, "property"), value=shown(one.property), allowed=allowed)
        self._number(one, path)
        self._period(one.period, path)

    def _number(self, one: Did | Ordered | Messaged | Predicted, path: str) -> None:
        values = several(one.value)
        low, high = {"between": (2, 2), "is": (1, 1_000), "is_not": (1, 1_000)}.get(one.op, (1, 1))
        if not low <= len(values) <= high or not all(isfinite(float(value)) for value in values):
            between = Phrase("two numbers, the lower one first")
            allowed = between if one.op == "between" else Phrase("one number")
            raise BadRuleError(node=joined(path, "value"), value=shown(one.value), allowed=allowed)

    def _sequence(self, one: Sequence, path: str) -> None:
        self._event(one.after, joined(path, "after"))
        self._event(one.then, joined(path, "then"))
        try:
            read_duration(one.within, "within")
        except BadQueryError as error:
            raise BadRuleError(node=joined(path, "within"), value=shown(one.within), allowed=error.facts["allowed"]) from error
        self._period(one.period, path)

    def _orders(self, one: Ordered, path: str) -> None:
        self._number(one, path)
        if one.orders in DAYS_SINCE and one.period != "all":
            allowed = Phrase("all: the figure looks at all of history")
            raise BadRuleError(node=joined(path, "period"), value=shown(one.period), allowed=allowed)
        self._period(one.period, path)

    def _tier(self, one: InTier, path: str) -> None:
        tiers = (one.tier,) if isinstance(one.tier, str) else one.tier
        node = joined(path, "tier")
        if not tiers:
            raise BadRuleError(
                node=node, value=shown(one.tier), allowed=Phrase("a scheme and a tier of it, such as rfm/important_value")
            )
        for tier in tiers:
            scheme, separator, key = tier.partition("/")
            if not separator:
                raise BadRuleError(
                    node=node, value=shown(tier), allowed=Phrase("a scheme and a tier of it, such as rfm/important_value")
                )
            self._tier_keys(scheme, (key,), node)
        self._day(one.at, joined(path, "at"))

    def _tier_keys(self, scheme: str, keys: tuple[str, ...], node: str) -> None:
        try:
            known = self._known.tiers(scheme)
        except UnknownSchemeError as error:
            raise UnknownInRuleError(
                node=node, kind=Phrase("tier scheme"), value=scheme, allowed=error.facts["allowed"]
            ) from error
        for key in keys:
            if key not in known:
                _unknown("tier", f"{scheme}/{key}", node, [f"{scheme}/{one}" for one in known])

    def _day(self, day: str, node: str) -> None:
        try:
            if day:
                self._moment.start_us(date.fromisoformat(day))
        except (ValueError, OverflowError) as error:
            raise BadRuleError(node=node, value=shown(day), allowed=Phrase("a date such as 2024-06-01")) from error

    def _moved(self, one: Moved, path: str) -> None:
        self._tier_keys(one.moved, (), joined(path, "moved"))
        self._tier_keys(one.moved, one.was, joined(path, "was"))
        self._tier_keys(one.moved, one.now, joined(path, "now"))
        if one.period == "all":
            allowed = Phrase("a period that begins some day, such as 30d")
            raise BadRuleError(node=joined(path, "period"), value=shown(one.period), allowed=allowed)
        self._period(one.period, path)

    def _segment(self, one: InSegment, path: str) -> None:
        if one.segment not in self._known.segments():
            _unknown("segment", one.segment, joined(path, "segment"), self._known.segments())

    def _messages(self, one: Messaged, path: str) -> None:
        self._number(one, path)
        self._period(one.period, path)

    def _predicted(self, one: Predicted, path: str) -> None:
        self._number(one, path)
        raise NoPredictionError(node=joined(path, "predicted"), value=one.predicted)


def _named(channel: str, node: str) -> None:
    if not channel:
        raise BadRuleError(node=node, value="“”", allowed=Phrase("the name of a channel, such as email"))


_KINDS = {"event": Phrase("event"), "trait": Phrase("trait"), "tier": Phrase("tier"), "segment": Phrase("segment")}


def _unknown(kind: str, name: str, node: str, known: Several[str]) -> None:
    raise UnknownInRuleError(node=node, kind=_KINDS[kind], value=name, allowed=nearest(name, known))
