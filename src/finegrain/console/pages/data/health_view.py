"""The parts of the health page: how the collector is now, its courses, and its sources side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.pages.data.addresses import HEALTH, REFUSED, source_path, with_query
from finegrain.console.pages.data.words import ago, seconds_text
from finegrain.console.pages.importing.words import file_size
from finegrain.console.widgets.cards import card, kpi, number_link
from finegrain.console.widgets.charts import Series, ThemedChart, time_chart
from finegrain.console.widgets.formats import NOTHING, compact, moment, number
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from finegrain.collect.pipeline.health.figures import Figures, HealthNow, HourFigures, MinuteFigures
    from finegrain.workspace import Workspace
    from finegrain.zones import Zone

_DAYS = 30
_HOUR_MINUTES = 60
_QUIET = timedelta(minutes=5)


@dataclass(frozen=True)
class HealthView:
    """What the page shows.

    Attributes:
        now: how the collector is.
        minutes: of the last three hours; hours: of the last thirty days; of one source, or of all together.
        by_source: source → its figures of each minute of the last hour.
        sources: names, and whether each may send.
        read_at: when it was read, aware, in UTC.
    """

    now: HealthNow
    minutes: Sequence[MinuteFigures]
    hours: Sequence[HourFigures]
    by_source: dict[str, Sequence[MinuteFigures]]
    sources: dict[str, bool]
    read_at: datetime


def read_health(ws: Workspace, source: str) -> HealthView:
    """Read all that the page shows; an empty ``source`` stands for all together."""
    now = ws.clock.now()
    sources = {each.name: each.enabled for each in ws.sources.all()}
    chosen = source or None
    return HealthView(
        now=ws.health.now(),
        minutes=ws.health.minutes(source=chosen),
        hours=ws.health.hours(now - timedelta(days=_DAYS), now, chosen),
        by_source={name: ws.health.minutes(_HOUR_MINUTES, name) for name in sources},
        sources=sources,
        read_at=now,
    )


def status_line(view: HealthView, zone: Zone) -> None:
    """Say in one line whether what is sent is taken in, and else why not."""
    now = view.now
    if now.refusing:
        tone, text = "bad", _("Nothing can be stored since {time}", time=moment(now.refusing_since, zone))
        detail = _("Senders are answered 503 and try again: {reason}", reason=now.refusing)
    elif not now.ready:
        tone, text = "warn", _("Too much waits to be stored")
        detail = _("Senders are answered 429 when the queue is full, and try again.")
    elif now.last_stored_at is None or view.read_at - now.last_stored_at > _QUIET:
        last = ago(now.last_stored_at, view.read_at) if now.last_stored_at else _("nothing since the start")
        tone, text, detail = "idle", _("Ready, and nobody sends"), _("Last stored: {when}", when=last)
    else:
        tone, text, detail = "good", _("Taking in"), _("Last stored: {when}", when=ago(now.last_stored_at, view.read_at))
    with ui.element("div").classes("fg-arrival-line").props("role=status"):
        ui.element("span").classes(f"fg-dot fg-dot-{tone}").props('aria-hidden="true"')
        ui.label(text).classes("fg-strong")
        ui.label(detail).classes("fg-hint")


def figures_now(view: HealthView) -> None:
    """Draw the large figures."""
    now, hour = view.now, view.minutes[-_HOUR_MINUTES:]
    rate = number(now.events_per_s, decimals=0 if now.events_per_s >= 100 else 1)  # noqa: PLR2004 - decimals of a small rate
    course = [minute.events for minute in view.minutes[-_HOUR_MINUTES:]]
    kpi(_("Events per second"), rate, course=course, tip=_("Stored, over the last ten seconds; the course is the last hour."))
    kpi(
        _("Answer time, p99"),
        seconds_text(now.answer_p99_s),
        course=[(minute.answer_p99_s or 0) for minute in hour],
        tip=_("99 of 100 requests of the last two minutes were answered within this time."),
    )
    kpi(
        _("Lag"),
        seconds_text(now.lag_s),
        course=[(minute.lag_s or 0) for minute in hour],
        tip=_("From when an event happened to its receipt: half of the last two minutes' events took longer."),
    )
    refused, repeated = (sum(getattr(minute, name) for minute in hour) for name in ("refused", "duplicates"))
    kpi(_("Refused, 1 h"), compact(refused), course=[minute.refused for minute in hour], path=REFUSED if refused else "")
    kpi(_("Repeated, 1 h"), compact(repeated), course=[minute.duplicates for minute in hour])
    share = now.waiting_bytes / now.limit_bytes
    tip = _("Bytes of requests that wait to be stored; senders are told to wait when it reaches {limit}.")
    kpi(_("Queue"), file_size(now.waiting_bytes), meter=share, tip=tip.format(limit=file_size(now.limit_bytes)))


class Courses:
    """The charts, which are renewed in place."""

    def __init__(self, view: HealthView, zone: Zone) -> None:
        self._zone = zone
        with card(_("Last three hours"), hint=_("by minute")):
            self._volume = _Chart(view.minutes, _clock, zone, _volume, _("Events and refused items by minute"))
        with card(_("Answer time and lag"), hint=_("by minute, in seconds")):
            self._times = _Chart(view.minutes, _clock, zone, _times, _("Answer time and lag by minute"))
        with card(_("Last 30 days"), hint=_("by hour")):
            self._hours = _Chart(view.hours, _day_and_clock, zone, _volume, _("Events and refused items by hour"))

    def show(self, view: HealthView) -> None:
        """Show newer figures."""
        self._volume.show(view.minutes)
        self._times.show(view.minutes)
        self._hours.show(view.hours)


class _Chart:
    """A chart over spans of time; its lists are filled anew, so that ECharts moves what is there."""

    def __init__(
        self,
        spans: Sequence[Figures],
        written: Callable[[datetime, Zone], str],
        zone: Zone,
        series: Callable[[Sequence[Figures]], list[Series]],
        label: str,
    ) -> None:
        self._written, self._zone, self._make = written, zone, series
        self._labels: list[str] = []
        self._series = [Series(each.name, [], each.kind, right=each.right) for each in series(spans)]
        self._fill(spans)
        self._chart: ThemedChart = time_chart(self._labels, self._series, label=label, height="240px")

    def show(self, spans: Sequence[Figures]) -> None:
        """Show newer figures."""
        self._fill(spans)
        self._chart.repaint()

    def _fill(self, spans: Sequence[Figures]) -> None:
        self._labels[:] = [self._written(span.at, self._zone) for span in spans]
        for held, fresh in zip(self._series, self._make(spans), strict=True):
            held.values[:] = fresh.values  # type: ignore[index]


def _volume(spans: Sequence[Figures]) -> list[Series]:
    return [
        Series(_("Events"), [span.events for span in spans], "bar"),
        Series(_("Refused"), [span.refused + span.failed for span in spans], right=True),
    ]


def _times(spans: Sequence[Figures]) -> list[Series]:
    return [
        Series(_("Answer time, p99"), [span.answer_p99_s for span in spans]),
        Series(_("Lag"), [span.lag_s for span in spans], right=True),
    ]


def _clock(at: datetime, zone: Zone) -> str:
    return f"{at.astimezone(zone.info):%H:%M}"


def _day_and_clock(at: datetime, zone: Zone) -> str:
    return f"{at.astimezone(zone.info):%m-%d %H:%M}"


def source_table(view: HealthView) -> None:
    """Draw the sources side by side, over the last hour."""
    right = (_("Events"), _("Requests"), _("Repeated"), _("Refused"), _("Robots"), _("Answer time, p99"), _("Lag"))
    with ui.element("table").classes("fg-plain"):
        with ui.element("thead"), ui.element("tr"):
            _cell("th", _("Source"))
            for name in right:
                _cell("th", name, "fg-right")
        with ui.element("tbody"):
            for name, minutes in view.by_source.items():
                _source_row(name, minutes, enabled=view.sources[name])


def _source_row(name: str, minutes: Sequence[MinuteFigures], *, enabled: bool) -> None:
    events, requests, repeated, refused, robots = (
        sum(getattr(minute, field) for minute in minutes) for field in ("events", "requests", "duplicates", "refused", "bots")
    )
    answers = [minute.answer_p99_s for minute in minutes if minute.answer_p99_s is not None]
    lags = [minute.lag_s for minute in minutes if minute.lag_s is not None]
    with ui.element("tr"):
        with ui.element("td"):
            number_link(name, source_path(name))
            if not enabled:
                ui.label(_("disabled")).classes("fg-hint")
        for count in (events, requests, repeated):
            _cell("td", number(count), "fg-right fg-num")
        with ui.element("td").classes("fg-right fg-num"):
            if refused:
                number_link(number(refused), with_query(REFUSED, source=name))
            else:
                ui.label(number(0))
        _cell("td", number(robots), "fg-right fg-num")
        _cell("td", seconds_text(max(answers)) if answers else NOTHING, "fg-right fg-num")
        _cell("td", seconds_text(sorted(lags)[len(lags) // 2]) if lags else NOTHING, "fg-right fg-num")


def _cell(tag: str, text: str, classes: str = "") -> None:
    with ui.element(tag).classes(classes):
        ui.label(text)


def health_path(source: str) -> str:
    """Give the page for one source, or for all."""
    return with_query(HEALTH, source=source)
