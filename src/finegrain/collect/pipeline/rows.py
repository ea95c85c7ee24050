"""One request made ready for its commit: its events as columns, whom it sights, and what it changes."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pyarrow as pa

from finegrain.collect.pipeline.bots import BOT_PROPERTY, agent_of, any_robot, is_robot
from finegrain.collect.plan.checker import PLAN_VIOLATION
from finegrain.collect.plan.violations import ViolationTally
from finegrain.collect.wire.again import written
from finegrain.collect.wire.contract import EventCall, LinkCall, RefusedItem, TraitCall
from finegrain.collect.wire.limits import MAX_NAME_CHARS
from finegrain.i18n import _
from finegrain.store.events.contract import EVENT_SCHEMA
from finegrain.zones import from_us, to_us

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from finegrain.collect.pipeline.contract import Arrival
    from finegrain.collect.plan.checker import PlanChecker
    from finegrain.collect.wire.contract import Call

_TIME = pa.timestamp("us")
_encode = msgspec.json.Encoder().encode
_UNWRITABLE_ERRORS = (ValueError, TypeError, OverflowError, RecursionError)

UNWRITABLE = "unwritable"
"""The reason for which an event is refused that cannot be written as JSON, or that the event store cannot read."""
_NEVER_US = 2**63
HISTORY_S = 86_400
"""An event that happened so long before it was received is history, whatever its sender says."""


class Rows:
    """What one request brings.

    Args:
        arrival: the request.
        checker: of the tracking plan; None where there is none.

    Attributes:
        arrival: the request; without its calls where they are many.
        sightings: distinct id → earliest time at which the request saw it, microseconds since 1970 in UTC.
        changes: calls that are not events, in order.
        says_more: whether any of them is more than a link.
        refused: what the decoder refused, and events that the tracking plan refuses, or that cannot be written or stored.
        unstorable: places of events that the event store refused.
        bots: how many events were sent by robots.
        fresh: which events were new, ``(n,) bool``; None until the request is stored.
        began_s: when the request came in, by ``time.perf_counter``.
        answered_s: when it was answered before it was stored, likewise; None where it was not.
        violations: how the events violate the tracking plan; None where none does, and once that was counted.
    """

    __slots__ = (
        "_checker", "_live_us", "answered_s", "arrival", "began_s", "bots", "changes", "distinct_ids", "events", "fresh",
        "historical", "message_ids", "positions", "properties", "received_us", "refused", "says_more", "sightings", "times_us",
        "unstorable", "violations",
    )  # fmt: skip

    def __init__(self, arrival: Arrival, began_s: float | None = None, checker: PlanChecker | None = None) -> None:
        self.arrival = arrival
        self.began_s = perf_counter() if began_s is None else began_s
        self.answered_s: float | None = None
        self._checker = checker
        self.received_us = to_us(arrival.received_at)
        self._live_us = self.received_us - HISTORY_S * 1_000_000
        self.positions: list[int] = []
        self.message_ids: list[str] = []
        self.distinct_ids: list[str] = []
        self.events: list[str] = []
        self.times_us: list[int] = []
        self.historical: list[bool] = []
        self.properties: list[bytes] = []
        self.sightings: dict[str, int] = {}
        self.changes: list[Call] = []
        self.says_more = False
        self.refused: list[RefusedItem] = list(arrival.decoded.refused)
        self.unstorable: set[int] = set()
        self.bots = 0
        self.fresh: NDArray[np.bool_] | None = None
        self.violations: ViolationTally | None = None
        calls = arrival.decoded.calls
        events = [(position, call) for position, call in calls if isinstance(call, EventCall)]
        at_once = self._add_good_events(events)
        # What waits for its commit needs no decoded properties; freed here, their memory is still in the cache for the next.
        if len(calls) > 1:
            self.arrival = replace(arrival, decoded=replace(arrival.decoded, calls=()))
        if at_once and len(events) == len(calls):
            return
        for position, call in calls:
            if not isinstance(call, EventCall):
                self._add_change(position, call)
            elif not at_once:
                self._add_event(position, call)

    def __len__(self) -> int:
        """Give the number of events."""
        return len(self.message_ids)

    def refuse(self, place: int, problem: str) -> None:
        """Refuse the event at ``place``, because the event store does."""
        self.unstorable.add(place)
        self.refused.append(_unwritable(self.positions[place], problem, self.written(place)))

    def written(self, place: int) -> str:
        """Give the event at ``place`` as ``wire.again.written`` does."""
        fields = {
            "message_id": self.message_ids[place],
            "distinct_id": self.distinct_ids[place],
            "event": self.events[place],
            "time": from_us(self.times_us[place]),
            "properties": msgspec.Raw(self.properties[place]),
            "historical": self.historical[place],
        }
        return _encode(fields).decode()

    def _add_good_events(self, events: Sequence[tuple[int, EventCall]]) -> bool:
        """Add events column by column, in half the time; add none, and say so, where one of them needs a closer look."""
        calls = [call for _, call in events]
        if any_robot((call.properties for call in calls), self.arrival.user_agent) or not self._keep_to_plan(calls):
            return False
        message_ids, distinct_ids = [call.message_id for call in calls], [call.distinct_id for call in calls]
        names = [call.event for call in calls]
        try:
            encoded = [_encode(call.properties) for call in calls]
            _check_id("".join(distinct_ids))
            "".join((*message_ids, *distinct_ids, *names)).encode()
        except _UNWRITABLE_ERRORS:
            return False
        self.positions = [position for position, _ in events]
        self.message_ids, self.distinct_ids, self.events, self.properties = message_ids, distinct_ids, names, encoded
        self.times_us = [to_us(call.time) for call in calls]
        live_us = self._live_us
        self.historical = [call.historical or at < live_us for call, at in zip(calls, self.times_us, strict=True)]
        sightings = self.sightings
        for key, at in zip(distinct_ids, self.times_us, strict=True):
            # As ``_see`` does, without a call for each event.
            if at < sightings.get(key, _NEVER_US):
                sightings[key] = at
        return True

    def _keep_to_plan(self, calls: Sequence[EventCall]) -> bool:
        checker, source = self._checker, self.arrival.source
        return checker is None or all(checker.check(source, call.event, call.properties) is None for call in calls)

    def _add_event(self, position: int, call: EventCall) -> None:
        properties = call.properties
        if is_robot(agent_of(properties, self.arrival.user_agent)):
            properties = {**properties, BOT_PROPERTY: True}
            self.bots += 1
        if self._checker is not None and self._violates(self._checker, position, call, properties):
            return
        try:
            encoded = _encode(properties)
            f"{call.message_id}{call.distinct_id}{call.event}".encode()
            _check_id(call.distinct_id)
        except _UNWRITABLE_ERRORS as error:
            self.refused.append(_unwritable(position, str(error), written(call)))
            return
        at = to_us(call.time)
        self._see(call.distinct_id, at)
        self.positions.append(position)
        self.message_ids.append(call.message_id)
        self.distinct_ids.append(call.distinct_id)
        self.events.append(call.event)
        self.times_us.append(at)
        self.historical.append(call.historical or at < self._live_us)
        self.properties.append(encoded)

    def _violates(self, checker: PlanChecker, position: int, call: EventCall, properties: dict[str, Any]) -> bool:
        verdict = checker.check(self.arrival.source, call.event, properties)
        if verdict is None:
            return False
        if not self.arrival.replayed:
            self.violations = self.violations or ViolationTally()
            self.violations.add(self.arrival.source, verdict)
        if verdict.refused is None:
            return False
        raw = written(msgspec.structs.replace(call, properties=properties))
        self.refused.append(RefusedItem(position, PLAN_VIOLATION, verdict.refused.sentence(), raw, decoded=True))
        return True

    def _add_change(self, position: int, call: Call) -> None:
        problem = _unstorable_change(call)
        if problem:
            detail = _("The change cannot be stored: {problem}", problem=problem)
            self.refused.append(RefusedItem(position, UNWRITABLE, detail, repr(call)))
            return
        self.changes.append(call)
        at = to_us(call.time)
        if isinstance(call, LinkCall):
            self._see(call.from_id, at)
            self._see(call.to_id, at)
            return
        self.says_more = True
        if isinstance(call, TraitCall):
            self._see(call.distinct_id, at)

    def _see(self, distinct_id: str, at: int) -> None:
        if at < self.sightings.get(distinct_id, _NEVER_US):
            self.sightings[distinct_id] = at


def _check_id(distinct_id: str) -> None:
    if "\0" in distinct_id:
        raise ValueError(f"id with a null character: {distinct_id!r}")


def _unstorable_change(call: Call) -> str:
    try:
        if isinstance(call, LinkCall):
            ends = call.from_id + call.to_id
            (ends + call.message_id).encode()
            _check_id(ends)
            return ""
        _encode(call)
        if isinstance(call, TraitCall):
            _check_id(call.distinct_id)
            return next((f"name of {len(name)} characters" for name in call.values if not _is_name(name)), "")
    except _UNWRITABLE_ERRORS as error:
        return str(error)
    return ""


def _is_name(name: str) -> bool:
    return 0 < len(name) <= MAX_NAME_CHARS and "\0" not in name


def event_table(group: Sequence[Rows]) -> pa.Table:
    """Give the events of several requests, in order, as a table of ``EVENT_SCHEMA``.

    Raises:
        ValueError: a text holds a lone surrogate, which UTF-8 cannot hold.
    """
    sizes = [len(rows) for rows in group]
    columns: dict[str, Any] = {
        "message_id": pa.array(_joined(rows.message_ids for rows in group), pa.string()),
        "distinct_id": pa.array(_joined(rows.distinct_ids for rows in group), pa.string()),
        "event": pa.array(_joined(rows.events for rows in group), pa.string()),
        "time": pa.array(_joined(rows.times_us for rows in group), pa.int64()).cast(_TIME),
        "received_at": pa.array(np.repeat([rows.received_us for rows in group], sizes), pa.int64()).cast(_TIME),
        "source": pa.array(np.repeat(np.array([rows.arrival.source for rows in group], object), sizes), pa.string()),
        "historical": pa.array(_joined(rows.historical for rows in group), pa.bool_()),
        "properties": pa.array(_joined(rows.properties for rows in group), pa.string()),
    }
    return pa.table(columns, schema=EVENT_SCHEMA)


def _unwritable(position: int, problem: str, raw: str) -> RefusedItem:
    detail = _("The event cannot be written as JSON, or the event store cannot read it: {problem}", problem=problem)
    return RefusedItem(position, UNWRITABLE, detail, raw, decoded=True)


def _joined(parts: Any) -> list[Any]:
    joined: list[Any] = []
    for part in parts:
        joined += part
    return joined
