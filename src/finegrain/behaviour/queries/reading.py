"""Queries from JSON values and back: shorthand spelled out, every field checked, errors that name the field."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from finegrain.behaviour.errors import BadQueryError, UnknownEventError, UnknownTraitError
from finegrain.behaviour.queries.conditions import check_filter
from finegrain.behaviour.queries.contract import ANY_EVENT, EventMatch
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from finegrain.behaviour.queries.contract import Breakdown, Filter, Query
    from finegrain.zones import Zone

_Q = TypeVar("_Q")
_PATH = re.compile(r" - at `\$(?:\.)?(.*)`$")
MOST_BREAKDOWN = 100
NEAREST = 5


def read_query(kind: type[_Q], values: Mapping[str, Any]) -> _Q:
    """Make a query of JSON values.

    An event may stand as its name alone, a list as a tuple or a list, a breakdown as the property's name alone.

    Args:
        kind: which query, or part of one.
        values: its fields by name.

    Raises:
        BadQueryError: a field is unknown, missing, or of another type than it takes.
    """
    fields = _field_types(cast("Hashable", kind))
    for name in values:
        if name not in fields:
            raise BadQueryError(field=name, value=repr(values[name]), allowed=_one_of(sorted(fields)))
    spelled = {name: _spelled(value, fields[name]) for name, value in values.items()}
    try:
        return msgspec.convert(spelled, kind)
    except msgspec.ValidationError as error:
        raise _told(error, spelled, kind) from error


@cache
def _field_types(kind: Any) -> dict[str, msgspec.inspect.Type]:
    # Found out once: it takes longer than the rest of reading, and a millisecond is much of a short answer.
    return {field.name: field.type for field in msgspec.inspect.type_info(kind).fields}  # type: ignore[attr-defined]


def write_query(query: Query) -> dict[str, Any]:
    """Give a query as JSON values, without what is left at its default; ``read_query`` makes the same query of them."""
    return {name: value for name, value in _written(query).items() if value is not None}


def _written(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        fields = value.__dataclass_fields__
        return {name: _written(getattr(value, name)) for name in fields if getattr(value, name) != fields[name].default}
    return [_written(one) for one in value] if isinstance(value, tuple) else value


def _spelled(value: Any, kind: msgspec.inspect.Type) -> Any:
    """Spell out a field's shorthand: names of events and properties that stand alone."""
    if isinstance(kind, msgspec.inspect.UnionType):
        return next((_spelled(value, one) for one in kind.types if isinstance(one, msgspec.inspect.DataclassType)), _plain(value))
    if isinstance(kind, msgspec.inspect.VarTupleType) and isinstance(value, list | tuple):
        return [_spelled(one, kind.item_type) for one in value]
    if isinstance(kind, msgspec.inspect.DataclassType) and isinstance(value, str):
        return {"event" if issubclass(kind.cls, EventMatch) else "property": value}
    return _plain(value)


