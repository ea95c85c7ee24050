"""Segment's track calls as its SDKs send them, checked all at once, which costs a batch what it costs one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from finegrain.collect.wire.harvest import event_name
from finegrain.collect.wire.ids import are_readable_ids
from finegrain.collect.wire.limits import MAX_DEPTH, MAX_ID_CHARS
from finegrain.collect.wire.orders import ORDERS_WITH_TOTAL, spelled
from finegrain.collect.wire.parsing import needs_repair
from finegrain.collect.wire.reasons import Refused
from finegrain.collect.wire.times import read_times

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from finegrain.collect.wire.limits import Limits
    from finegrain.collect.wire.times import Correction


class PlainCall(msgspec.Struct, rename="camel", gc=False):
    """A call whose fields have the types that the specification names."""

    message_id: str
    type: str = ""
    event: str | None = None
    user_id: str | None = None
    anonymous_id: str | None = None
    timestamp: str | None = None
    original_timestamp: str | None = None
    sent_at: str | None = None
    properties: dict[str, Any] | None = None
    context: msgspec.Raw = msgspec.Raw()  # mostly that of its neighbour
    write_key: Any = None

    @property
    def is_track(self) -> bool:
        """Whether it is a track call of somebody."""
        return self.type == "track" and bool(self.user_id or self.anonymous_id)


class _PlainBatch(msgspec.Struct, gc=False):
    batch: list[PlainCall]


_CALL = msgspec.json.Decoder(PlainCall)
_BATCH = msgspec.json.Decoder(_PlainBatch)


def read_plain_batch(body: bytes, raws: Sequence[bytes], limits: Limits) -> list[PlainCall] | None:
    """Decode a batch in one go; None where one of its calls is not plain, is too large or too deep, or needs repair.

    Args:
        body: unpacked.
        raws: its items.
        limits: of the format.
    """
    most = limits.item_bytes
    if len(raws) > limits.items or needs_repair(body):
        return None
    if any(len(raw) > most or raw.count(b"{") + raw.count(b"[") > MAX_DEPTH for raw in raws):
        return None
    try:
        return _BATCH.decode(body).batch
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def read_plain_call(body: bytes, kind: str, limits: Limits) -> PlainCall | None:
    """Decode a request of one track call; None where it is none, or is not plain, too large or too deep, or needs repair."""
    if kind != "track" or len(body) > limits.item_bytes or needs_repair(body):
        return None
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        return None
    try:
        call = _CALL.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    call.type = kind
    return call


def track_times(tracks: Sequence[PlainCall], correction: Correction) -> list[datetime] | None:
    """Give the corrected time of each call; None where one of the calls cannot be taken as it is.

    All of them have ids that are neither placeholders nor too long, a message id, a time of the client, and a good name.
    """
    if not _are_good_names({call.event for call in tracks}) or not _are_good_messages([call.message_id for call in tracks]):
        return None
    ids = [call.user_id for call in tracks if call.user_id] + [call.anonymous_id for call in tracks if call.anonymous_id]
    if not are_readable_ids(ids):
        return None
    moments = read_times([call.original_timestamp or call.timestamp or "" for call in tracks])
    return None if moments is None else correction.apply_all(moments)


def with_total(tracks: Sequence[PlainCall]) -> set[str | None]:
    """Give those of the events' names that are of orders with a total."""
    return {name for name in {call.event for call in tracks} if name is not None and spelled(name) in ORDERS_WITH_TOTAL}


def _are_good_names(names: set[str | None]) -> bool:
    try:
        for name in names:
            event_name("event", name)
    except Refused:
        return False
    return True


def _are_good_messages(message_ids: Sequence[str]) -> bool:
    return all(message_ids) and max(map(len, message_ids), default=0) <= MAX_ID_CHARS
