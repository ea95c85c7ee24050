"""PostHog's capture protocol: one event a request, or many."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from finegrain.collect.wire import limits as bounds
from finegrain.collect.wire.bodies import bound_values, read_form, unbase64, unpack
from finegrain.collect.wire.contract import DecodedRequest, EventCall, ItemCall, LinkCall, TraitCall
from finegrain.collect.wire.errors import DamagedBodyError, NoDataError, NotJsonError, UnknownCompressionError
from finegrain.collect.wire.harvest import FUTURE_TIME, Harvest, event_name
from finegrain.collect.wire.ids import message_id_of, readable_id, readable_key
from finegrain.collect.wire.parsing import object_in, read_body, read_item, split_items
from finegrain.collect.wire.reasons import Refused
from finegrain.collect.wire.times import EARLIEST, Correction, read_time, read_time_or_none
from finegrain.collect.wire.traits import readable_traits

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from finegrain.collect.wire.contract import Call, TraitAction
    from finegrain.collect.wire.limits import Limits
    from finegrain.collect.wire.request import WireRequest

_TRAIT_FIELDS: tuple[tuple[str, TraitAction], ...] = (("$set", "set"), ("$set_once", "set_once"), ("$unset", "unset"))
_NO_PROFILE = "$process_person_profile"
_JSON_STARTS = (b"{", b"[")


class _Event(
    msgspec.Struct,
    gc=False,
    rename={"set": "$set", "set_once": "$set_once", "unset": "$unset", "dollar_distinct_id": "$distinct_id"},
):
    """One event; any field may hold anything, and is checked where it is read."""

    event: Any = None
    distinct_id: Any = None
    dollar_distinct_id: Any = None
    properties: Any = None
    timestamp: Any = None
    offset: Any = None
    uuid: Any = None
    api_key: Any = None
    token: Any = None
    sent_at: Any = None
    set: Any = None
    set_once: Any = None
    unset: Any = None


class _Body(msgspec.Struct, gc=False):
    batch: list[msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET
    api_key: Any = None
    token: Any = None
    sent_at: Any = None
    historical_migration: Any = None


class _Head(NamedTuple):
    """What every event has; ``profile`` is False where it says nothing about its person."""

    message_id: str
    person: str
    name: str
    time: datetime
    claimed: str | None
    historical: bool
    profile: bool
    properties: dict[str, Any]


_EVENT = msgspec.json.Decoder(_Event)
_BODY = msgspec.json.Decoder(_Body)


def decode(request: WireRequest, limits: Limits = bounds.POSTHOG) -> DecodedRequest:
    """Decode a request to ``/batch/``, ``/i/v0/e/``, ``/capture/`` or ``/e/``, by POST or GET.

    The body is JSON, plain or gzip, or a form or query with it as ``data``, plain or base64. The key is ``api_key`` or
    ``token`` of the body, of the query, of the first event or of its properties. ``$set``, ``$set_once`` and ``$unset``
    change traits, and are taken out of the stored properties; ``$identify`` links the anonymous id, ``$create_alias`` links
    the event's id to the alias as PostHog documents it, ``$merge_dangerously`` the alias to the event's id. ``$groupidentify``
    becomes an item of the group's type. These and ``$set`` are statements, not behaviour: only ``$identify`` stays an event.
    An event with ``$process_person_profile: false`` changes no traits.

    Raises:
        WireError: the body cannot be taken apart into events.
    """
    text = _text(request, limits)
    bound_values(text, limits)
    query = request.query
    reader = _Reader(Harvest(request.received_at, limits), query.get("api_key") or query.get("token") or None)
    sent_at = query.get("sent_at") or query.get("_")
    items = None
    if text.lstrip()[:1] == b"{":
        body = read_body(text, _BODY, "an event, a list of events, or an object with a list named “batch”")
        items = None if body.batch is msgspec.UNSET else body.batch
        reader.start(body)
        sent_at = body.sent_at or sent_at
    reader.correction = Correction(request.received_at, read_time_or_none(sent_at))
    reader.harvest.read(split_items(text) if items is None else items, reader.read)
    return reader.harvest.finish(reader.key, sent_at=sent_at, historical_migration=reader.historical or None)


def _text(request: WireRequest, limits: Limits) -> bytes:
    compression = request.query.get("compression", "")
    if compression.startswith("lz"):
        raise UnknownCompressionError(found=compression[:40])
    body = unpack(request, limits)
    if body.lstrip().startswith(_JSON_STARTS):
        return body
    fields = read_form(body) if body.startswith(b"data=") or b"&data=" in body else request.query
    coded = fields.get("data", "")
    if coded.lstrip().startswith(("{", "[")):
        return coded.encode()
    if coded:
        return unbase64(coded, limits)
    if not body.strip():
        raise NoDataError(fields="data")
    try:
        return unbase64(body.decode("ascii", "replace").strip(), limits)
    except DamagedBodyError as error:
        raise NotJsonError(reason="neither JSON nor base64") from error


class _Reader:
    """Reads the events of one request."""

    def __init__(self, harvest: Harvest, key: str | None) -> None:
        self.harvest = harvest
        self.key = key
        self.correction = Correction(harvest.received_at, None)
        self.historical = False

    def start(self, body: _Body) -> None:
        """Take from the body what holds for all of its events."""
        self.key = _key(body.api_key) or _key(body.token) or self.key
        self.historical = body.historical_migration is True

    def read(self, position: int, raw: bytes) -> list[Call]:
        """Give the calls of one event."""
        item = read_item(raw, _EVENT, self.harvest.limits)
        properties = object_in("properties", item.properties)
        if self.key is None:
            sent = (item.api_key, item.token, properties.get("token"), properties.get("api_key"))
            self.key = next((key for key in map(_key, sent) if key), None)
        head = self._head(position, raw, item, properties)
        traits = _traits(item, head) if head.profile else []
        calls = [*_SPECIAL.get(head.name, _plain)(head), *traits]
        # A statement that states nothing still names a person.
        return calls or [TraitCall(head.message_id, head.person, "set", {}, head.time)]

    def _head(self, position: int, raw: bytes, item: _Event, properties: dict[str, Any]) -> _Head:
        name = event_name("event", item.event)
        person = _person(item, properties)
        moment, timed = self._when(item, properties)
        time, claimed = self.harvest.clamp(position, moment)
        message_id = message_id_of(item.uuid) or message_id_of(properties.get("$insert_id"))
        if message_id is None:
            message_id = self.harvest.derived_id(position, _lasting(raw, item), timed=timed)
        profile = properties.get(_NO_PROFILE) is not False
        return _Head(message_id, person, name, time, claimed, self.historical, profile, properties)

    def _when(self, item: _Event, properties: dict[str, Any]) -> tuple[datetime, bool]:
        """Give the time by the server's clock, and whether the event itself tells it."""
        if item.timestamp is None and isinstance(item.offset, int | float) and not isinstance(item.offset, bool):
            return self._before(item.offset), False
        original = read_time(item.timestamp)
        if original is not None and (self.historical or properties.get("$ignore_sent_at") is True):
            return original, True
        return self.correction.apply(original), original is not None

    def _before(self, offset_ms: float) -> datetime:
        # Browsers that send late say how long ago it was, which no clock can falsify.
        try:
            moment = self.harvest.received_at - timedelta(milliseconds=max(offset_ms, 0))
        except OverflowError as error:
            raise Refused("bad_time", value=offset_ms) from error
        if moment < EARLIEST:
            raise Refused("bad_time", value=offset_ms)
        return moment


