"""Rules as Python says them: ``fg.rule.trait("city").is_("Ulm") & fg.rule.did("Order Completed", at_least=3, last_days=30)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.audience.rules.contract import (
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

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finegrain.audience.rules.contract import MessageKind, OrderFigure, Scalar, TraitOperator


class TraitWords:
    """One trait, about which something is to be said.

    Args:
        name: the trait's.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def _says(self, op: TraitOperator, value: Scalar | tuple[Scalar, ...] | None = None) -> HasTrait:
        return HasTrait(self._name, op, value)

    def is_(self, *values: Scalar) -> HasTrait:
        """It is one of these."""
        return self._says("is", values if len(values) > 1 else values[0])

    def is_not(self, *values: Scalar) -> HasTrait:
        """It is none of these, or missing."""
        return self._says("is_not", values if len(values) > 1 else values[0])

    def contains(self, text: str) -> HasTrait:
        """It contains a text, whatever the case."""
        return self._says("contains", text)

    def matches(self, pattern: str) -> HasTrait:
        """A regular expression (RE2) is found in it."""
        return self._says("matches", pattern)

    def at_least(self, number: float) -> HasTrait:
        """It is this number or more."""
        return self._says("gte", number)

    def at_most(self, number: float) -> HasTrait:
        """It is this number or less."""
        return self._says("lte", number)

    def between(self, low: float, high: float) -> HasTrait:
        """It lies between two numbers, both included."""
        return self._says("between", (low, high))

    def before(self, moment: str) -> HasTrait:
        """It is a date or time before this one."""
        return self._says("before", moment)

    def after(self, moment: str) -> HasTrait:
        """It is a date or time after this one."""
        return self._says("after", moment)

    def exists(self) -> HasTrait:
        """There is one."""
        return self._says("exists")

    def within_last(self, *, days: int) -> HasTrait:
        """It lies within the last so many civil days, today included."""
        return self._says("within_last", days)

    def more_than_ago(self, *, days: int) -> HasTrait:
        """It lies before the last so many civil days."""
        return self._says("more_than_ago", days)

    def within_next(self, *, days: int) -> HasTrait:
        """It lies within the next so many civil days, today included."""
        return self._says("within_next", days)

    def anniversary(self, *, within_days: int) -> HasTrait:
        """Its month and day come round within the next so many civil days, today included."""
        return self._says("anniversary", within_days)


class RuleWords:
    """What rules are made of; put together with ``&``, ``|`` and ``~``.

    A comparison is at most one of ``at_least``, ``at_most``, ``exactly`` and ``between``; without one it is at least 1. A
    period is ``last_days`` (civil days, today included) or ``period`` in the words of ``Query.period``; without one all time.

    Examples:
        >>> ulm = rule.trait("city").is_("Ulm")
        >>> (ulm & rule.did("Order Completed", at_least=3, last_days=30) & ~rule.tier("rfm/lost")).rules[1].period
        '30d'
    """

    def trait(self, name: str) -> TraitWords:
        """Begin a condition on a trait."""
        return TraitWords(name)

    def event(self, name: str | tuple[str, ...], *filters: Filter, any_of: bool = False) -> EventMatch:
        """Name events, with conditions on them."""
        return EventMatch(name, filters, "any" if any_of else "all")

    def where(self, property_name: str, op: str = "is", value: Any = None) -> Filter:
        """Give a condition on a property of an event."""
        return Filter(property_name, op, value)  # type: ignore[arg-type]

    def did(
        self,
        event: str | EventMatch,
        *,
        sum_of: str = "",
        days: bool = False,
        last_days: int = 0,
        period: str = "",
        **number: Any,
    ) -> Did:
        """Say what somebody did: how often, on how many days (``days``), or what it sums up to (``sum_of``)."""
        measure = "sum" if sum_of else "days" if days else "count"
        return Did(_match(event), measure, sum_of, *_compared(number), _period(last_days, period))  # type: ignore[arg-type]

    def first_time(self, event: str | EventMatch, *, last_days: int = 0, period: str = "") -> FirstTime:
        """Say that somebody did it for the first time of all in the period."""
        return FirstTime(_match(event), _period(last_days, period))

    def last_time(self, event: str | EventMatch, *, last_days: int = 0, period: str = "") -> LastTime:
        """Say that somebody did it in the period, and not since."""
        return LastTime(_match(event), _period(last_days, period))

    def sequence(
        self, after: str | EventMatch, then: str | EventMatch, *, within: str, last_days: int = 0, period: str = ""
    ) -> Sequence:
        """Say that somebody did one thing and then another within a time."""
        return Sequence(_match(after), _match(then), within, period=_period(last_days, period))

    def without(
        self, after: str | EventMatch, then: str | EventMatch, *, within: str, last_days: int = 0, period: str = ""
    ) -> Sequence:
        """Say that somebody did one thing, and the time passed without the other."""
        return Sequence(_match(after), _match(then), within, happened=False, period=_period(last_days, period))

    def orders(self, figure: OrderFigure, *, last_days: int = 0, period: str = "", **number: Any) -> Ordered:
        """Compare a figure of somebody's orders."""
        return Ordered(figure, *_compared(number), _period(last_days, period))

    def tier(self, *tiers: str, at: str = "") -> InTier:
        """Say that somebody is in one of these tiers, such as ``rfm/important_value``, now or at the start of a day."""
        return InTier(tiers if len(tiers) > 1 else tiers[0], at)

    def moved(
        self, scheme: str, *, was: tuple[str, ...] = (), now: tuple[str, ...] = (), last_days: int = 0, period: str = "30d"
    ) -> Moved:
        """Say that somebody moved between tiers of a scheme within the period."""
        return Moved(scheme, was, now, f"{last_days}d" if last_days else period)

    def segment(self, name: str) -> InSegment:
        """Say that somebody is in another segment."""
        return InSegment(name)

    def consent(self, channel: str, purpose: str = "marketing") -> Consented:
        """Say that somebody agreed to messages on a channel for a purpose."""
        return Consented(channel, purpose)

    def reachable(self, channel: str, purpose: str = "marketing") -> Reachable:
        """Say that somebody can be reached on a channel for a purpose."""
        return Reachable(channel, purpose)

    def messages(self, kind: MessageKind, channel: str = "", *, last_days: int = 0, period: str = "", **number: Any) -> Messaged:
        """Say how many messages to somebody were sent, delivered, opened or clicked."""
        return Messaged(kind, channel, *_compared(number), _period(last_days, period))

    def predicted(self, name: str, **number: Any) -> Predicted:
        """Compare a predicted figure."""
        return Predicted(name, *_compared(number))


def _match(event: str | EventMatch) -> EventMatch:
    return EventMatch(event) if isinstance(event, str) else event


def _period(last_days: int, period: str) -> str:
    if last_days and period:
        raise TypeError("give last_days or period, not both")
    return f"{last_days}d" if last_days else period or "all"


_NUMBERS = {"at_least": "gte", "at_most": "lte", "exactly": "is", "between": "between", "more_than": "gt", "less_than": "lt"}


def _compared(number: Mapping[str, Any]) -> tuple[Any, Any]:
    unknown = [name for name in number if name not in _NUMBERS]
    if unknown or len(number) > 1:
        raise TypeError(f"give one of {', '.join(_NUMBERS)}; got {', '.join(number)}")
    for name, value in number.items():
        return _NUMBERS[name], tuple(value) if name == "between" else value
    return "gte", 1


rule = RuleWords()
"""What rules are made of; see ``RuleWords``."""
