"""The pieces of a timeline: together they are every event before the moment, once, newest first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from hypothesis import given
from hypothesis import strategies as st

from finegrain.console.pages.people.timeline import PIECE, raw_text, read_before
from finegrain.store.events.contract import EventRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.store.events.contract import EventStore

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)


@dataclass
class MemoryEvents:
    """Events in memory, newest first, as a store gives them."""

    rows: list[EventRow]

    def timeline(self, _ids: Sequence[str], *, before_seq: int | None = None, limit: int = 100) -> list[EventRow]:
        """Give the next events behind the one that has ``before_seq``."""
        ordered = sorted(self.rows, key=lambda row: (row.time, row.seq), reverse=True)
        start = next((place for place, row in enumerate(ordered, 1) if row.seq == before_seq), 0)
        return ordered[start : start + limit]


def event(seq: int, time: datetime = NOON, **properties: object) -> EventRow:
    return EventRow(
        seq=seq, message_id=f"m{seq}", distinct_id="u", event="Page Viewed", time=time, received_at=time, source="test",
        properties=properties,
    )  # fmt: skip


def pieces(store: MemoryEvents, as_of: datetime) -> list[list[EventRow]]:
    """Read a timeline to its beginning, as clicks for more do."""
    read: list[list[EventRow]] = []
    before, more = None, True
    while more:
        rows, more = read_before(cast("EventStore", store), ["u"], as_of, before)
        read.append(rows)
        before = rows[-1].seq if rows else before
    return read


@given(st.lists(st.integers(-3, 3), max_size=500))
def test_pieces_hold_every_earlier_event_once_in_order(days: list[int]) -> None:
    rows = [event(seq, NOON + timedelta(days=day)) for seq, day in enumerate(days, 1)]
    read = pieces(MemoryEvents(rows), NOON)
    shown = [(row.time, row.seq) for piece in read for row in piece]
    assert shown == sorted(((row.time, row.seq) for row in rows if row.time < NOON), reverse=True)
    assert all(len(piece) == PIECE for piece in read[:-1])


def test_person_without_events_has_one_empty_piece() -> None:
    assert pieces(MemoryEvents([]), NOON) == [[]]


def test_events_far_behind_many_later_ones_are_found() -> None:
    rows = [event(seq, NOON + timedelta(days=-1 if seq <= 3 else 1)) for seq in range(1, 1001)]
    assert [row.seq for row in pieces(MemoryEvents(rows), NOON)[0]] == [3, 2, 1]


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.booleans())))
def test_stored_event_is_written_out_whole(properties: dict[str, object]) -> None:
    row = EventRow(1, "m", "用户", "下单", NOON, NOON, "csv", properties)
    written = json.loads(raw_text(row))
    assert (written["event"], written["distinct_id"], written["properties"]) == ("下单", "用户", properties)
    assert datetime.fromisoformat(written["time"]) == NOON
