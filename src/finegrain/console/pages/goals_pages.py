"""The routes of the goals pages."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from finegrain.console.frame import page, page_head, set_title
from finegrain.console.holder import workspace
from finegrain.console.pages.goals.address import PATH, WIZARD
from finegrain.console.pages.goals.board import Board
from finegrain.console.pages.goals.detail import show_goal
from finegrain.console.pages.goals.editing import ask_deletion, edit_goal
from finegrain.console.pages.goals.reading import load_board, load_goal
from finegrain.console.pages.goals.wizard import show_wizard
from finegrain.console.text import work
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.rights import may, reserved
from finegrain.console.widgets.states import button_link, skeleton
from finegrain.i18n import N_, _

ui.add_css((Path(__file__).parent / "goals" / "goals.css").read_text(encoding="utf-8"), shared=True)


@page(PATH, title=N_("Goals"), nav="goals")
def goals() -> None:
    """Show the board."""
    with page_head(_("Goals"), hint=_("What is to be reached by whom, how far it is, and whether it will be.")):
        if may("goal:write"):
            button_link(_("New goal"), WIZARD, icon="add")
    Loaded(lambda: load_board(workspace()), Board, waiting=lambda: skeleton("220px", lines=5))


@page(WIZARD, title=N_("New goal"), nav="goals", permission="goal:write")
def new_goal() -> None:
    """Show the wizard."""
    with page_head(_("New goal"), back=(PATH, _("Goals"))):
        pass
    show_wizard(dict(ui.context.client.request.query_params))


@page(PATH + "/{goal:path}", title=N_("Goal"), nav="goals")
async def goal_page(goal: str) -> None:
    """Show one goal, by its number or its name."""
    found = await work(workspace().goals.find, goal)
    set_title(f"{found.name} · {_('Goals')}")
    with page_head(found.name, back=(PATH, _("Goals"))):
        edit = ui.button(_("Edit"), icon="edit", on_click=lambda: edit_goal(found), color=None).classes("fg-outlined")
        delete = ui.button(_("Delete"), icon="delete", on_click=lambda: ask_deletion(found), color=None).classes("fg-outlined")
        reserved("goal:write", edit, delete)
    Loaded(lambda: load_goal(workspace(), found.id), show_goal, waiting=lambda: skeleton("420px", lines=8))
