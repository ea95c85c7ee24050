"""The part of the wizard about the figure: which one, of which event under which conditions, or of which tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.pages.analysis.catalogue import MOST_EVENTS
from finegrain.console.pages.analysis.parts.base import FormContext, labelled
from finegrain.console.pages.analysis.parts.filters import FiltersPart
from finegrain.console.pages.analysis.words import event_choice
from finegrain.console.pages.goals.draft import WITH_EVENT
from finegrain.console.pages.goals.sections import section
from finegrain.console.text import work
from finegrain.i18n import N_, _
from finegrain.strategy.goals.contract import METRIC_LABELS, METRICS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from finegrain.console.pages.analysis.catalogue import Catalogue
    from finegrain.console.pages.goals.draft import GoalDraft
    from finegrain.strategy.goals.contract import Metric, MetricName

METRIC_HELP: Mapping[MetricName, str] = {
    "conversion": N_("The share of the people with the event at least once."),
    "repeat_rate": N_("Of the people with a purchase in these days, the share with two or more."),
    "revenue_per_person": N_("Net revenue divided by all the people, those without an order included."),
    "average_order_value": N_("Net revenue divided by the purchases."),
    "active_days": N_("On how many days each has the event, in the mean; without one, any event but a message to the person."),
    "retention": N_("Of those with the event in as many days just before, the share with it in these days."),
    "tier_share": N_("The share of the people who are in a tier at the end; it may also be meant to fall."),
}


class WhatPart:
    """The figure.

    Args:
        draft: is changed in place.
        catalogue: gives events, properties and tiers.
        on_edit: is called after each change by the user.
    """

    def __init__(self, draft: GoalDraft, catalogue: Catalogue, on_edit: Callable[[], object]) -> None:
        self._draft, self._catalogue, self._on_edit = draft, catalogue, on_edit
        self._quiet = False
        with section(2, _("Which figure")):
            labels = {name: _(METRIC_LABELS[name]) for name in METRICS}
            self._metric = ui.select(labels, value=draft.metric, on_change=lambda event: self._put("metric", event.value))
            self._metric.props["aria-label"] = _("Figure")
            self._help = ui.label().classes("fg-hint").props("aria-live=polite")
            with labelled(_("Event")) as self._event_box:
                self._event_fields()
            with labelled(_("Tier")) as self._tier_box:
                self._tier = ui.select(
                    self._with(catalogue.tiers, draft.in_tier), value=draft.in_tier or None, with_input=True,
                    on_change=lambda event: self._put("in_tier", event.value),
                )  # fmt: skip
                self._tier.props["aria-label"] = _("Tier")

    def _event_fields(self) -> None:
        events = {name: event_choice(name) for name in list(self._catalogue.events)[:MOST_EVENTS]}
        self._event = ui.select(
            self._with(events, self._draft.event), value=self._draft.event or None, with_input=True, clearable=True,
            on_change=self._event_chosen,
        )  # fmt: skip
        self._event.props["aria-label"] = _("Event")
        self._event.props["placeholder"] = "" if self._draft.event else _("Choose an event")
        context = FormContext(self._catalogue, self._conditions, self._events)
        self._filters = FiltersPart(context, self._draft.filters or [], self._events, label=_("Add a condition"))

    @staticmethod
    def _with(options: Mapping[str, str], chosen: str) -> dict[str, str]:
        return {**options, chosen: options.get(chosen, chosen)} if chosen else dict(options)

    def fit(self) -> None:
        """Show the fields that the figure takes."""
        metric = self._draft.metric
        self._help.text = _(METRIC_HELP[metric])
        self._event_box.set_visibility(metric in WITH_EVENT)
        self._tier_box.set_visibility(metric == "tier_share")

    def put(self, metric: Metric) -> None:
        """Put a figure into the fields, as a suggestion has it."""
        self._quiet = True
        self._draft.metric, self._draft.event = metric.name, metric.event or self._draft.event
        self._metric.value = metric.name
        if metric.event:
            self._event.set_options(self._with(dict(self._event.options), metric.event), value=metric.event)
        self._quiet = False

    def _events(self) -> list[str]:
        return [self._draft.event] if self._draft.event else []

    def _put(self, field: str, value: str | None) -> None:
        setattr(self._draft, field, value or "")
        if not self._quiet:
            if field == "metric":
                self._draft.target = None
            self._on_edit()

    async def _event_chosen(self) -> None:
        self._draft.event = self._event.value or ""
        self._event.props["placeholder"] = "" if self._draft.event else _("Choose an event")
        if self._quiet:
            return
        if self._draft.event:
            await work(self._catalogue.learn, self._draft.event)
        self._filters.offer()
        self._on_edit()

    def _conditions(self) -> None:
        self._draft.filters = self._filters.value()
        self._on_edit()
