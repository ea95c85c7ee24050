"""Segment's HTTP Tracking API: one call a request, or a batch of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from finegrain.collect.wire import limits as bounds
from finegrain.collect.wire.bodies import bound_values, unpack
from finegrain.collect.wire.contract import DecodedRequest, EventCall, ItemCall, LinkCall, TraitCall
from finegrain.collect.wire.harvest import FUTURE_TIME, Harvest, event_name
from finegrain.collect.wire.ids import message_id_of, readable_id
from finegrain.collect.wire.orders import ORDERS_WITH_TOTAL, complete_total, spelled
from finegrain.collect.wire.parsing import RAW, object_in, read_body, read_item
from finegrain.collect.wire.reasons import Refused
from finegrain.collect.wire.segment_plain import read_plain_batch, read_plain_call, track_times, with_total
from finegrain.collect.wire.times import Correction, read_time, read_time_or_none

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from finegrain.collect.wire.contract import Call
    from finegrain.collect.wire.limits import Limits
    from finegrain.collect.wire.request import WireRequest
    from finegrain.collect.wire.segment_plain import PlainCall

PAGE_EVENT, SCREEN_EVENT = "Page Viewed", "Screen Viewed"
GROUP_ITEMS = "group"
_SHORT = {"i": "identify", "t": "track", "p": "page", "s": "screen", "g": "group", "a": "alias", "b": "batch", "import": "batch"}
_METRICS = "m"


class _Item(msgspec.Struct, rename="camel", gc=False):
    """One call; any field may hold anything, and is checked where it is read."""

    type: Any = None
    event: Any = None
    user_id: Any = None
    anonymous_id: Any = None
    message_id: Any = None
    timestamp: Any = None
    original_timestamp: Any = None
    sent_at: Any = None
    properties: Any = None
    traits: Any = None
    context: Any = None
    name: Any = None
    category: Any = None
    group_id: Any = None
    previous_id: Any = None
    write_key: Any = None


class _Batch(msgspec.Struct, rename="camel", gc=False):
    batch: list[msgspec.Raw]
    context: Any = None
    sent_at: Any = None
    write_key: Any = None


class _Head(msgspec.Struct, gc=False):
    """What every call has."""

    message_id: str
    person: str
    time: datetime
    claimed: str | None
    context: dict[str, Any] | None


_ITEM = msgspec.json.Decoder(_Item)
_BATCH = msgspec.json.Decoder(_Batch)


def decode(request: WireRequest, limits: Limits = bounds.SEGMENT) -> DecodedRequest:
    """Decode a request to one of Segment's endpoints, or to their short forms in browsers (``/v1/t``, ``/v1/b`` …).

    The end of the path tells the call; where it names none, the ``type`` of each item does. The write key is that of HTTP
    Basic authentication, else the ``writeKey`` of the body. A page or screen becomes the event ``Page Viewed`` or
    ``Screen Viewed``; ``context`` is kept as a property of that name. Any call with both ids links them. A group becomes an
    item of the type ``group``, and the trait ``group_id``. Browsers' reports about themselves (``/v1/m``) hold no items.

    Raises:
        WireError: the body cannot be taken apart into items.
    """
    body = unpack(request, limits)
    kind = _SHORT.get(request.endpoint, request.endpoint)
    reader = _Reader(Harvest(request.received_at, limits), kind if kind in _CALLS else None)
    key = request.basic_user
    if kind == _METRICS:
        return reader.harvest.finish(key)
    bound_values(body, limits)
    if kind == "batch":
        batch = read_body(body, _BATCH, "an object with a list named “batch”")
        reader.start(batch)
        raws = [bytes(raw) for raw in batch.batch]
        plain = read_plain_batch(body, raws, limits)
        if plain is None or not reader.read_plain(plain, raws):
            reader.harvest.read(batch.batch, reader.read)
        return reader.harvest.finish(key or reader.key, context=batch.context, sentAt=batch.sent_at)
    call = read_plain_call(body, kind, limits)
    if call is None or not reader.read_plain([call], [body]):
        reader.harvest.read([read_body(body, RAW, "an object")], reader.read)
    return reader.harvest.finish(key or reader.key, kind=kind)


class _Reader:
    """Reads the items of one request."""

    def __init__(self, harvest: Harvest, kind: str | None) -> None:
        self.harvest = harvest
        self.key: str | None = None
        self._kind = kind
        self._context: dict[str, Any] | None = None
        self._correction = Correction(harvest.received_at, None)
        self._linked: dict[str, str] = {}

    def start(self, batch: _Batch) -> None:
        """Take from the batch what holds for all of its items."""
        self.key = _key(batch.write_key)
        self._correction = self._corrected(batch.sent_at)
        self._context = batch.context if isinstance(batch.context, dict) else None

    def read(self, position: int, raw: bytes) -> list[Call]:
        """Give the calls of one item."""
        item = read_item(raw, _ITEM, self.harvest.limits)
        if self.key is None:
            self.key = _key(item.write_key)
        kind = self._kind or item.type
        make = _CALLS.get(kind) if isinstance(kind, str) else None
        if make is None:
            raise Refused("unknown_type", value=kind, allowed=", ".join(_CALLS))
        user, anonymous = readable_id(item.user_id), readable_id(item.anonymous_id)
        person = user or anonymous
        if person is None:
            raise Refused("no_person", fields="userId, anonymousId")
        head = self._head(position, raw, item, person)
        calls = make(item, head)
        if user and anonymous and user != anonymous and self._linked.get(anonymous) != user:
            calls.insert(0, LinkCall(head.message_id + ":link", "identify", anonymous, user, head.time))
            self._linked[anonymous] = user
        return calls

    def read_plain(self, items: Sequence[PlainCall], raws: Sequence[bytes]) -> bool:
        """Read all items, those that are plain track calls in a third of the time; read none, and say so, where that cannot be.

        Args:
            items: of the request.
            raws: the same, undecoded.
        """
        tracks = [item for item in items if item.is_track]
        correction = self._correction
        if len(items) == 1 and items[0].sent_at is not None:
            correction = self._corrected(items[0].sent_at)
        elif any(item.sent_at is not None for item in tracks):
            return False
        times = track_times(tracks, correction)
        if times is None:
            return False
        self.harvest.start(len(items))
        self._add_plain(items, raws, iter(times), with_total(tracks))
        return True

    def _add_plain(
        self, items: Sequence[PlainCall], raws: Sequence[bytes], times: Iterator[datetime], totals: set[str | None]
    ) -> None:
        contexts: dict[bytes, dict[str, Any] | None] = {b"": self._context}
        for position, item in enumerate(items):
            if not item.is_track:
                self.harvest.read_one(position, raws[position], self.read)
                continue
            raw = bytes(item.context)
            if raw not in contexts:
                contexts[raw] = self._merged(msgspec.json.decode(raw))
            properties = {} if item.properties is None else item.properties
            if item.event in totals:
                complete_total(properties)
            self._add_track(position, item, properties, contexts[raw], next(times))

    def _add_track(
        self, position: int, item: PlainCall, properties: dict[str, Any], context: dict[str, Any] | None, time: datetime
    ) -> None:
        if self.key is None and item.write_key is not None:
            self.key = _key(item.write_key)
        claimed = None
        if time > self.harvest.received_at:
            time, claimed = self.harvest.clamp(position, time)
        _complete(properties, context, claimed)
        user, anonymous = item.user_id, item.anonymous_id
        if user and anonymous and user != anonymous and self._linked.get(anonymous) != user:
            self.harvest.add(position, LinkCall(item.message_id + ":link", "identify", anonymous, user, time))
            self._linked[anonymous] = user
        self.harvest.add(position, EventCall(item.message_id, user or anonymous or "", item.event or "", time, properties))

    def _corrected(self, sent_at: object) -> Correction:
        return Correction(self.harvest.received_at, read_time_or_none(sent_at))

    def _head(self, position: int, raw: bytes, item: _Item, person: str) -> _Head:
        original = read_time(item.original_timestamp or item.timestamp)
        correction = self._correction
        if item.sent_at is not None:
            correction = self._corrected(item.sent_at)
        time, claimed = self.harvest.clamp(position, correction.apply(original))
        message_id = message_id_of(item.message_id) or self._made_id(position, raw, item, timed=original is not None)
        return _Head(message_id, person, time, claimed, self._merged(item.context))

    def _made_id(self, position: int, raw: bytes, item: _Item, *, timed: bool) -> str:
        # The moment of sending differs from one attempt to the next.
        content = raw if item.sent_at is None else msgspec.json.encode(msgspec.structs.replace(item, sent_at=None))
        return self.harvest.derived_id(position, content, timed=timed)

    def _merged(self, context: object) -> dict[str, Any] | None:
        if not isinstance(context, dict) or not context:
            return self._context
        return {**self._context, **context} if self._context else context


def _key(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _track(item: _Item, head: _Head) -> list[Call]:
    name = event_name("event", item.event)
    properties = object_in("properties", item.properties)
    if spelled(name) in ORDERS_WITH_TOTAL:
        complete_total(properties)
    return [_event(name, properties, head)]


def _page(item: _Item, head: _Head) -> list[Call]:
    return [_event(PAGE_EVENT, _view(item), head)]


def _screen(item: _Item, head: _Head) -> list[Call]:
    return [_event(SCREEN_EVENT, _view(item), head)]


def _view(item: _Item) -> dict[str, Any]:
    properties = object_in("properties", item.properties)
    for field, value in (("name", item.name), ("category", item.category)):
        if value is not None:
            properties.setdefault(field, value)
    return properties


def _event(name: str, properties: dict[str, Any], head: _Head) -> EventCall:
    _complete(properties, head.context, head.claimed)
    return EventCall(head.message_id, head.person, name, head.time, properties)


def _complete(properties: dict[str, Any], context: dict[str, Any] | None, claimed: str | None) -> None:
    if context:
        # A property of the client's own that is named so keeps its name.
        properties["$context" if "context" in properties else "context"] = context
    if claimed:
        properties[FUTURE_TIME] = claimed


def _identify(item: _Item, head: _Head) -> list[Call]:
    return [TraitCall(head.message_id, head.person, "set", object_in("traits", item.traits), head.time)]


def _group(item: _Item, head: _Head) -> list[Call]:
    group = readable_id(item.group_id)
    if group is None:
        raise Refused("no_item", fields="groupId")
    traits = object_in("traits", item.traits)
    return [
        TraitCall(head.message_id, head.person, "set", {"group_id": group}, head.time),
        ItemCall(head.message_id + ":item", "set", GROUP_ITEMS, group, traits, head.time),
    ]


def _alias(item: _Item, head: _Head) -> list[Call]:
    # analytics.js names no earlier id, or the same one again, where it means the device's.
    given = (readable_id(item.previous_id), readable_id(item.anonymous_id))
    previous = next((found for found in given if found not in {None, head.person}), None)
    if previous is None:
        raise Refused("no_link", fields="previousId")
    return [LinkCall(head.message_id, "alias", previous, head.person, head.time)]


_CALLS: dict[str, Callable[[_Item, _Head], list[Call]]] = {
    "identify": _identify,
    "track": _track,
    "page": _page,
    "screen": _screen,
    "group": _group,
    "alias": _alias,
}
