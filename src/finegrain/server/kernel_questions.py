"""Questions that between them call every kernel, asked about a small shop made up for them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from finegrain.behaviour.facts import gaps_days, orders_of
from finegrain.people.contract import Link
from finegrain.simulate.demo import build_demo
from finegrain.store.events.contract import EVENT_SCHEMA
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
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


def make_shop(workspace: Workspace) -> None:
    """Fill an empty workspace: a small demo shop, and a device whose events belong to one person or another by their time."""
    build_demo(workspace, people=PEOPLE, days=DAYS)
    _hand_over_a_device(workspace)


def questions(workspace: Workspace) -> list[Callable[[], object]]:
    """Give all questions about such a shop; each is asked when it is called."""
    as_of = workspace.as_of(None)
    asked = [partial(_ask, workspace, as_of, *question) for question in QUESTIONS]
    return [*asked, *(partial(workspace.segments.preview, rule) for rule in RULES), partial(_ask_orders, workspace, as_of)]


def _ask(workspace: Workspace, as_of: datetime, kind: str, asked: Mapping[str, Any], chosen: Mapping[str, Any]) -> None:
    query = {"period": PERIOD, **asked}
    workspace.queries.answer(kind, query, as_of)
    if chosen:
        workspace.queries.people(kind, query, chosen, as_of)


def _ask_orders(workspace: Workspace, as_of: datetime) -> None:
    index, today = workspace.index.current(), workspace.zone.day_of(as_of)
    workspace.overview(today - timedelta(days=30), today)
    gaps_days(index, to_us(as_of))
    for person_id in index.person_ids[:PEOPLE].tolist():
        orders_of(index, person_id)


def _hand_over_a_device(workspace: Workspace) -> None:
    at = workspace.as_of(None) - timedelta(days=2)
    row = {"message_id": "1", "distinct_id": "device", "event": VIEW, "source": "app", "historical": True, "properties": "{}"}
    times = [at.replace(tzinfo=None) + timedelta(hours=hour) for hour in (0, 12)]
    rows = [{**row, "message_id": str(time), "time": time, "received_at": time} for time in times]
    workspace.people.register(["device", "one", "another"], at)
    workspace.people.link(
        Link("identify", "device", login, at + timedelta(hours=hour)) for hour, login in ((1, "one"), (2, "another"))
    )
    workspace.events.append(pa.Table.from_pylist(rows, schema=EVENT_SCHEMA))
