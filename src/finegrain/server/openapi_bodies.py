"""What the collector's endpoints take and answer, as JSON Schema.

A call may hold more than stands here, which is kept; what is unusable in one item refuses that item alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

Schema = dict[str, Any]


def reference(name: str) -> Schema:
    """Give a reference to one of ``SCHEMAS``."""
    return {"$ref": f"#/components/schemas/{name}"}


def schemas_of(*bodies: type[Any]) -> dict[str, Schema]:
    """Give the schemas of classes and of what they are made of, by name."""
    _shown, told = msgspec.json.schema_components(bodies, ref_template="#/components/schemas/{name}")
    schemas: dict[str, Schema] = msgspec.json.decode(msgspec.json.encode(told))  # defaults of tuples are lists in JSON
    return schemas


def answers(good: str, refusals: Mapping[str, str]) -> dict[str, Schema]:
    """Give what is answered by status: an object with 200, an error with each of the refusals.

    Args:
        good: what 200 means.
        refusals: what each other status means.
    """
    told = {
        status: {"description": meaning, "content": {"application/json": {"schema": reference("Error")}}}
        for status, meaning in refusals.items()
    }
    return {"200": {"description": good, "content": {"application/json": {"schema": {"type": "object"}}}}, **told}


def _object(*required: str, **properties: Schema) -> Schema:
    schema: Schema = {"type": "object", "properties": properties}
    return {**schema, "required": list(required)} if required else schema


def _text(description: str = "", **more: Any) -> Schema:
    return {"type": "string", **({"description": description} if description else {}), **more}


def _list(of: Schema, description: str = "") -> Schema:
    return {"type": "array", "items": of, **({"description": description} if description else {})}


_TIME = _text("ISO 8601; UTC where it names no zone.", examples=["2024-01-02T03:04:05.678Z"])
_ID = _text("At most 255 characters.", maxLength=255)
_ANY_OBJECT: Schema = {"type": "object"}
_COUNT: Schema = {"type": "integer", "minimum": 0}

_SEGMENT_FIELDS: dict[str, Schema] = {
    "messageId": _text("Counts the call once, however often it is sent."),
    "userId": _text("The login; one of userId and anonymousId is needed.", maxLength=255),
    "anonymousId": _text("The id of the device.", maxLength=255),
    "timestamp": _TIME,
    "originalTimestamp": _TIME,
    "sentAt": _text("The client's clock when it sent, which corrects the other times."),
    "context": _ANY_OBJECT,
    "integrations": _ANY_OBJECT,
    "writeKey": _text("The key of the source, where it is not sent by HTTP Basic."),
}
_SEGMENT_CALLS: dict[str, dict[str, Schema]] = {
    "Identify": {"traits": _ANY_OBJECT},
    "Track": {"event": _text("The name of the event.", minLength=1, maxLength=255), "properties": _ANY_OBJECT},
    "Page": {"name": _text(), "category": _text(), "properties": _ANY_OBJECT},
    "Screen": {"name": _text(), "category": _text(), "properties": _ANY_OBJECT},
    "Group": {"groupId": _ID, "traits": _ANY_OBJECT},
    "Alias": {"previousId": _text("The id that is said to be the same person's as userId.", maxLength=255)},
}
_SEGMENT_NEEDS = {"Track": ("event",), "Group": ("groupId",), "Alias": ("previousId",)}

_SENSORS_TYPES = (
    "track", "track_signup", "track_id_bind", "track_id_unbind", "profile_set", "profile_set_once", "profile_increment",
    "profile_append", "profile_unset", "profile_delete", "item_set", "item_delete",
)  # fmt: skip

_POSTHOG_FIELDS: dict[str, Schema] = {
    "event": _text("The name of the event.", minLength=1, maxLength=255),
    "distinct_id": _text("Whose event it is; it may stand in the properties.", maxLength=255),
    "properties": _ANY_OBJECT,
    "timestamp": _TIME,
    "uuid": _text("Counts the event once, however often it is sent."),
    "$set": _ANY_OBJECT,
    "$set_once": _ANY_OBJECT,
}

_REFUSED = _object(
    "position", "reason", "detail",
    position={"type": "integer", "minimum": 0, "description": "Which item of the request, counted from 0."},
    reason=_text("Stable, for programs."),
    detail=_text("What was wrong with the value, and what is allowed."),
)  # fmt: skip
_VERDICTS: dict[str, Schema] = {
    "stored": {**_COUNT, "description": "Events that were new."},
    "duplicates": {**_COUNT, "description": "Events that had been stored before."},
    "accepted": {
        **_COUNT,
        "description": "Instead of the two, where the answer comes from the journal: events that will be stored.",
    },
    "refused": _list(reference("Refused"), "Items that were refused; they are kept with their reason."),
}

SCHEMAS: dict[str, Schema] = {
    **{
        name: _object(*_SEGMENT_NEEDS.get(name, ()), type=_text(), **_SEGMENT_FIELDS, **fields)
        for name, fields in _SEGMENT_CALLS.items()
    },
    "Batch": _object(
        "batch",
        batch=_list({"anyOf": [reference(name) for name in _SEGMENT_CALLS]}, "At most 2,500 calls, each with its type."),
        context={**_ANY_OBJECT, "description": "Merged into each call; the call's own wins."},
        sentAt=_SEGMENT_FIELDS["sentAt"],
        writeKey=_SEGMENT_FIELDS["writeKey"],
    ),
    "Report": {"description": "What a browser's SDK reports about itself; nothing of it is stored."},
    "SensorsForm": _object(
        data=_text("One record: JSON, perhaps gzip, in base64. The record's type is one of " + ", ".join(_SENSORS_TYPES) + "."),
        data_list=_text("Several records: a JSON array, perhaps gzip, in base64."),
        token=_text("The key of the source, where it does not stand in the address."),
        project=_text(),
        gzip=_text("Is not relied on: what is packed is told by its first bytes."),
        crc=_text("The checksum of the base64 text; one that does not fit is counted, and refuses nothing."),
        ext=_text("The checksum as crc=…"),
    ),
    "Capture": _object("event", **_POSTHOG_FIELDS, api_key=_text("The key of the source.")),
    "CaptureBatch": _object(
        "batch",
        batch=_list(_object("event", **_POSTHOG_FIELDS), "At most 20,000 events."),
        api_key=_text("The key of the source."),
        historical_migration={"type": "boolean", "description": "History: never triggers a message; times are kept."},
        sent_at=_text("The client's clock when it sent, which corrects the other times."),
    ),
    "Refused": _REFUSED,
    "SegmentAnswer": _object("success", success={"type": "boolean"}, **_VERDICTS),
    "SensorsAnswer": _object("code", "refused", code={"enum": [0, 1]}, **_VERDICTS)
    | {"oneOf": [{"required": ["stored", "duplicates"]}, {"required": ["accepted"]}]},
    "PostHogAnswer": _object("status", status={"const": 1}, **_VERDICTS),
    "Error": _object(
        "code", "message",
        code=_text("Stable, for programs."), message=_text("What was wrong, what is allowed, and what to do next."),
        facts=_ANY_OBJECT,
    ),
    "Health": _object("status", "version", status={"const": "ok"}, version=_text()),
    "Readiness": _object("status", status={"enum": ["ready", "not ready"]}),
}  # fmt: skip
"""Schemas by name."""
