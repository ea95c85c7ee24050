"""Questions that between them call every kernel, asked about a small shop made up for them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from finegrain.behaviour.facts import gaps_days, orders_of
from finegrain.people.contract import Link
from finegrain.store.events.contract import EVENT_SCHEMA
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from finegrain.workspace import Workspace

PEOPLE, DAYS = 40, 100
"""How large the shop is."""
PERIOD = "60d"
VIEW, CART, ORDER = "Product Viewed", "Product Added", "Order Completed"
_STEPS = [VIEW, CART, ORDER]
_BY_PLATFORM = {"property": "platform"}
_ON_IOS = {"property": "platform", "value": "ios"}
_LIVED_THERE = {"property": "city", "of": "person", "as_it_was": True, "op": "exists"}

QUESTIONS: tuple[tuple[str, Mapping[str, Any], Mapping[str, Any]], ...] = (
    ("trends", {"series": [{"event": ORDER, "measure": measure, "property": "total"} for measure in ("sum", "median")]}, {}),
    ("trends", {"series": [{"event": VIEW, "measure": measure} for measure in ("total", "unique", "mau")]}, {"bucket": 1}),
    ("trends", {"series": [{"event": ORDER, "measure": "wau"}], "breakdown": _BY_PLATFORM}, {"bucket": 40}),
    ("trends", {"series": [{"event": VIEW, "filters": [_LIVED_THERE]}], "granularity": "week"}, {"bucket": 1}),
    ("funnel", {"steps": _STEPS}, {"step": 1}),
    ("funnel", {"steps": _STEPS, "exclusions": [{"event": "Product Shared"}]}, {"step": 2}),
    ("funnel", {"steps": _STEPS, "order": "strict", "breakdown": _BY_PLATFORM}, {"step": 1}),
    ("funnel", {"steps": _STEPS, "starts": "first_ever", "unit": "sessions"}, {"step": 1}),
    ("retention", {"start": VIEW, "returns": ORDER}, {"cohort": 1, "period": 1}),
    ("paths", {"start": VIEW}, {"position": 1, "name": VIEW}),
    ("intervals", {"start": VIEW, "end": ORDER}, {"bar": 0}),
    ("distribution", {"event": VIEW}, {"bar": 0}),
    ("attribution", {"conversion": ORDER, "touches": [VIEW, CART]}, {"model": "last", "touch": VIEW}),
    ("lifecycle", {"event": VIEW}, {"bucket": 1, "state": "new"}),
    ("stickiness", {"event": VIEW}, {"buckets": 1}),
    ("churn", {"silence": "20d", "lookback": "14d"}, {}),
    ("process", {"steps": _STEPS, "breakdowns": ["platform"]}, {}),
)
"""Kind, question, and which people behind a number of it; none where the selection is empty."""

RULES: tuple[Mapping[str, Any], ...] = (
    {"event": VIEW, "op": "gte", "value": 2, "period": "30d"},
    {"event": {"event": VIEW, "filters": [_ON_IOS]}, "op": "gte", "value": 1, "period": "30d"},
    {"event": ORDER, "measure": "sum", "property": "total", "op": "gt", "value": 1, "period": "30d"},
    {"event": VIEW, "measure": "days", "op": "gte", "value": 2, "period": "30d"},
    {"first_time": VIEW, "period": "30d"},
    {"last_time": VIEW, "period": "30d"},
    {"after": VIEW, "then": {"event": ORDER, "filters": [_ON_IOS]}, "within": "1d"},
    {"orders": "purchases", "op": "gte", "value": 1},
)


COUNT = len(QUESTIONS) + len(RULES) + 1
"""How many answers there are."""


def ask_each(workspace: Workspace) -> Iterator[int]:
    """Ask one thing after the other; give the number of each answer, from 1.

    Args:
        workspace: a demo shop of which nobody has asked anything yet; two people are added to it.
    """
    _hand_over_a_device(workspace)
    as_of = workspace.as_of(None)
    for number, _answer in enumerate(answers(workspace, as_of), start=1):
        yield number


def answers(workspace: Workspace, as_of: datetime) -> Iterator[object]:
    """Ask one thing after the other about a demo shop; give each answer."""
    for kind, asked, chosen in QUESTIONS:
        query = {"period": PERIOD, **asked}
        yield workspace.queries.answer(kind, query, as_of), chosen and workspace.queries.people(kind, query, chosen, as_of)
    for rule in RULES:
        yield workspace.segments.preview(rule)
    yield _orders(workspace, as_of)


def _orders(workspace: Workspace, as_of: datetime) -> list[object]:
    index, today = workspace.index.current(), workspace.zone.day_of(as_of)
    orders = [orders_of(index, person_id) for person_id in index.person_ids[:PEOPLE].tolist()]
    return [workspace.overview(today - timedelta(days=30), today), gaps_days(index, to_us(as_of)), *orders]


def _hand_over_a_device(workspace: Workspace) -> None:
    """Let a device change hands, so that who owns its events depends on their time."""
    at = workspace.as_of(None) - timedelta(days=2)
    row = {"message_id": "1", "distinct_id": "device", "event": VIEW, "source": "app", "historical": True, "properties": "{}"}
    times = [at.replace(tzinfo=None) + timedelta(hours=hour) for hour in (0, 12)]
    rows = [{**row, "message_id": str(time), "time": time, "received_at": time} for time in times]
    workspace.people.register(["device", "one", "another"], at)
    workspace.people.link(
        Link("identify", "device", login, at + timedelta(hours=hour)) for hour, login in ((1, "one"), (2, "another"))
    )
    workspace.events.append(pa.Table.from_pylist(rows, schema=EVENT_SCHEMA))
