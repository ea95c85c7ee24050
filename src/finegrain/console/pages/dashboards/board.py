"""A dashboard on its page: the cards, the period of all, and the controls that arrange, copy, export and delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.dashboards.address import PATH
from finegrain.console.pages.dashboards.board_card import BoardCard
from finegrain.console.pages.dashboards.exporting import save_page, save_picture
from finegrain.console.pages.dashboards.listing import copy_dashboard
from finegrain.console.pages.dashboards.naming import ask_name
from finegrain.console.pages.dashboards.period import BoardPeriod
from finegrain.console.text import work
from finegrain.console.widgets.formats import moment
from finegrain.console.widgets.questions import ask_to_delete
from finegrain.console.widgets.rights import may
from finegrain.console.widgets.states import button_link, empty_state
from finegrain.errors import FinegrainError
from finegrain.i18n import _, current_language

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.behaviour.dashboards.contract import Dashboard

_MOVES = {"earlier": -1, "later": 1}
_SIZES = {"narrower": ("width", -1), "wider": ("width", 1), "lower": ("height", -1), "higher": ("height", 1)}


class Board:
    """The page of one dashboard.

    Args:
        board: as it is kept.
    """

    def __init__(self, board: Dashboard) -> None:
        self.board = board
        self._arranging = False
        self._cards: list[BoardCard] = []

    def draw_actions(self) -> None:
        """Draw the controls of the page's head."""
        self._may = may("dashboard:write")
        BoardPeriod(self.board.period, self._set_period)
        ui.button(_("Refresh"), icon="refresh", on_click=self._refresh, color=None).classes("fg-outlined")
        self._arrange = ui.button(_("Arrange"), icon="dashboard_customize", on_click=self._toggle, color=None)
        self._arrange.classes("fg-outlined").props["aria-pressed"] = "false"
        self._arrange.set_visibility(self._may)
        self._export_menu()
        self._more_menu()

    def _export_menu(self) -> None:
        with ui.button(_("Export"), icon="download", color=None).classes("fg-outlined"), ui.menu():
            ui.menu_item(_("As one HTML file"), lambda: save_page(self.board, self._cards, self._now()))
            ui.menu_item(_("As PNG"), lambda: save_picture(self.board))

    def _more_menu(self) -> None:
        if not self._may:
            return
        with ui.button(icon="more_vert", color=None).props("flat round dense") as button, ui.menu():
            ui.menu_item(_("Rename"), self._ask_rename)
            ui.menu_item(_("Copy"), lambda: copy_dashboard(self.board))
            ui.menu_item(_("Delete"), self._ask_delete)
        button.props["aria-label"] = _("More")

    def draw(self) -> None:
        """Draw the cards."""
        if not self.board.cards:
            self._nothing_yet()
            return
        with ui.row().classes("fg-board") as self._grid:
            for card in self.board.cards:
                self._cards.append(BoardCard(self.board, card, self._control))
        if self._may:
            self._sorting = self._grid.make_sortable(handle=".fg-board-handle", on_end=self._dragged)
        for shown in self._cards:
            shown.arrange(on=False)

    def _toggle(self) -> None:
        self._arranging = not self._arranging
        self._arrange.props["aria-pressed"] = "true" if self._arranging else "false"
        self._arrange.text = _("Done") if self._arranging else _("Arrange")
        for card in self._cards:
            card.arrange(on=self._arranging)

    async def _change(self, change: Callable[..., Dashboard], *args: Any, **values: Any) -> bool:
        """Change the dashboard; say what was wrong where that is refused."""
        try:
            self.board = await work(change, *args, **values)
        except FinegrainError as error:
            ui.notify(error.message(current_language()), type="negative", timeout=8_000, close_button=_("Close"))
            return False
        return True

    async def _set_period(self, period: str) -> None:
        kept = workspace().dashboards
        if not self._may:  # who may only look looks at another period without keeping it
            self.board = _with_period(self.board, period)
        elif not await self._change(kept.set_period, self.board.id, period):
            return
        self._refresh()

    def _refresh(self) -> None:
        for card in self._cards:
            card.ask(self.board)

    async def _control(self, card: BoardCard, name: str) -> None:
        kept, number = workspace().dashboards, card.card.id
        if name in _MOVES:
            await self._move(card, _MOVES[name])
        elif name in _SIZES:
            field, step = _SIZES[name]
            value = getattr(card.card, field) + step
            if await self._change(kept.change, self.board.id, number, **{field: value}):
                card.resize(next(one for one in self.board.cards if one.id == number))
        elif name == "rename":
            self._ask_title(card)
        elif await self._change(kept.remove, self.board.id, number):
            self._cards.remove(card)
            card.box.delete()

    async def _move(self, card: BoardCard, step: int) -> None:
        place = self._cards.index(card)
        to = min(max(place + step, 0), len(self._cards) - 1)
        self._cards.insert(to, self._cards.pop(place))
        if await self._keep_order():
            card.box.move(target_index=to)

    async def _dragged(self) -> None:
        by_box = {card.box.id: card for card in self._cards}
        self._cards = [by_box[child.id] for child in self._grid.default_slot.children if child.id in by_box]
        await self._keep_order()

    async def _keep_order(self) -> bool:
        return await self._change(workspace().dashboards.arrange, self.board.id, [card.card.id for card in self._cards])

    def _ask_title(self, card: BoardCard) -> None:
        async def rename(title: str) -> bool:
            if not await self._change(workspace().dashboards.change, self.board.id, card.card.id, title=title):
                return False
            card.resize(next(one for one in self.board.cards if one.id == card.card.id))
            return True

        ask_name(_("Rename the card"), _("Rename"), rename, label=_("Title"), value=card.card.title)

    def _ask_rename(self) -> None:
        async def rename(name: str) -> bool:
            renamed = await self._change(workspace().dashboards.rename, self.board.id, name)
            if renamed:
                ui.navigate.reload()
            return renamed

        ask_name(_("Rename the dashboard"), _("Rename"), rename, value=self.board.name)

    def _ask_delete(self) -> None:
        text = _("Its cards are gone then; the data that they ask about stays.")
        ask_to_delete(self.board.name, text, lambda: workspace().dashboards.delete(self.board.id), PATH)

    def _now(self) -> str:
        ws = workspace()
        return moment(ws.as_of(), ws.zone)

    def _nothing_yet(self) -> None:
        empty_state(
            "add_chart",
            _("This dashboard has no cards yet"),
            _("Ask a question in the analysis, such as how far people come in a funnel, and choose “Save to a dashboard”."),
            actions=lambda: button_link(_("Go to the analysis"), "/analysis", icon="query_stats"),
        )


def _with_period(board: Dashboard, period: str) -> Dashboard:
    from dataclasses import replace

    return replace(board, period=period)
