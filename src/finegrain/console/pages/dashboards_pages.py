"""The routes of the dashboards."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from finegrain.console.frame import page, page_head, set_title
from finegrain.console.holder import workspace
from finegrain.console.pages.dashboards.address import PATH, number_in
from finegrain.console.pages.dashboards.board import Board
from finegrain.console.pages.dashboards.listing import make_dashboard, show_list
from finegrain.console.text import work
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.rights import reserved
from finegrain.console.widgets.states import skeleton
from finegrain.i18n import N_, _

ui.add_css((Path(__file__).parent / "dashboards" / "dashboards.css").read_text(encoding="utf-8"), shared=True)


@page(PATH, title=N_("Dashboards"), nav="dashboards")
def dashboards() -> None:
    """Show the list."""
    with page_head(_("Dashboards"), hint=_("The questions that you ask again and again, answered on one page.")):
        reserved("dashboard:write", ui.button(_("New dashboard"), icon="add", on_click=make_dashboard))
    Loaded(workspace().dashboards.all, show_list, waiting=lambda: skeleton("120px", lines=3))


@page(PATH + "/{number}", title=N_("Dashboard"), nav="dashboards")
async def dashboard(number: str) -> None:
    """Show one dashboard."""
    board = Board(await work(workspace().dashboards.get, number_in(number)))
    set_title(f"{board.board.name} · {_('Dashboards')}")
    with page_head(board.board.name, back=(PATH, _("Dashboards"))):
        board.draw_actions()
    board.draw()
