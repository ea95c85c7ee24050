"""Rows of the list of events, as its table takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.console.holder import workspace
from finegrain.console.pages.catalogue.address import event_path
from finegrain.console.widgets.formats import moment, number
from finegrain.console.widgets.sparkline import HEIGHT, WIDTH, curve
from finegrain.console.widgets.tables import link_cell
from finegrain.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.collect.catalogue.contract import CataloguedEvent
    from finegrain.console.pages.catalogue.reading import Listing

SORTS = ("event", "count", "properties", "last")

SPARK_CELL = (
    f'<q-td :props="props"><svg v-if="props.value.line" class="fg-cell-spark" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
    'preserveAspectRatio="none" role="img" :aria-label="props.value.label"><path class="fg-spark-area" :d="props.value.area"/>'
    '<path class="fg-spark-line" :d="props.value.line"/></svg></q-td>'
)
STATE_CELL = (
    '<q-td :props="props"><span class="fg-chips"><span v-for="chip in props.value" :key="chip.text" class="fg-chip" '
    ':class="chip.kind">{{ chip.text }}</span></span></q-td>'
)


def event_row(event: CataloguedEvent, listing: Listing) -> dict[str, Any]:
    """Give one event as a row."""
    return {
        "key": event.key,
        "event": link_cell(event.name or _("(no name)"), event_path(event)),
        "sources": ", ".join(event.sources),
        "spark": spark(listing.days.get(event.name, ())),
        "count": number(event.count),
        "properties": number(event.properties),
        "last": moment(event.last_seen, workspace().zone),
        "state": state_chips(event, listing),
    }


def spark(days: Sequence[int]) -> dict[str, str]:
    """Give the cell of a sparkline: its line, the area under it, and what a screen reader says."""
    line = curve(days) if any(days) else ""
    area = f"{line} L{WIDTH:g},{HEIGHT:g} L0,{HEIGHT:g} Z" if line else ""
    label = _("{count} events in the last {days} days", count=number(sum(days)), days=len(days))
    return {"line": line, "area": area, "label": label}


def state_chips(event: CataloguedEvent, listing: Listing) -> list[dict[str, str]]:
    """Say whether an event is declared, and how often it violated the plan."""
    chips = []
    if listing.plan.events:
        declared = listing.plan.get(event.name)
        if declared is None:
            chips.append({"text": _("not declared"), "kind": "fg-chip-plain"})
        elif declared.status == "blocked":
            chips.append({"text": _("blocked"), "kind": "fg-chip-bad"})
        else:
            chips.append({"text": _("declared"), "kind": ""})
    if wrong := listing.violations.get(event.name):
        text = ngettext("{count} violation", "{count} violations", wrong, count=number(wrong))
        chips.append({"text": text, "kind": "fg-chip-warn"})
    return chips


def sorted_events(events: Sequence[CataloguedEvent], sort: str, *, descending: bool) -> list[CataloguedEvent]:
    """Give events in the order of one of ``SORTS``; any other gives the most frequent first."""
    keys = {
        "event": lambda event: event.name.casefold(),
        "properties": lambda event: event.properties,
        "last": lambda event: event.last_seen,
    }
    return sorted(events, key=keys.get(sort, lambda event: event.count), reverse=descending)
