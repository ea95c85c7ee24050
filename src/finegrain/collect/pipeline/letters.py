"""Refused items of requests: kept once each with the reason and what stood around them, found, and closed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from sqlalchemy import update

from finegrain.collect.pipeline.tables import RefusedItemTable
from finegrain.collect.wire.again import CALL
from finegrain.store.ops.inserting import insert_new

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from finegrain.collect.pipeline.contract import Arrival
    from finegrain.collect.wire.contract import RefusedItem, WireFormat

LetterStatus = Literal["open", "replayed", "discarded"]
AGENT = "agent"
"""Member of an envelope that holds the user agent of the program that sent the item."""
_IN_LIST = 500
_LONGEST_REASON = 50
_ENVELOPE_BYTES = 4_096
"""What stands around an item is kept up to this size; what is longer is a context that the item can do without."""


@dataclass(frozen=True)
class RefusedLetter:
    """One refused item as it lies in the dead letters.

    Attributes:
        reason: stable, for programs.
        detail: the reason as a sentence, as the sender was told it.
        raw: the item as it was sent.
        received_at: aware, in UTC.
        status: ``open``, ``replayed`` or ``discarded``.
        closed_at: when it was replayed or discarded; None while it is open.
        envelope: what stood around the item in its request.
    """

    id: int
    source: str
    format: WireFormat
    reason: str
    detail: str
    raw: str
    received_at: datetime
    status: LetterStatus = "open"
    closed_at: datetime | None = None
    envelope: dict[str, Any] = field(default_factory=dict)


def keep_refused(session: Session, refused: Iterable[tuple[Arrival, RefusedItem]]) -> None:
    """Keep refused items, each once, however often it is sent; those of a replay lie there already."""
    envelopes: dict[int, dict[str, Any]] = {}
    rows = []
    for arrival, item in refused:
        if not arrival.replayed:
            around = envelopes.get(id(arrival))
            if around is None:
                around = envelopes[id(arrival)] = _envelope(arrival)
            rows.append(_row(arrival, item, {CALL: True} if item.decoded else around))
    insert_new(session, RefusedItemTable, rows, key=["item_hash"])


def close_letters(session: Session, ids: Sequence[int], status: LetterStatus, now: datetime) -> int:
    """Close open letters as ``status``; give how many were open."""
    closed = 0
    for start in range(0, len(ids), _IN_LIST):
        part = RefusedItemTable.id.in_(ids[start : start + _IN_LIST])
        change = update(RefusedItemTable).where(part, RefusedItemTable.status == "open").values(status=status, closed_at=now)
        closed += session.connection().execute(change).rowcount
    return closed


def explain_letters(session: Session, refused: Iterable[tuple[int, RefusedItem]]) -> None:
    """Give letters, by id, the reason for which they were refused again."""
    changed = [{"id": number, **_reason(item)} for number, item in refused]
    if changed:
        session.execute(update(RefusedItemTable), changed)


def letter(row: RefusedItemTable) -> RefusedLetter:
    """Give a row of the table as a letter."""
    return RefusedLetter(
        id=row.id,
        source=row.source,
        format=row.format,  # type: ignore[arg-type]
        reason=row.reason,
        detail=row.detail,
        raw=row.raw,
        received_at=row.received_at,
        status=row.status,  # type: ignore[arg-type]
        closed_at=row.closed_at,
        envelope=row.envelope or {},
    )


def _envelope(arrival: Arrival) -> dict[str, Any]:
    around = arrival.decoded.envelope
    if around and len(msgspec.json.encode(around)) > _ENVELOPE_BYTES:
        around = {name: value for name, value in around.items() if len(msgspec.json.encode(value)) <= _LONGEST_REASON}
    return {**around, AGENT: arrival.user_agent[:_ENVELOPE_BYTES]} if arrival.user_agent else around


def _row(arrival: Arrival, item: RefusedItem, envelope: dict[str, Any]) -> dict[str, Any]:
    texts = _reason(item)
    raw = _storable(item.raw)
    identity = "\x1f".join((arrival.source, raw or texts["detail"]))
    return {
        **texts,
        "raw": raw,
        "source": arrival.source,
        "format": arrival.format,
        "received_at": arrival.received_at,
        "status": "open",
        "envelope": envelope,
        "item_hash": hashlib.blake2b(identity.encode(), digest_size=16).hexdigest(),
    }


def _reason(item: RefusedItem) -> dict[str, str]:
    return {"reason": _storable(item.reason)[:_LONGEST_REASON], "detail": _storable(item.detail)}


def _storable(text: str) -> str:
    # Neither engine keeps a lone surrogate, and PostgreSQL keeps no null character.
    return text.encode("utf-8", "replace").decode().replace("\x00", "�")
