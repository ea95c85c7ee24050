"""The words in which behaviour is asked about: events with filters, periods, audiences, breakdowns, units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.behaviour.queries.scope import Scope

Operator = Literal[
    "is",
    "is_not",
    "contains",
    "not_contains",
    "matches",
    "not_matches",
    "gt",
    "gte",
    "lt",
    "lte",
    "between",
    "before",
    "after",
    "exists",
    "not_exists",
]
Scalar = str | bool | int | float
Subject = Literal["event", "person"]
Unit = Literal["people", "events", "sessions", "groups"]
Granularity = Literal["hour", "day", "week", "month", "quarter"]

ANY_EVENT = "*"
"""The name that every event matches."""


@dataclass(frozen=True)
class Filter:
    """One condition on a property of the event, or on a trait of the person.

    A number is compared with values that are numbers or read as one, a text with the value as text. A missing value, and one that
    is no number where a number is asked for, is equal to nothing: it passes ``is_not``, ``not_contains``, ``not_matches`` and
    ``not_exists``, and no other operator. A truth value of an event is also the number 1 or 0, as the event store casts it; one
    of a trait is no number.

    Attributes:
        property: name of the property at the top level of the event, or of the trait.
        op: ``is`` and ``is_not`` compare with one value, or with several of which one must be equal; ``contains`` disregards
            case; ``matches`` takes a regular expression (RE2) that is found anywhere; ``between`` takes two numbers, both
            included; ``before`` and ``after`` take a date, meaning its start in the project's zone, or a time.
        value: what to compare with; None for ``exists`` and ``not_exists``.
        of: whose property it is.
        as_it_was: of a trait: its value at the time of the event instead of today's.
    """

    property: str
    op: Operator = "is"
    value: Scalar | tuple[Scalar, ...] | None = None
    of: Subject = "event"
    as_it_was: bool = False


@dataclass(frozen=True)
class EventMatch:
    """Which events count as one step, series, start, return or touch.

    Attributes:
        event: the event's name, several of which one must be its name, or ``*`` for any event.
        filters: conditions on the event.
        match: whether all filters must hold, or any one of them.
        label: the name to show; by default the event's.
    """

    event: str | tuple[str, ...]
    filters: tuple[Filter, ...] = ()
    match: Literal["all", "any"] = "all"
    label: str = ""

    @property
    def name(self) -> str:
        """The name to show."""
        return self.label or (self.event if isinstance(self.event, str) else " / ".join(self.event))


@dataclass(frozen=True)
class Breakdown:
    """Splits an answer by the values of a property of the event, or of a trait of the person.

    The most frequent values are groups of their own; the others are one group, those without a value another.

    Attributes:
        property: name of the property or trait.
        of: whose it is.
        limit: how many values are groups of their own, 1–100.
    """

    property: str
    of: Subject = "event"
    limit: int = 10


@dataclass(frozen=True)
class Audience:
    """Whose behaviour counts: the people of one tier, of one segment, or those who have certain ids.

    Attributes:
        tier: ``scheme/key``, such as ``rfm/important_value``.
        segment: a segment's name.
        people: distinct ids.
    """

    tier: str = ""
    segment: str = ""
    people: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Query:
    """What every query says beside its own question.

    Attributes:
        period: civil days of the project's zone: ``2024-01-01..2024-03-31`` (both included), ``30d``, ``12w``, ``6m`` (so many
            days, weeks or calendar months up to today, today included), ``today``, ``yesterday``, ``this_month``,
            ``last_month`` or ``all``.
        filters: conditions that every event of the query must meet.
        audience: whose behaviour counts; by default everybody's.
        unit: who or what is counted.
        group: the event property whose values are the groups, where the unit is ``groups``.
        breakdown: splits the answer.
    """

    period: str = "30d"
    filters: tuple[Filter, ...] = ()
    audience: Audience | None = None
    unit: Unit = "people"
    group: str = ""
    breakdown: Breakdown | None = None

    @property
    def by_session(self) -> bool:
        """Whether sessions are looked at, in which no message to the person lies."""
        return self.unit == "sessions"

    @property
    def splits(self) -> tuple[Breakdown, ...]:
        """All breakdowns that the query asks about."""
        return () if self.breakdown is None else (self.breakdown,)

    def resolved(self, known: Sequence[str]) -> Self:  # noqa: ARG002 - for those that name a usual question
        """Give the query with the events that it means, where it only says what it is about.

        Args:
            known: the names of all events that were ever stored.

        Raises:
            BadQueryError: they were never stored.
        """
        return self

    def check(self) -> None:
        """Refuse what this kind of query cannot be asked.

        Raises:
            BadQueryError: it names the field, its value, and what is allowed.
        """


@dataclass(frozen=True)
class Selection:
    """Which number of an answer is meant, when the people behind it are asked for; each kind of query has its own."""

    def check(self, query: Any, scope: Scope) -> None:
        """Refuse what no answer to ``query`` holds, as far as that shows without an answer.

        Raises:
            BadQueryError: it names the field, its value, and what is allowed.
        """