def _plain(value: Any) -> Any:
    """Turn dataclasses into mappings and tuples into lists, so that Python callers may mix them with JSON values."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return {name: _plain(one) for name, one in value.items()} if isinstance(value, dict) else value


def _told(error: msgspec.ValidationError, values: Any, kind: type[Any]) -> BadQueryError:
    """Say an error of the decoder in our words: the field, its value, and what it takes."""
    text = str(error)
    found = _PATH.search(text)
    path, said = (found[1], text[: found.start()]) if found else ("", text)
    missing = re.search(r"missing required field `(\w+)`", said)
    if missing:
        field = f"{path}.{missing[1]}" if path else missing[1]
        return BadQueryError(field=field, value=Phrase("missing"), allowed=Phrase("a value; the field is required"))
    choices = _choices(msgspec.inspect.type_info(kind), path) if said.startswith("Invalid enum value") else ""
    allowed = Phrase("one of {choices}", choices=choices) if choices else Phrase("what it takes ({reason})", reason=said)
    return BadQueryError(field=path or "query", value=repr(_at(values, path)), allowed=allowed)


def _choices(kind: msgspec.inspect.Type, path: str) -> str:
    """Give the values that the field at ``path`` may have, of a field that takes some alone; else nothing."""
    for part in re.findall(r"\w+|\[\d+\]", path):
        options = kind.types if isinstance(kind, msgspec.inspect.UnionType) else (kind,)
        inner = (_inner(one, part) for one in options)
        kind = next((one for one in inner if one is not None), msgspec.inspect.AnyType())
    return ", ".join(str(value) for value in kind.values if value != "") if isinstance(kind, msgspec.inspect.LiteralType) else ""


def _inner(kind: msgspec.inspect.Type, part: str) -> msgspec.inspect.Type | None:
    if isinstance(kind, msgspec.inspect.DataclassType):
        return next((field.type for field in kind.fields if field.name == part), None)
    return kind.item_type if isinstance(kind, msgspec.inspect.VarTupleType) else None


def _at(values: Any, path: str) -> Any:
    for part in re.findall(r"\w+|\[\d+\]", path):
        try:
            values = values[int(part[1:-1])] if part.startswith("[") else values[part]
        except (KeyError, IndexError, TypeError):
            return "…"
    return values


def check_query(query: Query, known_events: Sequence[str], zone: Zone) -> None:
    """Refuse what no query can be asked: unknown events, filters and breakdowns that make no sense.

    Args:
        query: any query.
        known_events: names of the events that were ever stored.
        zone: the project's.

    Raises:
        BadQueryError: it names the field, its value, and what is allowed.
        UnknownEventError: an event never happened; the nearest names are told.
    """
    if query.unit == "groups" and not query.group:
        raise BadQueryError(field="group", value="“”", allowed=Phrase("the event property whose values are the groups"))
    for breakdown in query.splits:
        _check_breakdown("breakdown" if breakdown is query.breakdown else "breakdowns", breakdown)
    for field, condition in _filters(query):
        check_filter(condition, field, zone)
    for field, event in events_of(query):
        if event.event == ():
            raise BadQueryError(field=field, value="[]", allowed=Phrase("the name of an event, or several, or *"))
        for name in (event.event,) if isinstance(event.event, str) else event.event:
            check_event(field, name, known_events)


def check_event(field: str, name: str, known_events: Sequence[str]) -> None:
    """Refuse the name of an event that never happened.

    Raises:
        UnknownEventError: it tells the nearest names.
    """
    if name != ANY_EVENT and name not in known_events:
        raise UnknownEventError(field=field, name=name, nearest=nearest(name, known_events))


def check_trait(name: str, known: Sequence[str]) -> None:
    """Refuse the name of a trait that nobody has.

    Raises:
        UnknownTraitError: it tells the nearest names.
    """
    if name not in known:
        raise UnknownTraitError(name=name, nearest=nearest(name, known))


def nearest(name: str, known: Sequence[str]) -> str:
    """Give the known names that are nearest to ``name``, or the first ones where none is near; a dash where none is known."""
    folded = {one.casefold(): one for one in known}
    near = [folded[one] for one in get_close_matches(name.casefold(), list(folded), n=NEAREST, cutoff=0.4)]
    return ", ".join(near or sorted(known)[:NEAREST]) or "–"


def _check_breakdown(field: str, breakdown: Breakdown) -> None:
    if not breakdown.property:
        raise BadQueryError(field=f"{field}.property", value="“”", allowed=Phrase("the name of a property or trait"))
    if not 1 <= breakdown.limit <= MOST_BREAKDOWN:
        allowed = Phrase("a whole number from {low} to {high}", low=1, high=MOST_BREAKDOWN)
        raise BadQueryError(field=f"{field}.limit", value=breakdown.limit, allowed=allowed)


def events_of(query: Query) -> Iterator[tuple[str, EventMatch]]:
    """Give all events that a query names, with the paths of their fields."""
    for name in query.__dataclass_fields__:
        value = getattr(query, name)
        if isinstance(value, EventMatch):
            yield name, value
        elif isinstance(value, tuple):
            yield from ((f"{name}[{place}]", one) for place, one in enumerate(value) if isinstance(one, EventMatch))


def _filters(query: Query) -> Iterator[tuple[str, Filter]]:
    yield from ((f"filters[{place}]", one) for place, one in enumerate(query.filters))
    for field, event in events_of(query):
        yield from ((f"{field}.filters[{place}]", one) for place, one in enumerate(event.filters))


def filters_of(query: Query) -> tuple[Filter, ...]:
    """Give all filters of a query, its events' included."""
    return tuple(condition for _field, condition in _filters(query))


def _one_of(names: Sequence[str]) -> Phrase:
    return Phrase("one of the fields {names}", names=", ".join(names))
