"""The list of declared events, with what happens to all others."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.collect.plan.words import ACTION_NAMES
from finegrain.console.holder import workspace
from finegrain.console.pages.plan.editor import UNDECLARED
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import NOTHING, number
from finegrain.console.widgets.pickers import segmented
from finegrain.console.widgets.rights import reserved
from finegrain.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from finegrain.collect.plan.contract import EventPlan, TrackingPlan, ViolationCount


class DeclaredEvents:
    """The card with all declarations.

    Args:
        plan: what is declared.
        violations: how it is violated.
        on_edit: is called with the name of the event whose form is to open; may be async.
        on_change: is called after the plan has changed.
    """

    def __init__(
        self,
        plan: TrackingPlan,
        violations: Sequence[ViolationCount],
        on_edit: Callable[[str], object],
        on_change: Callable[[], object],
    ) -> None:
        self._on_edit = on_edit
        self._on_change = on_change
        self._wrong: Counter[str] = Counter()
        for each in violations:
            self._wrong[each.event] += each.count
        total = ngettext("{count} event", "{count} events", len(plan.events), count=number(len(plan.events)))
        with card(_("Declared events"), hint=total):
            with ui.element("div").classes("fg-option fg-plan-rest"):
                ui.label(_("Events that are not declared")).classes("fg-option-label")
                choices: dict[str, str] = {key: _(text) for key, text in UNDECLARED.items()}
                rest = segmented(choices, plan.undeclared_events, self._choose, label=_("Events that are not declared"))
                reserved("data:write", rest)
            with ui.element("div").classes("fg-scroll"), ui.element("table").classes("fg-plain fg-declared"):
                _head()
                with ui.element("tbody"):
                    for event in plan.events:
                        self._row(event)

    def _row(self, event: EventPlan) -> None:
        with ui.element("tr"):
            with ui.element("td").classes("fg-strong"):
                ui.button(event.event, on_click=lambda: self._on_edit(event.event), color=None).props("flat dense").classes(
                    "fg-plan-name"
                )
                if event.description:
                    ui.label(event.description).classes("fg-hint")
            with ui.element("td"), ui.element("div").classes("fg-chips"):
                self._chips(event)
            _cell("td", number(len(event.properties)), "fg-right fg-num")
            blocked = event.status == "blocked"  # then every event is refused, whatever it holds
            for action in (event.on_violation, event.undeclared_properties):
                _cell("td", NOTHING if blocked else _(ACTION_NAMES[action]))
            _cell("td", event.source or _("all sources"), "fg-muted")
            _cell("td", event.owner or NOTHING, "fg-muted")
            with ui.element("td").classes("fg-right"), ui.element("div").classes("fg-plan-tools"):
                self._tools(event)

    def _chips(self, event: EventPlan) -> None:
        if event.status == "blocked":
            ui.label(_("blocked")).classes("fg-chip fg-chip-bad")
        wrong = self._wrong[event.event]
        if wrong:
            text = ngettext("{count} violation", "{count} violations", wrong, count=number(wrong))
            ui.label(text).classes("fg-chip fg-chip-warn")
        elif event.status == "planned":
            ui.label(_("kept")).classes("fg-chip fg-chip-plain")

    def _tools(self, event: EventPlan) -> None:
        edit = ui.button(icon="edit", on_click=lambda: self._on_edit(event.event), color=None).props("flat round dense")
        edit.classes("fg-tool").props["aria-label"] = _("Edit {name}", name=event.event)
        remove = ui.button(icon="delete", on_click=lambda: self._remove(event.event), color=None).props("flat round dense")
        remove.classes("fg-tool").props["aria-label"] = _("Remove {name}", name=event.event)
        reserved("data:write", remove)

    async def _remove(self, event: str) -> None:
        with ui.dialog() as dialog, card(_("Remove the declaration?"), classes="fg-plan-import"):
            ui.label(_("“{event}” is no longer checked. What was stored stays.", event=event))
            with ui.element("div").classes("fg-row fg-end"):
                ui.button(_("Cancel"), on_click=lambda: dialog.submit(""), color=None).classes("fg-outlined")
                ui.button(_("Remove"), on_click=lambda: dialog.submit(event))
        if await dialog:
            await work(workspace().plan.remove, event)
            self._on_change()
        dialog.delete()

    async def _choose(self, key: str) -> None:
        action = next(each for each in UNDECLARED if each == key)
        await work(workspace().plan.set_undeclared_events, action)
        ui.notify(_("Saved; it holds from the next request on."), type="positive")


def _head() -> None:
    with ui.element("thead"), ui.element("tr"):
        for name, classes in (
            (_("Event"), ""), (_("State"), ""), (_("Properties"), "fg-right"), (_("Violations are"), ""),
            (_("Undeclared properties are"), ""), (_("Source"), ""), (_("Owner"), ""), ("", ""),
        ):  # fmt: skip
            _cell("th", name, classes)


def _cell(tag: str, text: str, classes: str = "") -> None:
    with ui.element(tag).classes(classes):
        ui.label(text)
