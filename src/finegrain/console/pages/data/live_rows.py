"""What the live view shows of each thing that came in: which of them, as a row, and whole."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finegrain.collect.pipeline.health.recent import HELD, RAW_BYTES
from finegrain.collect.wire.reasons import reason_name
from finegrain.console.masked import shown_content, shown_id, shown_text
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.collect.pipeline.health.recent import RecentItem
    from finegrain.workspace import Workspace
    from finegrain.zones import Zone

SHOWN = 100
"""Rows of the view, at most."""
_LOOKED_THROUGH = 200
KINDS: dict[str, str] = {
    "stored": N_("Stored"),
    "duplicate": N_("Repeated"),
    "applied": N_("Applied"),
    "refused": N_("Refused"),
    "bot": N_("Robots"),
    "historical": N_("History"),
}
"""What can be asked for: a verdict, or a mark."""
_VERDICTS: dict[str, tuple[str, str]] = {
    "stored": (N_("stored"), "fg-chip-good"),
    "duplicate": (N_("repeated"), "fg-chip-plain"),
    "applied": (N_("applied"), ""),
    "refused": (N_("refused"), "fg-chip-bad"),
}
_CHANGES: dict[str, str] = {"traits": N_("Traits"), "link": N_("Link"), "item": N_("Catalogue item")}


@dataclass(frozen=True)
class LiveFilter:
    """Which of what came in is shown.

    Attributes:
        source: only what came from it; empty for all.
        text: part of the event's name or of the id, in any case; empty for all.
        kind: a key of ``KINDS``; empty for all.
    """

    source: str = ""
    text: str = ""
    kind: str = ""

    def takes(self, item: RecentItem) -> bool:
        """Say whether ``item`` is shown."""
        if self.text and self.text.casefold() not in f"{item.name}\n{shown_id(item.distinct_id)}".casefold():
            return False
        if self.kind in {"bot", "historical"}:
            return bool(getattr(item, self.kind))
        return self.kind in {"", item.verdict}


def read_live(ws: Workspace, wanted: LiveFilter) -> list[RecentItem]:
    """Give what came in last and is wanted, the newest first."""
    recent = ws.collector.recent(HELD, wanted.source or None)
    return [item for item in recent if wanted.takes(item)][:SHOWN]


def live_row(item: RecentItem, zone: Zone) -> dict[str, Any]:
    """Give the row of one thing, all texts written out."""
    verdict, tone = _VERDICTS[item.verdict]
    local = item.received_at.astimezone(zone.info)
    return {
        "key": item.number,
        "time": f"{local:%H:%M:%S}",
        "verdict": _(verdict),
        "tone": tone,
        "marks": [_(mark) for mark, holds in ((N_("robot"), item.bot), (N_("history"), item.historical)) if holds],
        "name": _name(item),
        "about": shown_id(item.distinct_id) if item.kind != "refused" else shown_text(item.detail),
        "source": item.source,
        "raw": "",
    }


def whole_text(ws: Workspace, item: RecentItem) -> str:
    """Write out all of one thing as JSON; of a large event from the store, where it lies whole."""
    whole: dict[str, Any] = {
        item.kind: item.name,
        "distinct_id": shown_id(item.distinct_id),
        "message_id": item.message_id,
        "time": item.time.isoformat(),
        "received_at": item.received_at.isoformat(),
        "source": item.source,
        "historical": item.historical,
        "detail": shown_text(item.detail),
    }
    said = {name: value for name, value in whole.items() if value != ""}
    content = shown_content(_content(ws, item))
    name = {"event": "properties", "refused": "sent"}.get(item.kind, "values")
    return json.dumps({**said, name: content}, ensure_ascii=False, indent=2)


def pretty(raw: str) -> str:
    r"""Write JSON out over several lines; what is none stays as it is.

    Examples:
        >>> pretty('{"a":1}'), pretty("{broken")
        ('{\n  "a": 1\n}', '{broken')
    """
    try:
        return json.dumps(json.loads(raw), ensure_ascii=False, indent=2)
    except ValueError:
        return raw


def _name(item: RecentItem) -> str:
    if item.kind == "event":
        return item.name
    return reason_name(item.name) if item.kind == "refused" else f"{_(_CHANGES[item.kind])} · {item.name}"


def _content(ws: Workspace, item: RecentItem) -> Any:
    if item.kind == "event" and len(item.raw.encode()) >= RAW_BYTES - 3:  # the cut may have gone through a character
        stored: Sequence[Any] = ws.events.timeline([item.distinct_id], limit=_LOOKED_THROUGH)
        found = next((row.properties for row in stored if row.message_id == item.message_id), None)
        if found is not None:
            return found
    try:
        return json.loads(item.raw)
    except ValueError:
        return f"{item.raw} …"
