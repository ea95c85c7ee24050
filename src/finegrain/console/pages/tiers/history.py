"""The page of a scheme over time: sizes, who came and left, the flow between two days with the people behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.tiers.history_address import NOWHERE
from finegrain.console.pages.tiers.history_charts import flow_chart, key, sizes_chart, turnover_chart
from finegrain.console.pages.tiers.history_fill import fill_button
from finegrain.console.pages.tiers.history_reading import load_history
from finegrain.console.pages.tiers.moved_panel import MovedPanel
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import number, percent
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.states import empty_state, skeleton
from finegrain.i18n import _, ngettext

if TYPE_CHECKING:
    from datetime import date

    from finegrain.audience.history.contract import FlowResult, SizesResult
    from finegrain.console.pages.tiers.history_address import HistoryAddress
    from finegrain.console.pages.tiers.history_reading import HistoryView


class HistoryPage:
    """What stands under the head of the page.

    Args:
        address: what is shown at first.
    """

    def __init__(self, address: HistoryAddress) -> None:
        self._address = address
        self._panel: MovedPanel | None = None
        self._loaded = Loaded(
            lambda: load_history(workspace(), self._address), self._show, waiting=lambda: skeleton("420px", lines=8)
        )

    def _show(self, view: HistoryView) -> None:
        if view.sizes is None or view.flow is None:
            self._nothing_kept(view)
            return
        self._days(view)
        with card(_("People by tier"), hint=_("at the end of each day")):
            sizes_chart(view.sizes, view.names)
        self._flow_card(view, view.flow)
        self._turnover(view, view.sizes)
        self._panel = MovedPanel(lambda: self._open(view, "", ""))
        self._panel.show(view, self._address.but(first=view.address.first, last=view.address.last))

    def _nothing_kept(self, view: HistoryView) -> None:
        kept = ngettext("{n} day is kept so far.", "{n} days are kept so far.", len(view.kept))
        empty_state(
            "timeline",
            _("Time takes two days"),
            _("{kept} Who is in which tier is kept at the end of each day; earlier days can be computed now.", kept=kept),
            actions=lambda: fill_button(self._loaded.reload, primary=True),
        )

    def _days(self, view: HistoryView) -> None:
        options = {day.isoformat(): day.isoformat() for day in view.kept}
        with ui.element("div").classes("fg-row fg-history-days"):
            for field, label in (("first", _("From")), ("last", _("To"))):
                chosen = getattr(view.address, field)
                pick = ui.select(options, value=chosen, label=label, with_input=True, on_change=self._picker(field))
                pick.classes("fg-history-day")
            ui.space()
            fill_button(self._loaded.reload)

    def _picker(self, field: str) -> Any:
        def pick(event: Any) -> None:
            if event.value:
                self._address = self._address.but(**{field: event.value}, was="", now="")
                ui.navigate.history.replace(self._address.url())
                self._loaded.reload()

        return pick

    def _flow_card(self, view: HistoryView, flow: FlowResult) -> None:
        hint = _("click a band or a number to see the people")
        with card(_("Who went where, from {first} to {last}", **_ends(flow.first_day, flow.last_day)), hint=hint):
            ui.label(flow.report()).classes("fg-history-report")
            if flow.changed:
                with ui.element("div").classes("fg-stop"):
                    ui.icon("info").props('aria-hidden="true"')
                    ui.label(_("The thresholds or tiers of the scheme have changed in between, and moved people with them."))
            with ui.element("div").classes("fg-picture-scroll"), ui.element("div").classes("fg-history-flow"):
                chart = flow_chart(flow, view.names)
                chart.on_point_click(lambda event: self._clicked(view, event.data))
            self._moves(view, flow)

    def _clicked(self, view: HistoryView, data: Any) -> None:
        door = data.get("door") if isinstance(data, dict) else None
        if door:
            self._open(view, *door)

    def _moves(self, view: HistoryView, flow: FlowResult) -> None:
        moves = [
            (people, was, now, people / sum(row))
            for was, row in zip(flow.keys, flow.counts, strict=True)
            for now, people in zip(flow.keys, row, strict=True)
            if people and was != now
        ]
        heads = (("was", _("Was in")), ("now", _("Is in")), ("people", _("People")), ("share", _("Of those before")))
        columns = [
            {"name": name, "label": label, "field": name, "align": "left" if place < 2 else "right", "sortable": True}  # noqa: PLR2004
            for place, (name, label) in enumerate(heads)
        ]
        rows = [
            {
                "id": f"{was}>{now}", "was": view.names[was], "now": view.names[now], "people": people, "text": number(people),
                "share": share, "percent": percent(share), "door": [was or NOWHERE, now or NOWHERE],
            }
            for people, was, now, share in sorted(moves, reverse=True)
        ]  # fmt: skip
        table = ui.table(columns=columns, rows=rows, row_key="id", pagination={"rowsPerPage": 10}).classes("fg-table")
        table.props["aria-label"] = _("Moves")
        table.add_slot("body-cell-people", _PEOPLE_CELL)
        table.add_slot("body-cell-share", '<q-td :props="props" class="fg-num">{{ props.row.percent }}</q-td>')
        table.on("people", lambda event: self._open(view, *event.args))

    def _open(self, view: HistoryView, was: str, now: str) -> None:
        self._address = view.address.but(was=was, now=now)
        ui.navigate.history.replace(self._address.url())
        if was and self._panel:
            self._panel.show(view, self._address)

    def _turnover(self, view: HistoryView, sizes: SizesResult) -> None:
        shown = {key(one): one for one in sizes.series}
        with card(_("Who came and who left"), hint=_("against the day before that is kept")):
            options = {each: view.names[each] for each in shown}
            tier = ui.select(options, value=next(iter(options)), on_change=lambda event: draw(event.value)).classes(
                "fg-history-day"
            )
            tier.props["aria-label"] = _("Tier")
            place = ui.element("div")

            def draw(chosen: str) -> None:
                place.clear()
                with place:
                    turnover_chart(shown[chosen])

            draw(next(iter(options)))


def _ends(first: date, last: date) -> dict[str, str]:
    return {"first": first.isoformat(), "last": last.isoformat()}


_PEOPLE_CELL = """
<q-td :props="props" class="fg-num"><a class="fg-link" href="javascript:void(0)" role="button"
@click.prevent="() => $parent.$emit('people', props.row.door)">{{ props.row.text }}</a></q-td>"""
"""Slot of the column ``people``: a number that opens the list of people."""
