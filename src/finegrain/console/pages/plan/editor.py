"""The form in which one event is declared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.collect.plan.contract import EventPlan
from finegrain.collect.plan.errors import BadPlanError
from finegrain.console.holder import workspace
from finegrain.console.pages.plan.rules import RuleRows
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.pickers import segmented
from finegrain.console.widgets.rights import reserved
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, _, current_language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from finegrain.collect.plan.contract import EventStatus, OnViolation, Undeclared

STATUSES: dict[EventStatus, str] = {"planned": N_("Planned"), "blocked": N_("Blocked")}
ON_VIOLATION: dict[OnViolation, str] = {"show": N_("Store and show"), "refuse": N_("Refuse")}
UNDECLARED: dict[Undeclared, str] = {"allow": N_("Allow"), "show": N_("Store and show"), "refuse": N_("Refuse")}


class EventForm:
    """A dialog that declares one event. It is not drawn anew while it is open, so what is being typed stays.

    Args:
        on_saved: is called after the plan has changed.
    """

    def __init__(self, on_saved: Callable[[], object]) -> None:
        self._sources: Sequence[str] = ()
        self._on_saved = on_saved
        self._before: str | None = None
        self._choices = EventPlan("")
        with ui.dialog().props("persistent") as self._dialog, card(classes="fg-plan-form"):
            self._draw_head()
            self._body = ui.element("div").classes("fg-plan-fields")
            self._problem = ui.label().classes("fg-bad").props("role=alert")
            with ui.element("div").classes("fg-row fg-end"):
                ui.button(_("Cancel"), on_click=self._dialog.close, color=None).classes("fg-outlined")
                self._save_button = ui.button(_("Save"), on_click=self._save)
                reserved("data:write", self._save_button)

    def open(self, event: EventPlan, *, existing: bool) -> None:
        """Show ``event``; ``existing`` tells that it is in the plan already, under that name."""
        self._before = event.event if existing else None
        self._choices = event
        self._title.text = _("Declaration of “{event}”", event=event.event) if existing else _("Declare an event")
        self._complain("")
        self._body.clear()
        with self._body:
            self._draw_fields(event)
        self._dialog.open()

    def offer(self, sources: Sequence[str]) -> None:
        """Offer other sources, in place: the form may be open."""
        self._sources = sources
        if self._dialog.value:
            self._source.set_options(self._source_options(self._source.value), value=self._source.value)

    def _draw_head(self) -> None:
        with ui.element("div").classes("fg-card-head"):
            with ui.element("h2").classes("fg-newcomer-title"):
                self._title = ui.label()
            self._seen = ui.button(_("Propose from what was seen"), icon="auto_awesome", on_click=self._propose, color=None)
            self._seen.classes("fg-outlined")

    def _draw_fields(self, event: EventPlan) -> None:
        with ui.element("div").classes("fg-plan-grid"):
            self._name = ui.input(_("Event"), value=event.event).props("maxlength=255")
            self._source = ui.select(self._source_options(event.source), value=event.source or "", label=_("Source"))
            self._owner = ui.input(_("Owner"), value=event.owner).props("maxlength=2000")
            self._description = ui.input(_("Description"), value=event.description).props("maxlength=2000")
        with ui.element("div").classes("fg-plan-choices"):
            self._choice(_("State"), STATUSES, event.status, "status")
            self._choice(_("What violates the declaration"), ON_VIOLATION, event.on_violation, "on_violation")
            self._choice(_("Properties that are not declared"), UNDECLARED, event.undeclared_properties, "undeclared_properties")
        self._rules = RuleRows()
        self._rules.put(event.properties)

    def _source_options(self, chosen: str | None) -> dict[str, str]:
        names = sorted({*self._sources, *([chosen] if chosen else [])})
        return {"": _("All sources"), **{name: name for name in names}}

    def _choice(self, label: str, choices: Mapping[Any, str], value: str, field: str) -> None:
        def choose(key: str) -> None:
            chosen: dict[str, Any] = {field: key}
            self._choices = replace(self._choices, **chosen)

        with ui.element("div").classes("fg-plan-choice"):
            ui.label(label).classes("fg-option-label")
            segmented({key: _(text) for key, text in choices.items()}, value, choose, label=label)

    def _entered(self) -> EventPlan:
        return replace(
            self._choices,
            event=(self._name.value or "").strip(),
            source=self._source.value or None,
            owner=(self._owner.value or "").strip(),
            description=(self._description.value or "").strip(),
            properties=self._rules.rules(),
        )

    async def _propose(self) -> None:
        await work(workspace().catalogue.refresh, budget_s=1.0)
        try:
            proposal = await work(workspace().plan.propose, (self._name.value or "").strip())
        except FinegrainError as error:
            self._complain(error.message(current_language()))
            return
        self._complain("")
        known = {rule.name for rule in self._rules.rules()}
        added = [rule for rule in proposal.properties if rule.name not in known]
        for rule in added:
            self._rules.add(rule)
        ui.notify(_("Added as seen: {count} properties", count=len(added)), type="positive")

    async def _save(self) -> None:
        entered = self._entered()
        self._save_button.props("loading")
        try:
            await work(workspace().plan.declare, entered)
            if self._before is not None and self._before != entered.event:
                await work(workspace().plan.remove, self._before)
        except FinegrainError as error:
            self._complain(_words(error))
            return
        finally:
            self._save_button.props(remove="loading")
        self._dialog.close()
        ui.notify(_("Saved; it holds from the next request on."), type="positive")
        self._on_saved()

    def _complain(self, text: str) -> None:
        self._problem.text = text
        self._problem.set_visibility(bool(text))


def _words(error: FinegrainError) -> str:
    if isinstance(error, BadPlanError) and str(error.facts["place"]).endswith((".name", "event.event")):
        return _("Every event and every property needs a name of at most 255 characters.")
    return error.message(current_language())
