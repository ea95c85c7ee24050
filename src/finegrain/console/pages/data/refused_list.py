"""The list of refused items: filters, table, replay, discard and download, kept in step with one address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.collect.wire.reasons import reason_name
from finegrain.console.holder import workspace
from finegrain.console.pages.data.addresses import REFUSED
from finegrain.console.pages.data.refused_rows import RefusedAddress, all_letters, refused_row
from finegrain.console.pages.people.download import download_link
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import number
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.pickers import segmented
from finegrain.console.widgets.rights import reserved
from finegrain.console.widgets.states import empty_state
from finegrain.console.widgets.tables import Column, DataTable, TablePage
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, _, current_language, ngettext

if TYPE_CHECKING:
    from nicegui.events import TableSelectionEventArguments

    from finegrain.console.widgets.tables import TableRequest

STATUSES = {"open": N_("Open"), "replayed": N_("Replayed"), "discarded": N_("Discarded")}


class RefusedList:
    """Filters, actions and table.

    Args:
        address: what is shown at first.
    """

    def __init__(self, address: RefusedAddress) -> None:
        self._address = address
        self._total = 0
        self._chosen: list[int] = []
        with card(classes="fg-refused-card"):
            self._filters = Loaded(self._choices, self._draw_filters, waiting=lambda: None)
            with ui.element("div").classes("fg-row fg-refused-actions"):
                self._count = ui.label().classes("fg-people-count fg-grow").props("aria-live=polite")
                self._replay = ui.button(icon="replay", on_click=self._run, color=None).classes("fg-outlined")
                self._discard = ui.button(icon="delete", on_click=self._ask, color=None).classes("fg-outlined")
                reserved("data:write", self._replay, self._discard)
                self._csv = download_link("CSV", "")
                self._json = download_link("JSON", "")
            self._table = DataTable(
                _columns(), self._page, label=_("Refused items"), nothing=self._nothing, on_total=self._counted
            )
        self._table.table.classes("fg-refused-items")
        self._table.table.set_selection("multiple")
        self._table.table.on_select(self._select)
        self._table.table.add_slot("body", _ROW.replace("ARIA-ALL", _("Show all of it")).replace("ARIA-ONE", _("Choose")))
        self._words()

    def _choices(self) -> tuple[dict[str, int], dict[str, int]]:
        return workspace().refused.sources(), workspace().refused.reasons(self._address.source or None)

    def _draw_filters(self, found: tuple[dict[str, int], dict[str, int]]) -> None:
        sources, reasons = found
        address = self._address
        named = {name: f"{name} · {number(count)}" for name, count in sources.items()}
        explained = {reason: f"{reason_name(reason)} · {number(count)}" for reason, count in reasons.items()}
        with ui.element("div").classes("fg-filters-row"):
            segmented({key: _(text) for key, text in STATUSES.items()}, address.status, self._at_status, label=_("State"))
            source = _select({"": _("All sources"), **named}, address.source, _("Source"))
            reason = _select({"": _("All reasons"), **explained}, address.reason, _("Reason"))
        source.on_value_change(lambda event: self._go(source=event.value, reason=""))
        reason.on_value_change(lambda event: self._go(reason=event.value))

    def _at_status(self, status: str) -> None:
        self._go(status=status)

    def _go(self, **changes: Any) -> None:
        self._address = self._address.but(**changes)
        ui.navigate.history.replace(self._address.url())
        self._forget()
        self._table.reload()
        if "source" in changes:
            self._filters.reload()

    def _forget(self) -> None:
        self._chosen = []
        self._table.table.selected = []
        self._words()

    def _page(self, request: TableRequest) -> TablePage:
        address, refused = self._address, workspace().refused
        offset = (request.page - 1) * request.per_page
        letters = refused.list(**address.filters(), status=address.status, limit=request.per_page, offset=offset)
        total = refused.count(**address.filters(), status=address.status)
        return TablePage(total, [refused_row(letter, workspace().zone) for letter in letters])

    def _counted(self, total: int) -> None:
        self._total = total
        self._words()

    def _select(self, event: TableSelectionEventArguments) -> None:
        self._chosen = [int(row["key"]) for row in event.selection]
        self._words()

    def _words(self) -> None:
        count = len(self._chosen) or self._total
        self._count.text = (
            ngettext("{count} chosen", "{count} chosen", len(self._chosen), count=number(len(self._chosen)))
            if self._chosen
            else ngettext("{count} item", "{count} items", self._total, count=number(self._total))
        )
        can_act = self._address.status == "open" and count > 0
        self._replay.text = _("Replay {count}", count=number(count)) if self._chosen else _("Replay all of these")
        self._discard.text = _("Discard {count}", count=number(count)) if self._chosen else _("Discard all of these")
        for button in (self._replay, self._discard):
            button.set_visibility(can_act)
        for link, path in ((self._csv, f"{REFUSED}.csv"), (self._json, f"{REFUSED}.json")):
            link.set_visibility(self._total > 0)
            link.props["href"] = self._address.url(path)
            link.update()

    async def _run(self) -> None:
        self._replay.props("loading")
        try:
            result = await work(workspace().refused.replay, self._chosen or None, **self._address.filters())
        except FinegrainError as error:
            ui.notify(error.message(current_language()), type="negative")
        else:
            facts = {name: number(value) for name, value in result.to_dict().items()}
            text = _("{taken} taken with {stored} new events; {still_refused} still refused.", **facts)
            ui.notify(text, type="positive" if result.taken else "warning", timeout=8_000, close_button=_("Close"))
        finally:
            self._replay.props(remove="loading")
        self._renew()

    def _ask(self) -> None:
        count = len(self._chosen) or self._total
        with ui.dialog(value=True) as dialog, ui.element("div").classes("fg-card fg-dialog"):
            question = ngettext("Discard {count} item?", "Discard {count} items?", count, count=number(count))
            ui.label(question).classes("fg-state-title").props("role=heading aria-level=2")
            ui.label(_("They stay readable under Discarded, and can no longer be replayed.")).classes("fg-muted")
            with ui.element("div").classes("fg-row fg-end"):
                ui.button(_("Cancel"), on_click=dialog.close, color=None).classes("fg-outlined")
                ui.button(_("Discard"), on_click=lambda: self._put_aside(dialog), color="negative")

    async def _put_aside(self, dialog: ui.dialog) -> None:
        dialog.close()
        try:
            closed = await work(_discard, self._chosen, self._address)
        except FinegrainError as error:
            ui.notify(error.message(current_language()), type="negative")
        else:
            ui.notify(ngettext("{count} item discarded", "{count} items discarded", closed, count=number(closed)))
        self._renew()

    def _renew(self) -> None:
        self._forget()
        self._filters.reload()
        self._table.reload()

    def _nothing(self) -> None:
        empty_state("task_alt", _("Nothing is refused here"), _("What cannot be stored appears here with the reason."))


def _discard(chosen: list[int], address: RefusedAddress) -> int:
    refused = workspace().refused
    if chosen:
        return refused.discard(chosen)
    ids = [letter.id for part in all_letters(workspace(), address) for letter in part]
    return refused.discard(ids)


def _columns() -> tuple[Column, ...]:
    return (
        Column("at", _("Received")),
        Column("source", _("Source")),
        Column("reason", _("Reason")),
        Column("short", _("What was sent")),
    )


def _select(options: dict[str, str], value: str, label: str) -> ui.select:
    if value not in options:
        options[value] = value
    select = ui.select(options, value=value).classes("fg-filter")
    select.props["aria-label"] = label
    return select


_ROW = """
<q-tr :props="props" :key="props.key" class="fg-live-row">
  <q-td auto-width><q-checkbox v-model="props.selected" dense aria-label="ARIA-ONE" /></q-td>
  <q-td key="at" class="fg-num fg-muted" @click="props.expand = !props.expand">{{ props.row.at }}</q-td>
  <q-td key="source" @click="props.expand = !props.expand">{{ props.row.source }}</q-td>
  <q-td key="reason" @click="props.expand = !props.expand"><span class="fg-strong">{{ props.row.reason }}</span>
    <div class="fg-live-below">{{ props.row.source }} · {{ props.row.at }}</div></q-td>
  <q-td key="short" class="fg-cut" @click="props.expand = !props.expand"><span class="fg-mono">{{ props.row.short }}</span>
    <q-btn flat round dense size="sm" class="fg-open" :icon="props.expand ? 'expand_less' : 'expand_more'"
      :aria-expanded="props.expand ? 'true' : 'false'" aria-label="ARIA-ALL" /></q-td>
</q-tr>
<q-tr v-if="props.expand" :props="props" :key="props.key + ' whole'" class="fg-live-whole">
  <q-td colspan="5">
    <div class="fg-strong">{{ props.row.detail }}</div>
    <div v-if="props.row.advice" class="fg-muted">{{ props.row.advice }}</div>
    <pre class="fg-json">{{ props.row.raw }}</pre>
  </q-td>
</q-tr>
"""
