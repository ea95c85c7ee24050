"""The slow twin of breakdowns by the value that one event has."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.twins.logs import NO_DEEDS, TRAITS, TwinEvent, by_person, matches, text_of

if TYPE_CHECKING:
    from tests.twins.behaviour import Happening

    from finegrain.behaviour.queries.contract import EventMatch, Query
    from finegrain.behaviour.queries.scope import Scope


def value_at(query: Query, one: TwinEvent) -> str | None:
    """Give the value of the breakdown's property or trait at an event."""
    assert query.breakdown is not None
    name = query.breakdown.property
    return text_of(one.properties.get(name) if query.breakdown.of == "event" else TRAITS[name].get(one.who))


def ranked_values(query: Query, scope: Scope, first: EventMatch, log: list[Happening]) -> list[str]:
    """Give the values that are groups of their own: those of most events in the period that match ``first``."""
    if query.breakdown is None:
        return []
    counted = [
        one
        for who, events in by_person(log).items()
        for one in events
        if one.name not in NO_DEEDS or not query.by_session
        if query.audience is None or who in query.audience.people
        if scope.start_us <= one.at_us < scope.end_us and matches(first, one, scope.filters)
        if query.unit != "groups" or text_of(one.properties.get(query.group)) is not None
    ]
    counts = Counter(value for one in counted if (value := value_at(query, one)) is not None)
    return sorted(counts, key=lambda value: (-counts[value], value))[: query.breakdown.limit]


def group_of(query: Query, one: TwinEvent, values: list[str]) -> int:
    """Give the number of an event's group: of its value, then of the others together, then of those without one."""
    if query.breakdown is None:
        return 0
    value = value_at(query, one)
    if value is None:
        return len(values) + 1
    return values.index(value) if value in values else len(values)
