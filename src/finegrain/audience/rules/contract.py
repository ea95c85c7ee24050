"""The words of a rule: groups of conditions, and the conditions themselves. Each names its own JSON form by its first field.

Everything counts as of a moment: only events before it are seen. Periods, and days before or after today, are civil days of the
project's zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from finegrain.behaviour.queries.contract import EventMatch, Filter, Operator, Scalar

__all__ = ["EventMatch", "Filter", "Operator", "Scalar"]

NumberOperator = Literal["is", "is_not", "gt", "gte", "lt", "lte", "between"]
DayOperator = Literal["within_last", "more_than_ago", "within_next", "anniversary"]
TraitOperator = Literal[Operator, DayOperator]
Measure = Literal["count", "days", "sum"]
OrderFigure = Literal[
    "purchases", "revenue", "average_order_value", "days_since_first_purchase", "days_since_last_purchase"
]  # fmt: skip
MessageKind = Literal["sent", "delivered", "opened", "clicked"]
Numbers = int | float | tuple[int | float, ...] | None

DAY_OPERATORS: tuple[DayOperator, ...] = ("within_last", "more_than_ago", "within_next", "anniversary")
"""Operators that count civil days from today."""
DAYS_SINCE: tuple[OrderFigure, ...] = ("days_since_first_purchase", "days_since_last_purchase")


@dataclass(frozen=True)
class Rule:
    """Says of every person whether they belong; ``&``, ``|`` and ``~`` put rules together."""

    def __and__(self, other: Rule) -> All:
        """Give the rule that both must hold."""
        return All((*_parts(self, All), *_parts(other, All)))

    def __or__(self, other: Rule) -> AnyOf:
        """Give the rule that at least one must hold."""
        return AnyOf((*_parts(self, AnyOf), *_parts(other, AnyOf)))

    def __invert__(self) -> Rule:
        """Give the rule that this one must not hold."""
        return self.rule if isinstance(self, Not) else Not(self)


@dataclass(frozen=True)
class All(Rule):
    """Who meets every one of the rules; without any, everybody."""

    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class AnyOf(Rule):
    """Who meets at least one of the rules."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Not(Rule):
    """Who does not meet the rule."""

    rule: Rule


def _parts(rule: Rule, kind: type[All | AnyOf]) -> tuple[Rule, ...]:
    return rule.rules if isinstance(rule, kind) else (rule,)


@dataclass(frozen=True)
class HasTrait(Rule):
    """A trait as it is today.

    Attributes:
        trait: its name.
        op: those of ``Filter``, and four that count civil days from today, where the trait is a date or a time:
            ``within_last`` N days (today and the N − 1 days before), ``more_than_ago`` N days (before those), ``within_next``
            N days (today and the N − 1 days after), and ``anniversary``: month and day come round within the next N days;
            29 February comes round on 28 February where there is none. ``anniversary`` also reads ``MM-DD``.
        value: what to compare with, or the number of days.
    """

    trait: str
    op: TraitOperator = "is"
    value: Scalar | tuple[Scalar, ...] | None = None


@dataclass(frozen=True)
class Did(Rule):
    """What somebody did in a period, measured and compared with a number; who did nothing has 0.

    Attributes:
        event: which events count.
        measure: ``count`` of events, ``days`` (civil days with at least one), ``sum`` of a number of the events.
        property: what ``sum`` adds up; events without a number count as 0.
        op, value: the comparison.
        period: as ``Query.period``: ``30d`` (civil days up to today, today included), ``2024-01-01..2024-03-31``, ``all``.
    """

    event: EventMatch
    measure: Measure = "count"
    property: str = ""
    op: NumberOperator = "gte"
    value: Numbers = 1
    period: str = "all"


@dataclass(frozen=True)
class FirstTime(Rule):
    """Who did it for the first time of all in the period."""

    first_time: EventMatch
    period: str = "30d"


@dataclass(frozen=True)
class LastTime(Rule):
    """Who did it in the period, and not since."""

    last_time: EventMatch
    period: str = "30d"


@dataclass(frozen=True)
class Sequence(Rule):
    """Who did one thing in the period and then another within a time; or, with ``happened`` false, not within it.

    Attributes:
        after: the first event; it lies in the period.
        then: the other one: a later event, at the same time at the earliest, in order of arrival.
        within: ``30m``, ``12h``, ``7d``, a day being 24 hours; exactly so long after is still within.
        happened: false asks for a first event after which the time has passed without the other one.
        period: as in ``Did``.
    """

    after: EventMatch
    then: EventMatch
    within: str
    happened: bool = True
    period: str = "all"


@dataclass(frozen=True)
class Ordered(Rule):
    """A figure of somebody's orders, compared with a number.

    Attributes:
        orders: ``purchases``, ``revenue`` (net of refunds, in major units of the currency) and ``average_order_value``
            (revenue by purchases) of the orders in the period; ``days_since_first_purchase`` and ``days_since_last_purchase``
            in civil days, today being 0, of all time. What there is not is equal to nothing: it passes ``is_not`` alone.
        op, value: the comparison.
        period: as in ``Did``.
    """

    orders: OrderFigure
    op: NumberOperator = "gte"
    value: Numbers = 1
    period: str = "all"


@dataclass(frozen=True)
class InTier(Rule):
    """Who is in a tier, or in one of several.

    Attributes:
        tier: ``scheme/key``.
        at: a civil day, meaning its start; empty for now.
    """

    tier: str | tuple[str, ...]
    at: str = ""


@dataclass(frozen=True)
class Moved(Rule):
    """Who was in some tiers of a scheme when the period began, and is in others when it ends, or now.

    Attributes:
        moved: the scheme.
        was: keys of its tiers; empty for any.
        now: likewise. Where both name the same tier, staying there is no move.
        period: as in ``Did``, but not ``all``.
    """

    moved: str
    was: tuple[str, ...] = ()
    now: tuple[str, ...] = ()
    period: str = "30d"


@dataclass(frozen=True)
class InSegment(Rule):
    """Who is in another segment, whether that is a list or a rule."""

    segment: str


@dataclass(frozen=True)
class Consented(Rule):
    """Who has said yes, as it was said last before the moment.

    Attributes:
        consent: the channel, such as ``email``.
        purpose: for what.
    """

    consent: str
    purpose: str = "marketing"


@dataclass(frozen=True)
class Reachable(Rule):
    """Who has an address for a channel (``people.reach``), and has not said no to it for the purpose."""

    reachable: str
    purpose: str = "marketing"


@dataclass(frozen=True)
class Messaged(Rule):
    """How often messages to somebody were sent, arrived, were opened or clicked in a period.

    The events are known by their names (``behaviour.receiving``): ``Email Delivered``, ``push_received``, ``Message Opened``.

    Attributes:
        messages: what became of them.
        channel: the one in the event's name, or in its property ``channel``; empty for any.
        op, value, period: as in ``Did``; not reached since is ``is`` 0.
    """

    messages: MessageKind
    channel: str = ""
    op: NumberOperator = "gte"
    value: Numbers = 1
    period: str = "all"


@dataclass(frozen=True)
class Predicted(Rule):
    """A figure that is predicted of somebody, compared with a number; there are none yet."""

    predicted: str
    op: NumberOperator = "gte"
    value: Numbers = 1


CONDITIONS: tuple[type[Rule], ...] = (
    HasTrait,
    Did,
    FirstTime,
    LastTime,
    Sequence,
    Ordered,
    InTier,
    Moved,
    InSegment,
    Consented,
    Reachable,
    Messaged,
    Predicted,
)
"""Everything that stands at the leaves of a rule."""
