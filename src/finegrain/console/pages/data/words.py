"""The words of the data pages: formats, verdicts, what to do about a refused item, and how long ago something was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.console.widgets.formats import NOTHING, number
from finegrain.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from datetime import datetime

    from finegrain.collect.sources.snippets import Sdk
    from finegrain.collect.wire.contract import WireFormat

FORMATS: dict[WireFormat, str] = {"segment": "Segment", "sensors": N_("Sensors Data"), "posthog": "PostHog"}
SDKS: dict[Sdk, str] = {
    "web": N_("Web"),
    "python": "Python",
    "node": "Node",
    "mini-program": N_("Mini-program"),
    "curl": "curl",
}
_JUST_NOW_S, _MINUTE_S, _HOUR_S, _DAY_S = 2, 60, 3_600, 86_400


def format_name(format: WireFormat) -> str:  # noqa: A002 - its name
    """Give the vendor's name as the reader knows it."""
    return _(FORMATS[format])


def ago(moment: datetime | None, now: datetime) -> str:
    """Say how long ago ``moment`` was, in the largest whole unit; None as a dash."""
    if moment is None:
        return NOTHING
    seconds = max(0, int((now - moment).total_seconds()))
    if seconds < _JUST_NOW_S:
        return _("just now")
    if seconds < _MINUTE_S:
        return ngettext("{n} second ago", "{n} seconds ago", seconds)
    if seconds < _HOUR_S:
        return ngettext("{n} minute ago", "{n} minutes ago", seconds // _MINUTE_S)
    if seconds < _DAY_S:
        return ngettext("{n} hour ago", "{n} hours ago", seconds // _HOUR_S)
    return ngettext("{n} day ago", "{n} days ago", seconds // _DAY_S)


def seconds_text(value: float | None) -> str:
    """Write a duration short: milliseconds below a second, else seconds, minutes, hours or days; None as a dash."""
    if value is None:
        return NOTHING
    if value < 1:
        return _("{n} ms", n=number(value * 1000))
    if value < _MINUTE_S:
        return _("{n} s", n=number(value, decimals=1))
    if value < _HOUR_S:
        return _("{n} min", n=number(value / _MINUTE_S, decimals=1))
    if value < _DAY_S:
        return _("{n} h", n=number(value / _HOUR_S, decimals=1))
    return _("{n} d", n=number(value / _DAY_S, decimals=1))
