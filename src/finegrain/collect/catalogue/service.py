"""The catalogue of a workspace: counts what arrived since it last did, and tells what has been seen."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, cast

from sqlalchemy import func, select

from finegrain.collect.catalogue import storing
from finegrain.collect.catalogue.contract import KINDS, CataloguedEvent, CataloguedProperty, CatalogueProgress, ValueKind
from finegrain.collect.catalogue.counting import EventKey, fold, hashed, merge_examples
from finegrain.collect.catalogue.errors import UnknownEventError
from finegrain.collect.catalogue.tables import CataloguedEventTable, CataloguedPropertyTable
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from finegrain.clock import Clock
    from finegrain.store.events import EventStore
    from finegrain.store.ops import OpsStore

BATCH_EVENTS = 200_000
"""Events counted in one step: half a second's work."""


class CatalogueService:
    """What has been seen, derived from the event store alone, so that imports and senders are covered alike.

    Counting goes on after the last arrival number that was counted; the counts and that number are stored in one transaction,
    so each event is counted exactly once, whenever the process ends. Safe to use from several threads.

    Args:
        events, ops: the stores.
        clock: where the time comes from.
    """

    def __init__(self, events: EventStore, ops: OpsStore, clock: Clock) -> None:
        self._events = events
        self._ops = ops
        self._clock = clock
        self._turn = threading.Lock()

    def progress(self) -> CatalogueProgress:
        """Give how far the catalogue has come."""
        with self._ops.reading() as session:
            return storing.read_progress(session, self._events.last_seq())

    def refresh(
        self,
        *,
        budget_s: float | None = None,
        batch_events: int = BATCH_EVENTS,
        on_batch: Callable[[CatalogueProgress], object] | None = None,
    ) -> CatalogueProgress:
        """Count the events that arrived since the last time, in steps, in order of arrival.

        Args:
            budget_s: begin no further step after so many seconds, and do not wait for another thread that counts; None goes on
                to the end.
            batch_events: events of one step, which bounds the memory.
            on_batch: told the progress after each step.

        Raises:
            StorageError: a store refused; what was counted stays.
        """
        deadline = None if budget_s is None else time.monotonic() + budget_s
        if not self._turn.acquire(blocking=deadline is None):
            return self.progress()
        try:
            progress = self._start()
            while progress.counted < progress.stored and (deadline is None or time.monotonic() < deadline):
                progress = self._step(progress, batch_events)
                if on_batch:
                    on_batch(progress)
            return progress
        finally:
            self._turn.release()

    def rebuild(self) -> None:
        """Forget all, so that the next refresh counts every event anew."""
        with self._turn, self._ops.session() as session:
            storing.clear(session)

    def events(self, source: str | None = None, text: str = "") -> list[CataloguedEvent]:
        """Give the events seen, most frequent first.

        Args:
            source: only what this one sent; None for all.
            text: only names that contain it, upper and lower case alike.
        """
        with self._ops.reading() as session:
            found = _events(session, source, None)
        wanted = text.strip().casefold()
        return sorted((each for each in found if wanted in each.name.casefold()), key=lambda each: (-each.count, each.name))

    def event(self, name: str, source: str | None = None) -> CataloguedEvent:
        """Give one event, by its name or by its ``key``.

        Raises:
            UnknownEventError: none has been seen.
        """
        with self._ops.reading() as session:
            for key in (hashed(name), name):
                if found := _events(session, source, key):
                    return found[0]
        raise UnknownEventError(name=name[:100])

    def properties(self, event: str, source: str | None = None) -> list[CataloguedProperty]:
        """Give the properties of one event, by its name or its ``key``; those that most events carry first.

        Raises:
            UnknownEventError: no such event has been seen.
        """
        found = self.event(event, source)
        with self._ops.reading() as session:
            query = select(CataloguedPropertyTable).join(
                CataloguedEventTable, CataloguedEventTable.id == CataloguedPropertyTable.event_id
            )
            query = query.where(*_only(source, found.key)).order_by(CataloguedPropertyTable.name_hash)
            rows = list(session.scalars(query))
        grouped = (list(group) for _, group in groupby(rows, key=lambda row: row.name_hash))
        return sorted((_property(group, found.count) for group in grouped), key=lambda each: (-each.count, each.name))

    def volumes(self, edges: Sequence[datetime], *, event: str | None = None, source: str | None = None) -> dict[str, list[int]]:
        """Give how many events happened between neighbouring edges, by name; see ``EventStore.volumes``.

        Args:
            edges: at least two aware instants in order.
            event: only the event of exactly this name.
            source: only what this one sent.
        """
        return self._events.volumes([to_us(edge) for edge in edges], event=event, source=source)

    def _start(self) -> CatalogueProgress:
        progress = self.progress()
        if progress.counted <= progress.stored:
            return progress
        # The event store is an older one than was counted: it was put back from a copy.
        with self._ops.session() as session:
            storing.clear(session)
        return self.progress()

    def _step(self, progress: CatalogueProgress, batch_events: int) -> CatalogueProgress:
        after, until = progress.counted, min(progress.counted + batch_events, progress.stored)
        with self._ops.reading() as session:
            known = storing.known_events(session)

            def properties_of(key: EventKey) -> set[str]:
                return storing.known_properties(session, known[key])

            additions = fold(self._events.census(after, until), set(known), properties_of)
        now = self._clock.now()
        with self._ops.session() as session:
            added = storing.add(session, additions, after=after, until=until, now=now)
        if not added:
            return self.progress()
        others = progress.other_events + additions.other_events
        return replace(progress, counted=until, other_events=others, refreshed_at=now, stored=self._events.last_seq())


