"""神策's collect protocol: records as base64 in a form or a query, one (``data``) or several (``data_list``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from finegrain.collect.wire import limits as bounds
from finegrain.collect.wire.bodies import bound_values, read_form, unbase64, unpack
from finegrain.collect.wire.checksums import fits
from finegrain.collect.wire.contract import DecodedRequest, EventCall, ItemCall, LinkCall, TraitCall
from finegrain.collect.wire.errors import NoDataError
from finegrain.collect.wire.harvest import FUTURE_TIME, Harvest, event_name
from finegrain.collect.wire.identities import BoundIds, bound_ids
from finegrain.collect.wire.ids import digest, readable_id, readable_key
from finegrain.collect.wire.parsing import object_in, read_item, split_items
from finegrain.collect.wire.reasons import Refused
from finegrain.collect.wire.times import Correction, pad_milliseconds, read_time, read_time_or_none
from finegrain.collect.wire.traits import readable_traits

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from finegrain.collect.wire.contract import Call
    from finegrain.collect.wire.limits import Limits
    from finegrain.collect.wire.request import WireRequest

_LIB_FIELDS = ("$lib", "$lib_version", "$app_version")
_IS_LOGIN = "$is_login_id"
_JSON_STARTS = ("{", "[")


class _Record(msgspec.Struct, gc=False, rename={"track_id": "_track_id", "flush_time": "_flush_time"}):
    """One record; any field may hold anything, and is checked where it is read."""

    type: Any = None
    time: Any = None
    distinct_id: Any = None
    event: Any = None
    properties: Any = None
    lib: Any = None
    project: Any = None
    token: Any = None
    identities: Any = None
    anonymous_id: Any = None
    login_id: Any = None
    original_id: Any = None
    time_free: Any = None
    track_id: Any = None
    flush_time: Any = None
    item_type: Any = None
    item_id: Any = None


class _Head(NamedTuple):
    """What every record has; ``ids`` is None for items of the catalogue."""

    message_id: str
    time: datetime
    claimed: str | None
    historical: bool
    properties: dict[str, Any]
    ids: BoundIds | None

    @property
    def person(self) -> str:
        if self.ids is None:
            raise Refused("no_person", fields="distinct_id")
        return self.ids.person


_RECORD = msgspec.json.Decoder(_Record)


def decode(request: WireRequest, limits: Limits = bounds.SENSORS) -> DecodedRequest:
    """Decode a request to ``/sa``, ``/sa.gif`` or ``/debug``, by GET or POST.

    The records stand in ``data`` or ``data_list``, of the body or of the query; gzip is told by its first bytes. The key is
    the ``token`` of the query, of the form or of the first record. Times are corrected by ``_flush_time``, unless
    ``time_free`` marks the record as history. A login id and an anonymous id in one record are linked. ``Dry-Run: true`` on
    ``/debug`` only validates.

    Raises:
        WireError: the records cannot be taken apart.
    """
    form = {**request.query, **_body_fields(unpack(request, limits))}
    field = next((name for name in ("data_list", "data") if form.get(name)), None)
    if field is None:
        raise NoDataError(fields="data, data_list")
    coded = form[field]
    text = coded.encode() if coded.startswith(_JSON_STARTS) else unbase64(coded, limits)
    bound_values(text, limits)
    reader = _Reader(Harvest(request.received_at, limits), form.get("project", ""), form.get("token") or None)
    reader.harvest.read(split_items(text), reader.read)
    crc = form.get("crc") or form.get("ext", "")
    return reader.harvest.finish(
        reader.key,
        dry_run=request.endpoint == "debug" and request.headers.get("dry-run", "").lower() == "true",
        wrong_checksums=int(bool(crc) and not fits(coded.replace(" ", "+"), crc)),
        project=form.get("project"),
    )


def _body_fields(body: bytes) -> dict[str, str]:
    # Beacons send the form as text/plain, so its type says nothing; some senders post the bare JSON.
    if body.lstrip()[:1] in {b"{", b"["}:
        return {"data": body.decode("utf-8", "replace").lstrip()}
    return read_form(body)


class _Reader:
    """Reads the records of one request."""

    def __init__(self, harvest: Harvest, project: str, key: str | None) -> None:
        self.harvest = harvest
        self.key = key
        self._project = project
        self._linked: dict[str, str] = {}

    def read(self, position: int, raw: bytes) -> list[Call]:
        """Give the calls of one record."""
        record = read_item(raw, _RECORD, self.harvest.limits)
        if self.key is None and isinstance(record.token, str):
            self.key = record.token or None
        make = _CALLS.get(record.type) if isinstance(record.type, str) else None
        if make is None:
            raise Refused("unknown_type", value=record.type, allowed=", ".join(_CALLS))
        head = self._head(position, raw, record)
        return [*self._link(head), *make(record, head)]

    def _head(self, position: int, raw: bytes, record: _Record) -> _Head:
        properties = _padded(object_in("properties", record.properties)) if record.type != "profile_unset" else {}
        historical = record.time_free is True
        flushed = None if historical else read_time_or_none(record.flush_time)
        original = _moment(record.time)
        corrected = Correction(self.harvest.received_at, flushed).apply(original)
        time, claimed = self.harvest.clamp(position, corrected)
        ids = None if record.type in _ITEM_TYPES else _ids(record, properties)
        message_id = self._message_id(position, raw, record, timed=original is not None)
        return _Head(message_id, time, claimed, historical, properties, ids)

    def _message_id(self, position: int, raw: bytes, record: _Record, *, timed: bool) -> str:
        project = record.project or self._project
        if record.track_id is not None:
            parts = (project, record.distinct_id, record.track_id, record.time, record.event, record.type)
            return digest(msgspec.json.encode(parts))
        if record.flush_time is not None:
            # The moment of sending differs from one attempt to the next.
            raw = msgspec.json.encode(msgspec.structs.replace(record, flush_time=None))
        return self.harvest.derived_id(position, b"%s\0%s" % (msgspec.json.encode(project), raw), timed=timed)

    def _link(self, head: _Head) -> list[Call]:
        ids = head.ids
        if ids is None or ids.login is None or ids.anonymous in {None, ids.login}:
            return []
        if self._linked.get(ids.anonymous) == ids.login:
            return []
        self._linked[ids.anonymous] = ids.login
        return [LinkCall(head.message_id + ":link", "identify", ids.anonymous, ids.login, head.time)]


def _moment(value: object) -> datetime | None:
    # A time written out would be in a zone that the record does not name.
    if isinstance(value, str) and not value.isdigit():
        raise Refused("bad_time", value=value)
    return read_time(value)


def _padded(properties: dict[str, Any]) -> dict[str, Any]:
    for name, value in properties.items():
        if isinstance(value, str):
            properties[name] = pad_milliseconds(value)
    return properties


def _ids(record: _Record, properties: dict[str, Any]) -> BoundIds | None:
    return bound_ids(
        distinct=readable_id(record.distinct_id),
        login=readable_id(record.login_id),
        anonymous=readable_id(record.anonymous_id),
        is_login=properties.get(_IS_LOGIN) is True,
        identities=object_in("identities", record.identities),
    )


def _track(record: _Record, head: _Head) -> list[Call]:
    name = event_name("event", record.event)
    lib = record.lib if isinstance(record.lib, dict) else {}
    for field in _LIB_FIELDS:
        if field in lib:
            head.properties.setdefault(field, lib[field])
    if head.claimed:
        head.properties[FUTURE_TIME] = head.claimed
    return [EventCall(head.message_id, head.person, name, head.time, head.properties, head.historical)]


def _signup(record: _Record, head: _Head) -> list[Call]:
    events = _track(record, head)
    login = readable_id(record.distinct_id) or head.person
    original = readable_id(record.original_id) or readable_id(record.anonymous_id)
    if original is None:
        raise Refused("no_link", fields="original_id")
    if original == login:
        return events
    return [LinkCall(head.message_id + ":signup", "signup", original, login, head.time), *events]


def _bind(record: _Record, head: _Head) -> list[Call]:
    person = head.person
    others = [name for name in head.ids.others if name != person] if head.ids else []
    if not others:
        raise Refused("no_link", fields="identities")
    is_login = head.ids is not None and head.ids.login is not None
    links: list[Call] = [
        LinkCall(f"{head.message_id}:bind{place}", "bind", other, person, head.time, to_login=is_login)
        for place, other in enumerate(others)
    ]
    return [*links, *_named(record, head)]


def _unbind(record: _Record, head: _Head) -> list[Call]:
    if head.ids is None or not head.ids.others:
        raise Refused("no_link", fields="identities")
    to = readable_id(record.distinct_id) or head.person
    links: list[Call] = [
        LinkCall(f"{head.message_id}:unbind{place}", "unbind", other, to, head.time, to_login=to == head.ids.login)
        for place, other in enumerate(head.ids.others)
    ]
    return [*links, *_named(record, head)]


def _named(record: _Record, head: _Head) -> list[Call]:
    return _track(record, head) if record.event is not None else []


def _profile(record: _Record, head: _Head) -> list[Call]:
    action = _TRAIT_ACTIONS[record.type]
    values = record.properties if action == "unset" else head.properties
    return [TraitCall(head.message_id, head.person, action, readable_traits(action, values, ignored=_IS_LOGIN), head.time)]


def _item(record: _Record, head: _Head) -> list[Call]:
    kind, key = readable_key(record.item_type), readable_key(record.item_id)
    if kind is None or key is None:
        raise Refused("no_item", fields="item_type, item_id")
    if record.type == "item_delete":
        return [ItemCall(head.message_id, "delete", kind, key, {}, head.time)]
    return [ItemCall(head.message_id, "set", kind, key, head.properties, head.time)]


_ITEM_TYPES = frozenset({"item_set", "item_delete"})
_TRAIT_ACTIONS: dict[str, Any] = {
    "profile_set": "set",
    "profile_set_once": "set_once",
    "profile_increment": "increment",
    "profile_append": "append",
    "profile_unset": "unset",
    "profile_delete": "delete",
}
_CALLS: dict[str, Callable[[_Record, _Head], list[Call]]] = {
    "track": _track,
    "track_signup": _signup,
    "track_id_bind": _bind,
    "track_id_unbind": _unbind,
    **dict.fromkeys(_TRAIT_ACTIONS, _profile),
    "item_set": _item,
    "item_delete": _item,
}
