"""The page of the audit log: who changed what, when, from where, and whether the log is as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotation

from finegrain.console.frame import page, page_head
from finegrain.console.holder import workspace
from finegrain.console.pages.people.download import download_link
from finegrain.console.pages.settings.audit_rows import ACTIONS, AUDIT, AuditAddress, audit_row
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import number
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.states import empty_state, skeleton
from finegrain.console.widgets.tables import Column, DataTable, TablePage
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, _, current_language, ngettext

if TYPE_CHECKING:
    from finegrain.access.audit import Verification
    from finegrain.console.widgets.tables import TableRequest


@page(AUDIT, title=N_("Audit log"), nav="audit", permission="admin")
def audit(request: Request) -> None:
    """Show the log, filtered as the address says."""
    with page_head(_("Audit log"), hint=_("Who changed what, when, and from where. Nothing can be taken out.")):
        links = [download_link("CSV", ""), download_link("JSON Lines", "")]
        Verifier()
    address = AuditAddress.parse(dict(request.query_params))
    choices = workspace().access.audit.choices
    Loaded(choices, lambda found: AuditList(address, *found, links), waiting=lambda: skeleton("360px", lines=8))


class Verifier:
    """The button that reads the whole log, and what was found."""

    def __init__(self) -> None:
        self._button = ui.button(_("Verify"), icon="verified_user", on_click=self._verify)
        self._button.tooltip(_("Reads the whole log, and finds what was changed or taken out behind the workspace's back."))

    async def _verify(self) -> None:
        self._button.props("loading")
        try:
            found = await work(workspace().access.audit.verify)
        except FinegrainError as error:
            ui.notify(error.message(current_language()), type="negative")
        else:
            ui.notify(_verdict(found), type="positive" if found.whole else "negative", timeout=0, close_button=_("Close"))
        finally:
            self._button.props(remove="loading")


def _verdict(found: Verification) -> str:
    if found.whole:
        n = found.entries
        return ngettext("{count} entry, as it was written.", "{count} entries, all as they were written.", n, count=number(n))
    return _("Entry {seq} was changed, put in or taken out.", seq=number(found.broken_at))


class AuditList:
    """Filters and table, kept in step with one address.

    Args:
        address: what is shown at first.
        actions: keys that stand in the log.
        actors: names that stand in the log.
        links: download what is shown, as CSV and as JSON Lines.
    """

    def __init__(self, address: AuditAddress, actions: list[str], actors: list[str], links: list[ui.button]) -> None:
        self._address = address
        self._links = links
        with card(classes="fg-audit"):
            self._filters(actions, actors)
            self._count = ui.label().classes("fg-people-count").props("aria-live=polite")
            self._table = DataTable(
                _columns(), self._page, label=_("Audit log"), per_page=50, nothing=_nothing, on_total=self._counted
            )
        self._table.table.classes("fg-audit-table").add_slot("body", _ROW.replace("ARIA", _("Show what changed")))
        self._link()

    def _filters(self, actions: list[str], actors: list[str]) -> None:
        shown, areas = self._address, sorted({action.partition(".")[0] + "." for action in actions})
        named = {area: f"{area}*" for area in areas} | {key: _(ACTIONS[key]) if key in ACTIONS else key for key in actions}
        with ui.element("div").classes("fg-filters-row"):
            text = ui.input(_("Search"), value=shown.text).props("clearable debounce=400").classes("fg-filter-search")
            action = _select({"": _("All actions"), **named}, shown.action, _("Action"))
            actor = _select({"": _("Everybody"), **{name: name for name in actors if name}}, shown.actor, _("Who"))
            first, last = (_day_field(label, value) for label, value in ((_("From"), shown.first), (_("To"), shown.last)))
        text.on_value_change(lambda event: self._go(text=(event.value or "").strip()))
        action.on_value_change(lambda event: self._go(action=event.value))
        actor.on_value_change(lambda event: self._go(actor=event.value))
        first.on_value_change(lambda event: self._go(first=event.value or ""))
        last.on_value_change(lambda event: self._go(last=event.value or ""))

    def _go(self, **changes: Any) -> None:
        self._address = self._address.but(**changes)
        ui.navigate.history.replace(self._address.url())
        self._link()
        self._table.reload()

    def _link(self) -> None:
        for link, ending in zip(self._links, ("csv", "jsonl"), strict=True):
            link.props["href"] = self._address.url(f"{AUDIT}.{ending}")
            link.update()

    def _page(self, request: TableRequest) -> TablePage:
        log, zone = workspace().access.audit, workspace().zone
        filters = self._address.filters(zone)
        found = log.search(**filters, limit=request.per_page, offset=(request.page - 1) * request.per_page)
        return TablePage(log.count(**filters), [audit_row(entry, zone) for entry in found])

    def _counted(self, total: int) -> None:
        self._count.text = ngettext("{count} entry", "{count} entries", total, count=number(total))


def _columns() -> tuple[Column, ...]:
    return (
        Column("at", _("When")),
        Column("actor", _("Who")),
        Column("action", _("What")),
        Column("subject", _("Of what")),
        Column("address", _("From where")),
    )


def _select(options: dict[str, str], value: str, label: str) -> ui.select:
    options.setdefault(value, value)
    select = ui.select(options, value=value).classes("fg-filter")
    select.props["aria-label"] = label
    return select


def _day_field(label: str, value: str) -> ui.date_input:
    field = ui.date_input(label, value=value or None).classes("fg-day")
    field.props("outlined dense debounce=500 mask=####-##-##")
    field.button.props("dense size=sm").props["aria-label"] = _("Open the calendar")
    return field


def _nothing() -> None:
    empty_state("history", _("Nothing matches"), _("Every change of the workspace appears here with who made it."))


_ROW = """
<q-tr :props="props" :key="props.key" class="fg-live-row" @click="props.expand = !props.expand">
  <q-td key="at" class="fg-num fg-muted">{{ props.row.at }}</q-td>
  <q-td key="actor"><span class="fg-strong">{{ props.row.actor }}</span>
    <div v-if="props.row.kind" class="fg-hint">{{ props.row.kind }}</div></q-td>
  <q-td key="action">{{ props.row.action }}<div class="fg-mono">{{ props.row.code }}</div>
    <div class="fg-audit-below">{{ props.row.subject }}</div></q-td>
  <q-td key="subject" class="fg-cut">{{ props.row.subject }}</q-td>
  <q-td key="address" class="fg-num fg-muted">{{ props.row.address }}
    <q-btn v-if="props.row.changes.length" flat round dense size="sm" class="fg-open"
      :icon="props.expand ? 'expand_less' : 'expand_more'"
      :aria-expanded="props.expand ? 'true' : 'false'" aria-label="ARIA" /></q-td>
</q-tr>
<q-tr v-if="props.expand && props.row.changes.length" :props="props" :key="props.key + ' whole'" class="fg-live-whole">
  <q-td colspan="5"><table class="fg-diff"><tbody>
    <tr v-for="change in props.row.changes" :key="change.name">
      <th scope="row">{{ change.name }}</th>
      <td v-if="change.before === change.after">{{ change.after }}</td>
      <td v-else><del v-if="change.before">{{ change.before }}</del> <ins v-if="change.after">{{ change.after }}</ins></td>
    </tr></tbody></table></q-td>
</q-tr>
"""
