"""A tracking plan as JSON: read with care, written for people and version control."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, TypeVar, cast

from finegrain.collect.plan.contract import (
    MAX_ALLOWED,
    MAX_EVENTS,
    MAX_NAME_CHARS,
    MAX_PROPERTIES,
    MAX_TEXT_CHARS,
    ON_VIOLATION,
    STATUSES,
    TYPES,
    UNDECLARED,
    EventPlan,
    PropertyRule,
    TrackingPlan,
)
from finegrain.collect.plan.errors import BadPlanError, NotJsonPlanError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.collect.plan.contract import Scalar

T = TypeVar("T", bound=str)

VERSION = 1
_SHOWN = 100
_PLAN_FIELDS = ("version", "undeclared_events", "events")
_EVENT_FIELDS = (
    "event", "description", "owner", "source", "status", "on_violation", "undeclared_properties", "properties",
)  # fmt: skip
_PROPERTY_FIELDS = ("name", "type", "required", "allowed", "description")


def read_plan(text: str | bytes) -> TrackingPlan:
    """Read a plan from JSON.

    Raises:
        NotJsonPlanError: it is not JSON.
        BadPlanError: it is JSON that no plan can hold.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotJsonPlanError(reason=str(error).partition("\n")[0]) from error
    plan = _object("plan", found, _PLAN_FIELDS)
    if plan.get("version", VERSION) != VERSION:
        raise _bad("version", plan["version"], Phrase("{version}, the only version so far", version=VERSION))
    events = tuple(read_event(each, f"events[{place}]") for place, each in enumerate(_list("events", plan, MAX_EVENTS)))
    _unique("events", [each.event for each in events])
    return TrackingPlan(events, _choice("undeclared_events", plan, UNDECLARED, "allow"))


def read_event(found: object, place: str = "event") -> EventPlan:
    """Read one declared event from a decoded JSON object; ``place`` names it in errors.

    Raises:
        BadPlanError: it is one that no plan can hold.
    """
    event = _object(place, found, _EVENT_FIELDS)
    rules = _list(f"{place}.properties", event, MAX_PROPERTIES)
    properties = tuple(_read_rule(f"{place}.properties[{number}]", each) for number, each in enumerate(rules))
    _unique(f"{place}.properties", [each.name for each in properties])
    source = event.get("source")
    return EventPlan(
        event=_name(f"{place}.event", event.get("event")),
        description=_text(f"{place}.description", event),
        owner=_text(f"{place}.owner", event),
        source=None if source is None else _name(f"{place}.source", source),
        status=_choice(f"{place}.status", event, STATUSES, "planned"),
        properties=properties,
        on_violation=_choice(f"{place}.on_violation", event, ON_VIOLATION, "show"),
        undeclared_properties=_choice(f"{place}.undeclared_properties", event, UNDECLARED, "allow"),
    )


def plan_to_dict(plan: TrackingPlan) -> dict[str, Any]:
    """Give a plan as the JSON object that ``read_plan`` takes."""
    events = [event_to_dict(each) for each in plan.events]
    return {"version": VERSION, "undeclared_events": plan.undeclared_events, "events": events}


def event_to_dict(event: EventPlan) -> dict[str, Any]:
    """Give a declared event as the JSON object that ``read_event`` takes."""
    written = {name: getattr(event, name) for name in _EVENT_FIELDS if name != "properties"}
    return {**written, "properties": [_rule_to_dict(rule) for rule in event.properties]}


def write_plan(plan: TrackingPlan) -> str:
    """Give a plan as JSON text, one field a line, ending with a line end."""
    return json.dumps(plan_to_dict(plan), ensure_ascii=False, indent=2) + "\n"


def _rule_to_dict(rule: PropertyRule) -> dict[str, Any]:
    return {**{name: getattr(rule, name) for name in _PROPERTY_FIELDS}, "allowed": list(rule.allowed)}


def _read_rule(place: str, found: object) -> PropertyRule:
    rule = _object(place, found, _PROPERTY_FIELDS)
    required = rule.get("required", False)
    if not isinstance(required, bool):
        raise _bad(f"{place}.required", required, Phrase("true or false"))
    return PropertyRule(
        name=_name(f"{place}.name", rule.get("name")),
        type=_choice(f"{place}.type", rule, TYPES, "any"),
        required=required,
        allowed=_allowed(f"{place}.allowed", rule),
        description=_text(f"{place}.description", rule),
    )


def _allowed(place: str, rule: dict[str, Any]) -> tuple[Scalar, ...]:
    values = _list(place, rule, MAX_ALLOWED)
    for value in values:
        finite = not isinstance(value, float) or math.isfinite(value)
        if not isinstance(value, str | int | float) or not finite or _long(value):
            raise _bad(place, value, Phrase("texts, numbers, true and false"))
    return tuple(values)


def _long(value: object) -> bool:
    return isinstance(value, str) and (len(value) > MAX_TEXT_CHARS or not _storable(value))


def _object(place: str, found: object, fields: Sequence[str]) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise _bad(place, found, Phrase("an object with the fields {fields}", fields=", ".join(fields)))
    unknown = next((name for name in found if name not in fields), None)
    if unknown is not None:
        raise _bad(f"{place}.{unknown}"[:_SHOWN], found[unknown], Phrase("only the fields {fields}", fields=", ".join(fields)))
    return found


def _list(place: str, found: dict[str, Any], most: int) -> list[Any]:
    value = found.get(place.rpartition(".")[2])
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > most:
        raise _bad(place, value, Phrase("a list of at most {most} entries", most=most))
    return value


def _name(place: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_NAME_CHARS or not _storable(value):
        raise _bad(place, value, Phrase("a text of 1 to {most} characters", most=MAX_NAME_CHARS))
    return value


def _text(place: str, found: dict[str, Any]) -> str:
    value = found.get(place.rpartition(".")[2], "")
    if not isinstance(value, str) or len(value) > MAX_TEXT_CHARS or not _storable(value):
        raise _bad(place, value, Phrase("a text of at most {most} characters", most=MAX_TEXT_CHARS))
    return value


def _choice(place: str, found: dict[str, Any], allowed: Sequence[T], default: T) -> T:
    value = found.get(place.rpartition(".")[2], default)
    if value not in allowed:
        raise _bad(place, value, Phrase("one of {allowed}", allowed=", ".join(allowed)))
    return cast("T", value)


def _unique(place: str, names: Sequence[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise _bad(place, twice, Phrase("each name once"))


def _storable(text: str) -> bool:
    # Neither database keeps a lone surrogate, and PostgreSQL keeps no null character.
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _bad(place: str, value: object, allowed: Phrase) -> BadPlanError:
    shown = json.dumps(value, ensure_ascii=True, default=str)
    return BadPlanError(place=place, value=shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…", allowed=allowed)
