"""Folds what a range of events holds into what has to be added to the catalogue, in bounded memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from finegrain.collect.catalogue.contract import MAX_EVENTS, MAX_EXAMPLES, MAX_PROPERTIES
from finegrain.collect.catalogue.masking import example

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from finegrain.store.events.census import Census, EventUse, PropertyUse


class EventKey(NamedTuple):
    """One event of one source, by hashes."""

    event: str
    source: str


@dataclass
class PropertyAddition:
    """What a range adds to one property: its name, the counts of ``PropertyUse``, the newest receipt, and examples."""

    name: str
    count: int
    texts: int
    times: int
    booleans: int
    lists: int
    objects: int
    nulls: int
    last_us: int
    examples: list[str]


@dataclass
class EventAddition:
    """What a range adds to one event of one source; ``properties`` are by hash of their name."""

    event: str
    source: str
    count: int
    first_us: int
    last_us: int
    other_properties: int = 0
    properties: dict[str, PropertyAddition] = field(default_factory=dict)


@dataclass
class Additions:
    """What a range adds to the catalogue: of the events, so many are ``fresh``; for ``other_events`` there is no room."""

    events: dict[EventKey, EventAddition] = field(default_factory=dict)
    fresh: int = 0
    other_events: int = 0


def fold(census: Census, known: set[EventKey], known_properties: Callable[[EventKey], set[str]]) -> Additions:
    """Fold a census.

    Args:
        census: of the range; read to its end.
        known: the events that the catalogue has.
        known_properties: gives the hashes of the properties that it has of one of them.
    """
    additions = Additions()
    for use in census.events:
        _add_event(additions, use, known)
    names: dict[EventKey, set[str]] = {}
    for each in census.properties:
        key = event_key(each.event, each.source)
        if key not in additions.events:
            continue
        if key not in names:
            names[key] = known_properties(key) if key in known else set()
        _add_property(additions.events[key], each, names[key])
    return additions


def event_key(event: str, source: str) -> EventKey:
    """Give what tells one event of one source from all others."""
    return EventKey(hashed(event), hashed(source))


def hashed(name: str) -> str:
    """Give 128 bits of a name, in hex; names may be of any length and hold anything but lone surrogates."""
    return hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=16).hexdigest()


def merge_examples(newer: Iterable[str], older: Iterable[str]) -> list[str]:
    """Give a few examples without repetition, the newest first."""
    return list(dict.fromkeys([*newer, *older]))[:MAX_EXAMPLES]


def _add_event(additions: Additions, use: EventUse, known: set[EventKey]) -> None:
    key = event_key(use.event, use.source)
    if key not in known:
        if len(known) + additions.fresh >= MAX_EVENTS:
            additions.other_events += use.count
            return
        additions.fresh += 1
    additions.events[key] = EventAddition(use.event, use.source, use.count, use.first_received_us, use.last_received_us)


def _add_property(event: EventAddition, use: PropertyUse, names: set[str]) -> None:
    key = hashed(use.name)
    if key not in names:
        if len(names) >= MAX_PROPERTIES:
            event.other_properties += use.count
            return
        names.add(key)
    event.properties[key] = PropertyAddition(
        name=use.name,
        count=use.count,
        texts=use.texts,
        times=use.times,
        booleans=use.booleans,
        lists=use.lists,
        objects=use.objects,
        nulls=use.nulls,
        last_us=use.last_received_us,
        examples=merge_examples((example(use.name, sample) for sample in use.samples), ()),
    )
