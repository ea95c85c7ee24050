"""What a request says once it is decoded: calls in the order sent, and the items that could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    from datetime import datetime

WireFormat = Literal["segment", "sensors", "posthog"]
TraitAction = Literal["set", "set_once", "unset", "increment", "append", "delete"]
LinkKind = Literal["identify", "alias", "signup", "bind", "unbind"]


class EventCall(msgspec.Struct, frozen=True, gc=False):
    """Something that happened; a struct, as all calls are, because it is made forty thousand times a second.

    Attributes:
        message_id: counts it once; made from the content where the client sent none.
        distinct_id: the most identified id of the call: the login where there is one.
        event: its name, in the words of the format's specification (``Order Completed``, ``$pageview`` …).
        time: when it happened by the corrected clock, aware, in UTC.
        properties: with the context merged in as the format's users expect.
        historical: history must never trigger a message.
    """

    message_id: str
    distinct_id: str
    event: str
    time: datetime
    properties: dict[str, Any] = {}
    historical: bool = False


class TraitCall(msgspec.Struct, frozen=True, gc=False):
    """A change of traits; ``values`` maps names to values (to None for ``unset`` and ``delete``)."""

    message_id: str
    distinct_id: str
    action: TraitAction
    values: dict[str, Any]
    time: datetime


class LinkCall(msgspec.Struct, frozen=True, gc=False):
    """Two ids said to be one person's; for ``unbind``, no longer. ``login`` tells which of them identify a person.

    An ``unbind`` whose two ids are equal takes that id off whomever it was linked to (神策's servers send it so).
    """

    message_id: str
    kind: LinkKind
    from_id: str
    to_id: str
    time: datetime
    from_login: bool = False
    to_login: bool = True


class ItemCall(msgspec.Struct, frozen=True, gc=False):
    """An item of the catalogue, set or deleted."""

    message_id: str
    action: Literal["set", "delete"]
    item_type: str
    item_id: str
    values: dict[str, Any]
    time: datetime


Call = EventCall | TraitCall | LinkCall | ItemCall


@dataclass(frozen=True)
class RefusedItem:
    """One item of a request that cannot be stored.

    Attributes:
        position: in the request, counted from 0.
        reason: stable, for programs.
        detail: a sentence.
        raw: the item as it was sent, or, when it was ``decoded``, as ``wire.again.written`` gives it.
        decoded: it could be read, and was refused for what it says.
    """

    position: int
    reason: str
    detail: str
    raw: str
    decoded: bool = False


@dataclass(frozen=True)
class DecodedRequest:
    """One request, decoded.

    Attributes:
        key: the write key it was sent with; None where it carries none.
        calls: all calls with the position of the item each came from, in order; one item may say several things.
        refused: items that cannot be stored.
        items: how many items the request had.
        dry_run: only validate, store nothing (神策's debug mode).
        clamped: positions of items whose time lay over a minute in the future, and was set to the moment of receipt.
        wrong_checksums: checksums of records that did not fit (神策's ``crc``); the records count all the same.
        envelope: what stood around the items, without which none of them can be read again alone; see ``wire.again``.
    """

    key: str | None
    calls: tuple[tuple[int, Call], ...]
    refused: tuple[RefusedItem, ...]
    items: int
    dry_run: bool = False
    clamped: tuple[int, ...] = ()
    wrong_checksums: int = 0
    envelope: dict[str, Any] = field(default_factory=dict)
