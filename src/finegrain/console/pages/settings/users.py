"""The users of the workspace: who may log in, as what, and when somebody did last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.access.acting import require
from finegrain.console.frame import page, page_head
from finegrain.console.holder import workspace
from finegrain.console.pages.data.copying import Code
from finegrain.console.pages.settings.cells import head
from finegrain.console.pages.settings.user_form import NewUser
from finegrain.console.pages.settings.user_row import UserRow
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.states import skeleton
from finegrain.errors import FinegrainError
from finegrain.i18n import N_, _, current_language

if TYPE_CHECKING:
    from finegrain.access.contract import User


@page("/settings/users", title=N_("Users"), nav="users", permission="admin")
def users() -> None:
    """Show the list, and the form for a new user."""
    with page_head(_("Users"), hint=_("Who may log in, and what they may see and do.")):
        button = ui.button(_("New user"), icon="person_add")
    request = ui.context.client.request
    UsersPage(button, f"{request.url.scheme}://{request.url.netloc}")


class UsersPage:
    """Form, the last one-time link, and list.

    Args:
        button: shows and hides the form.
        url: where the console is reached from outside.
    """

    def __init__(self, button: ui.button, url: str) -> None:
        self._url = url
        self._form = NewUser(self._made)
        self._form.card.set_visibility(False)
        self._link = ui.element("div").classes("fg-loaded")
        button.on_click(lambda: self._form.card.set_visibility(not self._form.card.visible))
        self._list = Loaded(_read, self._show, waiting=lambda: skeleton("240px", lines=5))

    def reload(self) -> None:
        """Show the list as it is now."""
        self._list.reload()

    async def show_link(self, name: str) -> None:
        """Make a one-time link for a user, and show it once."""
        try:
            key = await work(_new_link, name)
        except FinegrainError as error:
            ui.notify(error.message(current_language()), type="negative")
            return
        self._link.clear()
        hint = _("Hand it over in a safe way: it is good for one hour, once, and is not shown again.")
        with self._link, card(_("One-time link for {name}", name=name), hint=hint, classes="fg-key"):
            Code(f"{self._url}/login/link?key={key}", label=_("One-time link"))
            ui.label(_("After the login, the password is chosen under “My account”.")).classes("fg-hint fg-below")

    async def _made(self, name: str) -> None:
        self._form.card.set_visibility(False)
        self.reload()
        await self.show_link(name)

    def _show(self, found: list[User]) -> None:
        names = (_("User"), _("Role"), _("State"), _("Second factor"), _("Last login"), "")
        with card(), ui.element("div").classes("fg-scroll"), ui.element("table").classes("fg-plain fg-users"):
            head(names)
            with ui.element("tbody"):
                for user in found:
                    UserRow(user, self)


def _read() -> list[User]:
    require("admin")
    return workspace().access.users.all()


def _new_link(name: str) -> str:
    require("admin")
    return workspace().access.login.make_link(name)
