"""What came in last, with its verdict, for a live view."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec

from finegrain.collect.pipeline.bots import BOT_PROPERTY
from finegrain.collect.wire.contract import ItemCall, LinkCall, TraitCall
from finegrain.zones import from_us, to_us

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from finegrain.collect.pipeline.rows import Rows
    from finegrain.collect.wire.contract import Call

HELD = 500
"""Items that are held."""
_OF_A_GROUP = 100
RAW_BYTES = 500
"""How much is held of the JSON of each."""
_BOT = f'"{BOT_PROPERTY}":true'.encode()

RecentKind = Literal["event", "traits", "link", "item", "refused"]
Verdict = Literal["stored", "duplicate", "applied", "refused"]


@dataclass(frozen=True)
class RecentItem:
    """One thing that came in.

    Attributes:
        kind: what it is.
        name: the event; for traits, links and items what is done (``set``, ``alias``, ``delete`` …); else the reason.
        distinct_id: whose; of a link ``from → to``, of an item ``type/id``; empty for what was refused.
        source: who sent it.
        verdict: ``stored`` or ``duplicate`` for events, ``applied`` for traits, links and items, or ``refused``.
        time: when it happened by the corrected clock, aware, in UTC; that of receipt for what was refused.
        received_at: aware, in UTC.
        detail: why it was refused; else empty.
        raw: its properties or values as JSON, or the refused item as it was sent; the first 500 bytes.
        number: counts what was held since the start; no two have the same, and what came later has a greater one.
        message_id: of an event; else empty.
        historical: whether it is history, which triggers no message.
        bot: whether a robot sent it.
    """

    kind: RecentKind
    name: str
    distinct_id: str
    source: str
    verdict: Verdict
    time: datetime
    received_at: datetime
    detail: str
    raw: str
    number: int
    message_id: str
    historical: bool
    bot: bool


class _Held(NamedTuple):
    kind: RecentKind
    name: str
    distinct_id: str
    source: str
    verdict: Verdict
    time_us: int
    received_us: int
    detail: str
    raw: bytes | str
    message_id: str = ""
    historical: bool = False
    bot: bool = False


class RecentItems:
    """The last five hundred things that came in; of one commit at most the last hundred, so that a large one costs no more.

    Written by the writer's thread, read by any.
    """

    def __init__(self) -> None:
        self._held: deque[_Held] = deque(maxlen=HELD)
        self._total = 0
        self._lock = threading.Lock()

    def add(self, group: Sequence[Rows]) -> None:
        """Take in the last of a group that was stored."""
        newest: list[_Held] = []
        for rows in reversed(group):
            newest += islice(_newest_first(rows), _OF_A_GROUP - len(newest))
            if len(newest) == _OF_A_GROUP:
                break
        with self._lock:
            self._held.extend(reversed(newest))
            self._total += len(newest)

    def read(self, limit: int, source: str | None) -> list[RecentItem]:
        """Give the last items, the newest first, at most ``limit``; only those of ``source``, where one is named."""
        with self._lock:
            held, total = list(self._held), self._total
        wanted = ((total - back, each) for back, each in enumerate(reversed(held)) if source in {None, each.source})
        return [_item(number, each) for number, each in islice(wanted, limit)]


def _newest_first(rows: Rows) -> Iterator[_Held]:
    source, received = rows.arrival.source, rows.received_us
    for refused in reversed(rows.refused):
        raw = refused.raw[:RAW_BYTES]
        yield _Held("refused", refused.reason, "", source, "refused", received, received, refused.detail, raw)
    for place in range(len(rows) - 1, -1, -1):
        if place not in rows.unstorable:
            verdict: Verdict = "stored" if rows.fresh is None or rows.fresh[place] else "duplicate"
            name, person, at = rows.events[place], rows.distinct_ids[place], rows.times_us[place]
            properties, message_id, history = rows.properties[place], rows.message_ids[place], rows.historical[place]
            held, bot = properties[:RAW_BYTES], _BOT in properties
            yield _Held("event", name, person, source, verdict, at, received, "", held, message_id, history, bot)
    for call in reversed(rows.changes):
        kind, name, about, values = _described(call)
        yield _Held(kind, name, about, source, "applied", to_us(call.time), received, "", _raw(values))


def _described(call: Call) -> tuple[RecentKind, str, str, dict[str, Any]]:
    if isinstance(call, LinkCall):
        return "link", call.kind, f"{call.from_id} → {call.to_id}", {}
    if isinstance(call, ItemCall):
        return "item", call.action, f"{call.item_type}/{call.item_id}", call.values
    assert isinstance(call, TraitCall)  # noqa: S101 - events are no changes
    return "traits", call.action, call.distinct_id, call.values


def _raw(values: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(values)[:RAW_BYTES]
    except (ValueError, TypeError, OverflowError, RecursionError):
        return b""


def _item(number: int, held: _Held) -> RecentItem:
    raw = held.raw if isinstance(held.raw, str) else held.raw.decode("utf-8", "ignore")
    return RecentItem(
        kind=held.kind,
        name=held.name,
        distinct_id=held.distinct_id,
        source=held.source,
        verdict=held.verdict,
        time=from_us(held.time_us),
        received_at=from_us(held.received_us),
        detail=held.detail,
        raw=raw,
        number=number,
        message_id=held.message_id,
        historical=held.historical,
        bot=held.bot,
    )
