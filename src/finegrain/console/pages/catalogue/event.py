"""The page of one event: how much of it is sent, its properties, and how it keeps to the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from nicegui import ui

from finegrain.console.frame import page, page_head, set_title
from finegrain.console.holder import workspace
from finegrain.console.pages.catalogue.address import CATALOGUE, event_path, plan_path
from finegrain.console.pages.catalogue.properties import properties_card
from finegrain.console.pages.catalogue.reading import CHART_DAYS, EventView, read_event
from finegrain.console.pages.plan.violations import violations_table
from finegrain.console.text import work
from finegrain.console.widgets.cards import card, kpi
from finegrain.console.widgets.charts import Series, time_chart
from finegrain.console.widgets.formats import moment, number, short_day
from finegrain.console.widgets.states import button_link
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from datetime import datetime


@page(CATALOGUE + "/{name:path}", title=N_("Event"), nav="catalogue")
async def catalogued_event(name: str, source: str = "") -> None:
    """Show the page; ``source`` narrows it to what one source sent."""
    view = await work(read_event, name, source)
    set_title(view.event.name or _("(no name)"))
    hint = _("First received {first}, last {last}", first=_moment(view.event.first_seen), last=_moment(view.event.last_seen))
    with page_head(view.event.name or _("(no name)"), hint=hint, back=(CATALOGUE, _("Catalogue"))):
        if len(view.sources) > 1:
            _source_choice(view)
        _plan_button(view)
    _figures(view)
    _chart(view)
    properties_card(view)
    if view.violations:
        with card(_("Violations of the tracking plan"), hint=_("Events that are sent again count again.")):
            violations_table(view.violations, with_event=False)


def _moment(instant: datetime) -> str:
    return moment(instant, workspace().zone)


def _source_choice(view: EventView) -> None:
    options = {"": _("All sources"), **{name: f"{name} · {number(count)}" for name, count in view.sources.items()}}

    def go(name: str) -> None:
        ui.navigate.to(event_path(view.event) + (f"?{urlencode({'source': name})}" if name else ""))

    select = ui.select(options, value=view.source or "", on_change=lambda event: go(event.value)).classes("fg-field")
    select.props["aria-label"] = _("Source")


def _plan_button(view: EventView) -> None:
    name = view.event.name
    if view.plan is None:
        button_link(_("Add to the plan"), plan_path(propose=name), icon="playlist_add")
    else:
        button_link(_("Edit in the plan"), plan_path(edit=name), icon="edit", primary=False)


def _figures(view: EventView) -> None:
    event = view.event
    wrong = sum(each.count for each in view.violations)
    with ui.element("div").classes("fg-kpis"):
        kpi(_("Events"), number(event.count), tip=_("Since the beginning."))
        recent = _("Last {days} days", days=CHART_DAYS)
        kpi(recent, number(sum(view.days.values())), tip=_("By the time at which they happened."))
        kpi(_("Properties"), number(event.properties))
        kpi(_("Sources"), number(len(event.sources)), tip=", ".join(event.sources))
        kpi(_("Plan"), _plan_word(view))
        kpi(_("Violations"), number(wrong))


def _plan_word(view: EventView) -> str:
    if view.plan is None:
        return _("not declared")
    return _("blocked") if view.plan.status == "blocked" else _("declared")


def _chart(view: EventView) -> None:
    with card(_("Events a day"), hint=_("By the time at which they happened, last {days} days", days=CHART_DAYS)):
        series = [Series(_("Events"), list(view.days.values()), "bar")]
        time_chart([short_day(day) for day in view.days], series, label=_("Events a day"), height="220px")
