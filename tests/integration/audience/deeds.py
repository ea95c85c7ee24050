"""What people do, stored straight into a workspace, so that tests of the audience can say when it happened."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING

import pyarrow as pa

from finegrain.store.events import EVENT_SCHEMA

if TYPE_CHECKING:
    from datetime import datetime

    from finegrain.workspace import Workspace

_NUMBERS = count()


def happen(workspace: Workspace, who: str, event: str, *times: datetime, **properties: object) -> None:
    """Let somebody do something at some moments; an order of 10.00 where nothing else is said."""
    rows = []
    for time in times:
        number = f"deed-{next(_NUMBERS)}"
        facts = {"order_id": number, "total": 10, "currency": "CNY"} if event == "Order Completed" else {}
        naive = time.replace(tzinfo=None)
        ids = {"message_id": number, "distinct_id": who, "event": event, "source": "test", "historical": False}
        rows.append({**ids, "time": naive, "received_at": naive, "properties": json.dumps({**facts, **properties})})
        workspace.people.register([who], time)
    workspace.events.append(pa.Table.from_pylist(rows, schema=EVENT_SCHEMA))


def person(workspace: Workspace, who: str) -> int:
    """Give the id of the person whom an id means."""
    return workspace.people.find(who).id


def names(workspace: Workspace, people: object) -> list[str]:
    """Give people by their ids, in alphabetical order."""
    return sorted(one.display_id for one in workspace.people.many(people))  # type: ignore[arg-type] # numbers of any kind
