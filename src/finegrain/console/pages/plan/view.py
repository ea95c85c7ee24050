"""The page of the tracking plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.collect.catalogue.errors import UnknownEventError
from finegrain.collect.plan.contract import EventPlan
from finegrain.console.frame import page, page_head
from finegrain.console.holder import workspace
from finegrain.console.pages.catalogue.address import CATALOGUE, PLAN, event_path
from finegrain.console.pages.catalogue.reading import PATIENCE_S
from finegrain.console.pages.people.download import download_link
from finegrain.console.pages.plan.declared import DeclaredEvents
from finegrain.console.pages.plan.editor import EventForm
from finegrain.console.pages.plan.exchange import EXPORT, ImportForm
from finegrain.console.pages.plan.violations import violations_table
from finegrain.console.text import work
from finegrain.console.widgets.cards import card, number_link
from finegrain.console.widgets.formats import number
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.rights import reserved
from finegrain.console.widgets.states import empty_state, skeleton
from finegrain.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from finegrain.collect.catalogue.contract import CataloguedEvent
    from finegrain.collect.plan.contract import TrackingPlan, ViolationCount

SHOWN_PROPOSALS = 8


@dataclass(frozen=True)
class PlanView:
    """What the page shows: the plan, what violates it, events seen and not declared, and the sources."""

    plan: TrackingPlan
    violations: list[ViolationCount]
    undeclared: list[CataloguedEvent]
    sources: list[str]


@page(PLAN, title=N_("Tracking plan"), nav="plan")
def tracking_plan(edit: str = "", propose: str = "") -> None:
    """Show the page; ``edit`` and ``propose`` open the form of an event."""
    PlanPage(edit, propose)


class PlanPage:
    """The page: its buttons, and what it shows, which loads again after each change.

    Args:
        edit: an event whose declaration is to be opened.
        propose: an event that is to be declared as it was seen.
    """

    def __init__(self, edit: str, propose: str) -> None:
        self._wanted = (edit, propose)
        self._import = ImportForm(lambda: self._loaded.reload())  # noqa: PLW0108 - it is made below
        # It stands beside what loads: asked for early, it opens, and what is being typed in it outlives a reload.
        self._form = EventForm(lambda: self._loaded.reload())  # noqa: PLW0108 - it is made below
        with page_head(_("Tracking plan"), hint=_("What is meant to be sent, and what happens to the rest.")):
            self._export = download_link(_("Export"), EXPORT)
            load = ui.button(_("Import"), icon="upload_file", on_click=self._import.open, color=None).classes("fg-outlined")
            reserved("data:write", load, ui.button(_("Declare an event"), icon="add", on_click=lambda: self._open(EventPlan(""))))
        self._loaded = Loaded(_read, self._show, waiting=lambda: skeleton("420px", lines=10))

    def _show(self, view: PlanView) -> None:
        self._export.set_visibility(bool(view.plan.events))
        self._form.offer(view.sources)
        if view.plan.events:
            DeclaredEvents(view.plan, view.violations, self._edit, self._loaded.reload)
        else:
            self._nothing()
        if view.undeclared:
            self._proposals(view)
        if view.plan.events or view.violations:
            self._violations(view.violations)
        ui.timer(0, self._open_wanted, once=True)

    def _nothing(self) -> None:
        with card():
            empty_state(
                "rule",
                _("No event is declared yet"),
                _(
                    "Everything is stored as it is sent. Declare the events that your figures rest on, and you learn at once "
                    "when an app sends them without a property, with another type, or under another name."
                ),
                actions=self._first_button,
            )

    def _first_button(self) -> None:
        reserved("data:write", ui.button(_("Declare an event"), icon="add", on_click=lambda: self._open(EventPlan(""))))

    def _proposals(self, view: PlanView) -> None:
        title = _("Seen, but not declared")
        total = len(view.undeclared)
        hint = ngettext("{count} event", "{count} events", total, count=number(total))
        with card(title, hint=hint), ui.element("div").classes("fg-list"):
            for event in view.undeclared[:SHOWN_PROPOSALS]:
                self._proposal(event)
            if total > SHOWN_PROPOSALS:
                with ui.element("div").classes("fg-list-row"):
                    number_link(_("All events in the catalogue"), CATALOGUE)

    def _proposal(self, event: CataloguedEvent) -> None:
        with ui.element("div").classes("fg-list-row"):
            with ui.element("div").classes("fg-grow"):
                number_link(event.name or _("(no name)"), event_path(event))
            ui.label(ngettext("{count} event", "{count} events", event.count, count=number(event.count))).classes(
                "fg-hint fg-num"
            )
            button = ui.button(_("Declare as seen"), icon="auto_awesome", color=None).props("flat dense")
            button.on_click(lambda: self._propose(event.name))
            button.props["aria-label"] = _("Declare “{event}” as seen", event=event.name)
            reserved("data:write", button)

    def _violations(self, found: list[ViolationCount]) -> None:
        with card(_("Violations"), hint=_("Events that are sent again count again.") if found else ""):
            if not found:
                empty_state("task_alt", _("Nothing violates the plan"))
                return
            violations_table(found)
            with ui.element("div").classes("fg-row fg-end fg-plan-below"):
                forget = ui.button(_("Forget all"), icon="clear_all", on_click=self._forget, color=None).props("flat dense")
                reserved("data:write", forget)

    async def _forget(self) -> None:
        await work(workspace().plan.forget_violations)
        self._loaded.reload()

    async def _open_wanted(self) -> None:
        (edit, propose), self._wanted = self._wanted, ("", "")
        if edit:
            await self._edit(edit)
        elif propose:
            await self._propose(propose)

    async def _edit(self, event: str) -> None:
        plan = await work(workspace().plan.plan)
        declared = plan.get(event)
        self._open(declared or EventPlan(event), existing=declared is not None)

    async def _propose(self, event: str) -> None:
        plan = await work(workspace().plan.plan)
        declared = plan.get(event)
        if declared is None:
            try:
                self._open(await work(workspace().plan.propose, event))
            except UnknownEventError:
                self._open(EventPlan(event))
            return
        self._open(declared, existing=True)

    def _open(self, event: EventPlan, *, existing: bool = False) -> None:
        self._form.open(event, existing=existing)


def _read() -> PlanView:
    ws = workspace()
    ws.catalogue.refresh(budget_s=PATIENCE_S)
    plan, seen = ws.plan.plan(), ws.catalogue.events()
    declared = {each.event for each in plan.events}
    undeclared = [each for each in seen if each.name not in declared and not each.name.startswith("$")]
    sources = {source.name for source in ws.sources.all()} | {source for each in seen for source in each.sources}
    return PlanView(plan, ws.plan.violations(), undeclared, sorted(sources))