def _only(source: str | None, event_key: str | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if source is not None:
        wanted.append(CataloguedEventTable.source_hash == hashed(source))
    if event_key is not None:
        wanted.append(CataloguedEventTable.event_hash == event_key)
    return wanted


def _events(session: Session, source: str | None, event_key: str | None) -> list[CataloguedEvent]:
    query = select(CataloguedEventTable).where(*_only(source, event_key)).order_by(CataloguedEventTable.event_hash)
    names = _property_counts(session, source, event_key)
    grouped = groupby(session.scalars(query), key=lambda row: row.event_hash)
    return [_event(key, list(rows), names.get(key, 0)) for key, rows in grouped]


def _property_counts(session: Session, source: str | None, event_key: str | None) -> dict[str, int]:
    count = func.count(CataloguedPropertyTable.name_hash.distinct())
    query = select(CataloguedEventTable.event_hash, count).join(
        CataloguedPropertyTable, CataloguedEventTable.id == CataloguedPropertyTable.event_id
    )
    query = query.where(*_only(source, event_key)).group_by(CataloguedEventTable.event_hash)
    return {row[0]: row[1] for row in session.execute(query)}


def _event(key: str, rows: list[CataloguedEventTable], properties: int) -> CataloguedEvent:
    volumes = Counter({row.source: row.count for row in rows})
    return CataloguedEvent(
        name=rows[0].event,
        key=key,
        sources=dict(volumes.most_common()),
        count=sum(row.count for row in rows),
        first_seen=min(row.first_seen for row in rows),
        last_seen=max(row.last_seen for row in rows),
        properties=properties,
        other_properties=sum(row.other_properties for row in rows),
    )


def _property(rows: list[CataloguedPropertyTable], events: int) -> CataloguedProperty:
    kinds: Counter[ValueKind] = Counter()
    for row in rows:
        kinds.update(_kinds(row))
    count = sum(row.count for row in rows)
    examples: list[str] = []
    for row in sorted(rows, key=lambda row: row.last_seen, reverse=True):
        examples = merge_examples(examples, row.examples)
    return CataloguedProperty(
        name=rows[0].name,
        kinds={kind: number for kind, number in kinds.most_common() if number},
        count=count,
        share=count / events if events else 0.0,
        examples=tuple(examples),
        last_seen=max(row.last_seen for row in rows),
    )


def _kinds(row: CataloguedPropertyTable) -> dict[ValueKind, int]:
    numbers = row.count - row.texts - row.booleans - row.lists - row.objects - row.nulls
    figures = (row.texts - row.times, row.times, numbers, row.booleans, row.lists, row.objects, row.nulls)
    return cast("dict[ValueKind, int]", dict(zip(KINDS, figures, strict=True)))
