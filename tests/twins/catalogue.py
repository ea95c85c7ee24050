"""The catalogue of events and properties, counted slowly in Python from the JSON that was stored."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?( ?(Z|[+-]\d\d:?\d\d))?)?", re.ASCII)


@dataclass
class Seen:
    """What was seen of one event of one source; ``others`` are values of properties for which there was no room."""

    count: int = 0
    properties: dict[str, Counter[str]] = field(default_factory=dict)
    others: int = 0


def catalogue(
    events: Iterable[tuple[str, str, str]], most_events: int, most_properties: int
) -> tuple[dict[tuple[str, str], Seen], int]:
    """Count events, given as (name, source, properties as JSON) in order of arrival; and those for which there was no room."""
    seen: dict[tuple[str, str], Seen] = {}
    others = 0
    for name, source, written in events:
        if (name, source) not in seen and len(seen) >= most_events:
            others += 1
            continue
        entry = seen.setdefault((name, source), Seen())
        entry.count += 1
        _count(entry, json.loads(written), most_properties)
    return seen, others


def _count(entry: Seen, properties: dict[str, Any], most: int) -> None:
    for name in sorted(properties):
        if name not in entry.properties and len(entry.properties) >= most:
            entry.others += 1
            continue
        entry.properties.setdefault(name, Counter())[kind(properties[name])] += 1


def kind(value: object) -> str:
    """Give the word of the catalogue for a decoded value."""
    if isinstance(value, str):
        return "time" if TIME.fullmatch(value) else "text"
    names = {bool: "boolean", int: "number", float: "number", list: "list", dict: "object", type(None): "null"}
    return names[type(value)]
