"""The words of the analysis pages: names of events, groups, measures and times in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from finegrain.console.pages.people.events import event_name
from finegrain.console.widgets.formats import NOTHING, bucket_label, number
from finegrain.i18n import N_, _, current_language, ngettext

if TYPE_CHECKING:
    from finegrain.behaviour.queries.contract import Granularity
    from finegrain.behaviour.queries.result import Asked

MEASURES = {
    "total": N_("Number of events"),
    "unique": N_("Number of people"),
    "sum": N_("Sum"),
    "average": N_("Average"),
    "median": N_("Median"),
    "min": N_("Lowest"),
    "max": N_("Highest"),
    "p90": N_("90th percentile"),
    "p95": N_("95th percentile"),
    "p99": N_("99th percentile"),
    "per_person": N_("Events per person"),
    "per_session": N_("Events per session"),
    "dau": N_("Active people, 1 day"),
    "wau": N_("Active people, 7 days"),
    "mau": N_("Active people, 30 days"),
}
GRANULARITIES = {"hour": N_("Hour"), "day": N_("Day"), "week": N_("Week"), "month": N_("Month"), "quarter": N_("Quarter")}
UNITS = {"people": N_("People"), "sessions": N_("Sessions"), "groups": N_("Values of a property")}
COUNTED = {"people": N_("People"), "sessions": N_("Sessions"), "groups": N_("Groups"), "events": N_("Events")}
MODELS = {
    "first": N_("First touch"),
    "last": N_("Last touch"),
    "linear": N_("Linear"),
    "position": N_("Position-based"),
    "decay": N_("Time decay"),
}
STEPS_S = ((86_400, N_("{n} d")), (3_600, N_("{n} h")), (60, N_("{n} min")), (1, N_("{n} s")))
_MINUTE = 60
_HOUR_TEXT = len("2024-06-01T14:00")


def shown_event(name: str) -> str:
    """Give the name of an event, or of several (``A / B``), as charts and tables show it.

    Chinese readers are told the well-known ones; English readers know events by the names that are sent.
    """
    if name == "*":
        return _("Any event")
    if current_language() == "en":
        return name
    return " / ".join(event_name(one) for one in name.split(" / "))


def event_choice(name: str) -> str:
    """Give the name of an event as a picker shows it: told, and as it is sent."""
    told = shown_event(name)
    return told if name in {told, "*"} else f"{told} · {name}"


def counted(asked: Asked) -> str:
    """Say what an answer counts: people, sessions, or groups."""
    return _(COUNTED[asked.query.unit])


def duration(seconds: float | None) -> str:
    """Write a length of time as people say it: ``3.2 d``, ``45 min``; None as a dash.

    Examples:
        >>> duration(95), duration(5400), duration(None)
        ('1.6 min', '1.5 h', '–')
    """
    if seconds is None:
        return NOTHING
    size, template = next(((size, text) for size, text in STEPS_S if seconds >= size), STEPS_S[-1])
    value = seconds / size
    return _(template, n=f"{value:,.1f}".removesuffix(".0"))


def span_text(text: str) -> str:
    """Write a length of time that a query gives, such as ``7d``, as people say it."""
    if text[-1:] == "w" and text[:-1].isdecimal():
        return duration(int(text[:-1]) * 7 * 86_400)
    size = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}.get(text[-1:])
    return duration(int(text[:-1]) * size) if size and text[:-1].isdecimal() else text


def bucket_name(start: str, granularity: Granularity) -> str:
    """Write the start of a bucket, an ISO date or time, as axes do."""
    if granularity == "hour":
        at = datetime.fromisoformat(start)
        return f"{at:%m-%d %H:%M}"
    return bucket_label(date.fromisoformat(start[:10]), granularity)


def people_text(count: int) -> str:
    """Say how many people."""
    return ngettext("{count} person", "{count} people", count, count=number(count))


def plain(value: float | None) -> str:
    """Write a figure that may be whole or not; None as a dash.

    Examples:
        >>> plain(1234), plain(0.5), plain(None)
        ('1,234', '0.50', '–')
    """
    if value is None:
        return NOTHING
    return number(value) if float(value).is_integer() else number(value, decimals=2)