def _key(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _lasting(raw: bytes, item: _Event) -> bytes:
    # What differs from one attempt to the next is left out.
    if item.sent_at is None and item.offset is None:
        return raw
    return msgspec.json.encode(msgspec.structs.replace(item, sent_at=None, offset=None))


def _person(item: _Event, properties: dict[str, Any]) -> str:
    for value in (item.distinct_id, item.dollar_distinct_id, properties.get("distinct_id")):
        person = readable_id(value)
        if person is not None:
            return person
    raise Refused("no_person", fields="distinct_id")


def _plain(head: _Head) -> list[Call]:
    return [_event(head)]


def _event(head: _Head) -> EventCall:
    if head.claimed:
        head.properties[FUTURE_TIME] = head.claimed
    return EventCall(head.message_id, head.person, head.name, head.time, head.properties, head.historical)


def _traits(item: _Event, head: _Head) -> list[Call]:
    calls: list[Call] = []
    for (field, action), top in zip(_TRAIT_FIELDS, (item.set, item.set_once, item.unset), strict=True):
        inner = head.properties.pop(field, None)
        if top is not None or inner is not None:
            values = {
                **readable_traits(action, inner, field=field),
                **readable_traits(action, top, field=field),
            }
            calls.append(TraitCall(f"{head.message_id}:{action}", head.person, action, values, head.time))
    return calls


def _identify(head: _Head) -> list[Call]:
    anonymous = readable_id(head.properties.get("$anon_distinct_id"))
    if anonymous is None or anonymous == head.person:
        return [_event(head)]
    return [LinkCall(head.message_id + ":link", "identify", anonymous, head.person, head.time), _event(head)]


def _create_alias(head: _Head) -> list[Call]:
    alias = _alias_of(head)
    return [LinkCall(head.message_id, "alias", head.person, alias, head.time)]


def _merge(head: _Head) -> list[Call]:
    alias = _alias_of(head)
    return [LinkCall(head.message_id, "alias", alias, head.person, head.time)]


def _alias_of(head: _Head) -> str:
    alias = readable_id(head.properties.get("alias"))
    if alias is None or alias == head.person:
        raise Refused("no_link", fields="properties.alias")
    return alias


def _group(head: _Head) -> list[Call]:
    kind, key = readable_key(head.properties.get("$group_type")), readable_key(head.properties.get("$group_key"))
    if kind is None or key is None:
        raise Refused("no_item", fields="$group_type, $group_key")
    values = object_in("$group_set", head.properties.get("$group_set"))
    return [ItemCall(head.message_id, "set", kind, key, values, head.time)]


def _statement(_: _Head) -> list[Call]:
    return []


_SPECIAL: dict[str, Callable[[_Head], list[Call]]] = {
    "$identify": _identify,
    "$create_alias": _create_alias,
    "$merge_dangerously": _merge,
    "$groupidentify": _group,
    "$set": _statement,
    "$set_once": _statement,
    "$unset": _statement,
}
