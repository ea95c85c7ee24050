"""Where the pages of the catalogue and of the tracking plan are; names of events may hold anything."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from finegrain.collect.catalogue.contract import CataloguedEvent

CATALOGUE = "/data/catalogue"
PLAN = "/data/plan"
_LONGEST = 200


def event_path(event: CataloguedEvent) -> str:
    """Give where the page of ``event`` is: under its name, or under its key where a name would not survive an address."""
    name = event.name
    safe = name.isprintable() and name.strip() == name and name.strip(".") and len(name) <= _LONGEST and "�" not in name
    return f"{CATALOGUE}/{quote(name if safe else event.key, safe='')}"


def plan_path(**query: str) -> str:
    """Give where the tracking plan is; with ``edit`` or ``propose`` the form of that event is open."""
    return f"{PLAN}?{urlencode(query)}" if query else PLAN
