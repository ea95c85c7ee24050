"""What the page of refused items shows: which of them, as rows, and as files."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self, get_args

from finegrain.collect.pipeline.letters import LetterStatus
from finegrain.collect.wire.reasons import reason_name
from finegrain.console.masked import shown_raw, shown_text
from finegrain.console.pages.data.addresses import REFUSED, with_query
from finegrain.console.pages.data.advice import advice
from finegrain.console.pages.data.live_rows import pretty
from finegrain.console.widgets.formats import moment
from finegrain.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from finegrain.collect.pipeline.letters import RefusedLetter
    from finegrain.workspace import Workspace
    from finegrain.zones import Zone

AT_ONCE = 500
_SHOWN_RAW = 140
_STATUSES: tuple[LetterStatus, ...] = get_args(LetterStatus)


@dataclass(frozen=True)
class RefusedAddress:
    """Which refused items are shown.

    Attributes:
        source, reason: empty for all.
        status: of the items.
    """

    source: str = ""
    reason: str = ""
    status: LetterStatus = "open"

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> Self:
        """Read the query of a URL; what is missing or makes no sense gets its default."""
        status = query.get("status", "")
        known: LetterStatus = next((each for each in _STATUSES if each == status), "open")
        return cls(query.get("source", ""), query.get("reason", ""), known)

    def but(self, **changes: Any) -> Self:
        """Give the same with some parts changed."""
        return replace(self, **changes)

    def url(self, path: str = REFUSED) -> str:
        """Give the address of the page, or of a file of the same items."""
        status = "" if self.status == "open" else self.status
        return with_query(path, source=self.source, reason=self.reason, status=status)

    def filters(self) -> dict[str, str | None]:
        """Give source and reason as the service takes them."""
        return {"source": self.source or None, "reason": self.reason or None}

    def checked(self, ws: Workspace) -> Self:
        """Give the same, without a source or reason that does not exist."""
        try:
            ws.refused.count(**self.filters(), status=self.status)
        except UnknownNameError:
            return self.but(source="", reason="")
        return self


def refused_row(letter: RefusedLetter, zone: Zone) -> dict[str, Any]:
    """Give the row of one refused item, all texts written out."""
    raw = shown_raw(letter.raw)
    flat = " ".join(raw.split())
    return {
        "key": letter.id,
        "at": moment(letter.received_at, zone),
        "source": letter.source,
        "reason": reason_name(letter.reason),
        "detail": shown_text(letter.detail),
        "advice": advice(letter.reason) if letter.status == "open" else "",
        "short": flat if len(flat) <= _SHOWN_RAW else f"{flat[:_SHOWN_RAW]}…",
        "raw": pretty(raw),
    }


def all_letters(ws: Workspace, address: RefusedAddress) -> Iterator[list[RefusedLetter]]:
    """Give all items that ``address`` shows, the newest first, in parts."""
    offset = 0
    while True:
        part = ws.refused.list(**address.filters(), status=address.status, limit=AT_ONCE, offset=offset)
        if not part:
            return
        yield part
        offset += len(part)


def letter_dict(letter: RefusedLetter) -> dict[str, Any]:
    """Give an item for a file of JSON; what was sent stands in it as JSON where it is such."""
    text = shown_raw(letter.raw)
    try:
        raw: Any = json.loads(text)
    except ValueError:
        raw = text
    return {
        "id": letter.id,
        "received_at": letter.received_at.isoformat(),
        "source": letter.source,
        "format": letter.format,
        "reason": letter.reason,
        "detail": shown_text(letter.detail),
        "status": letter.status,
        "item": raw,
    }
