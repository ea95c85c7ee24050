"""The list of dashboards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.dashboards.address import dashboard_url
from finegrain.console.pages.dashboards.naming import ask_name
from finegrain.console.text import work
from finegrain.console.widgets.formats import moment
from finegrain.console.widgets.questions import done
from finegrain.console.widgets.rights import may
from finegrain.console.widgets.states import button_link, empty_state
from finegrain.errors import FinegrainError
from finegrain.i18n import _, current_language, ngettext

if TYPE_CHECKING:
    from finegrain.behaviour.dashboards.contract import Dashboard


def show_list(boards: tuple[Dashboard, ...]) -> None:
    """Draw a card a dashboard, or what dashboards are for where there are none."""
    if not boards:
        _nothing_yet()
        return
    with ui.element("ul").classes("fg-boards"):
        for board in boards:
            _entry(board)


def make_dashboard() -> None:
    """Ask for a name, make a dashboard, and lead to it."""
    ask_name(_("New dashboard"), _("Make it"), _make)


async def _make(name: str) -> bool:
    try:
        made = await work(workspace().dashboards.make, name)
    except FinegrainError as error:
        ui.notify(error.message(current_language()), type="negative", timeout=8_000, close_button=_("Close"))
        return False
    ui.navigate.to(dashboard_url(made.id))
    return True


def copy_dashboard(board: Dashboard) -> None:
    """Ask for the name of a copy, make it, and lead to the list."""

    async def copy(name: str) -> bool:
        made = await done(workspace().dashboards.duplicate, board.id, name)
        if made:
            ui.navigate.to(dashboard_url(board.id).rpartition("/")[0])
        return made

    ask_name(_("Copy “{name}”", name=board.name), _("Make the copy"), copy, value=_("{name} (copy)", name=board.name[:80]))


def _entry(board: Dashboard) -> None:
    with ui.element("li"), ui.element("a").classes("fg-card fg-board-entry") as link:
        link.props["href"] = dashboard_url(board.id)
        ui.icon("space_dashboard").props('aria-hidden="true"')
        with ui.element("div"):
            ui.label(board.name).classes("fg-h2")
            cards = ngettext("{n} card", "{n} cards", len(board.cards))
            changed = moment(board.changed_at, workspace().zone)
            ui.label(_("{cards} · changed {moment} · by {who}", cards=cards, moment=changed, who=board.made_by)).classes(
                "fg-hint"
            )


def _nothing_yet() -> None:
    def ways() -> None:
        if may("dashboard:write"):
            ui.button(_("New dashboard"), icon="add", on_click=make_dashboard)
        button_link(_("Go to the analysis"), "/analysis", icon="query_stats", primary=False)

    empty_state(
        "space_dashboard",
        _("There are no dashboards yet"),
        _(
            "A dashboard holds the questions that you ask again and again, such as the funnel of every Monday, and answers all "
            "of them anew whenever you open it. Ask a question in the analysis, and save it to a dashboard."
        ),
        actions=ways,
    )
