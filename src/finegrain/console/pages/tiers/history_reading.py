"""What the page of a scheme over time shows, read off the event loop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from finegrain.audience.history.contract import NOBODY
from finegrain.console.pages.tiers.history_address import NOWHERE
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.audience.history.contract import FlowResult, SizesResult
    from finegrain.console.pages.tiers.history_address import HistoryAddress
    from finegrain.workspace import Workspace

SHOWN_DAYS = 90
"""How far back the page looks until somebody chooses."""


@dataclass(frozen=True)
class HistoryView:
    """A scheme over time.

    Attributes:
        address: what was asked for, with days of which something is kept.
        as_of: the present, aware.
        kept: the civil days of which something is kept.
        names: of the tiers by key, in the reader's language.
        sizes: of the days from first to last; None while fewer than two are kept.
        flow: who went where from the first to the last of them; likewise.
    """

    address: HistoryAddress
    as_of: datetime
    kept: tuple[date, ...]
    names: Mapping[str, str]
    sizes: SizesResult | None
    flow: FlowResult | None


def load_history(ws: Workspace, address: HistoryAddress) -> HistoryView:
    """Read what ``address`` asks for; days of which nothing is kept are moved to the nearest that is.

    Raises:
        UnknownSchemeError: there is no such scheme.
    """
    as_of = ws.as_of()
    kept = ws.history.days(address.scheme, "scheme")
    if len(kept) < 2:  # noqa: PLR2004 - time takes two days
        return HistoryView(address, as_of, kept, {}, None, None)
    last = _nearest(kept, address.last, kept[-1])
    first = _nearest(kept, address.first, last - timedelta(days=SHOWN_DAYS - 1))
    first, last = min(first, last), max(first, last)
    flow = ws.history.flow(address.scheme, first, last)
    names = {key: _(name) for key, name in flow.names.items()} | {NOBODY: _("Not there")}
    sizes = ws.history.sizes(address.scheme, first, last, "scheme")
    return HistoryView(address.but(first=first.isoformat(), last=last.isoformat()), as_of, kept, names, sizes, flow)


def moved_people(ws: Workspace, address: HistoryAddress) -> NDArray[np.int64]:
    """Give the ids of those behind the move that the address names, as many as the page counts.

    Raises:
        UnknownTierError, NoHistoryError: the address names a tier or a day that there is not.
    """
    days = (date.fromisoformat(address.first), date.fromisoformat(address.last))
    return ws.history.flow_people(address.scheme, *days, key_of(address.was), key_of(address.now))


def key_of(text: str) -> str:
    """Give the key of a tier as history names it."""
    return NOBODY if text == NOWHERE else text


def _nearest(kept: tuple[date, ...], text: str, otherwise: date) -> date:
    try:
        wanted = date.fromisoformat(text)
    except ValueError:
        wanted = otherwise
    return min(kept, key=lambda day: abs((day - wanted).days))
