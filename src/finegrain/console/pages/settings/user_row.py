"""One user in the list: what is known, and what an administrator may change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from nicegui import ui

from finegrain.access.acting import current_actor
from finegrain.access.roles import ROLE_LABELS, ROLES
from finegrain.console.holder import workspace
from finegrain.console.pages.settings.cells import chip, when
from finegrain.console.widgets.questions import ask, done
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nicegui.events import ValueChangeEventArguments

    from finegrain.access.contract import Role, User


class Desk(Protocol):
    """The page around the row."""

    def reload(self) -> None:
        """Show the list as it is now."""
        ...

    async def show_link(self, name: str) -> None:
        """Make a one-time link and show it."""
        ...


class UserRow:
    """The row.

    Args:
        user: whom it shows.
        desk: the page around it.
    """

    def __init__(self, user: User, desk: Desk) -> None:
        self._user = user
        self._desk = desk
        with ui.element("tr"):
            self._name()
            self._role()
            chip(_("may log in") if user.enabled else _("disabled"), "fg-chip-good" if user.enabled else "fg-chip-bad")
            chip(_("on") if user.two_factor else _("off"), "fg-chip-good" if user.two_factor else "fg-chip-plain")
            when(user.last_login, _("never"))
            with ui.element("td").classes("fg-right"):
                self._menu()

    def _name(self) -> None:
        actor = current_actor()
        with ui.element("td").classes("fg-strong"), ui.element("div").classes("fg-row fg-tight"):
            ui.label(self._user.name)
            if actor.kind == "user" and actor.id == self._user.id:
                ui.label(_("you")).classes("fg-chip fg-chip-plain")

    def _role(self) -> None:
        with ui.element("td"):
            select = ui.select({role: _(ROLE_LABELS[role]) for role in ROLES}, value=self._user.role, on_change=self._change_role)
            select.classes("fg-role").props["aria-label"] = _("Role of {name}", name=self._user.name)

    def _menu(self) -> None:
        user = self._user
        with ui.button(icon="more_vert", color=None).props("flat round dense").classes("fg-tool") as button, ui.menu():
            _item("link", _("New one-time link"), lambda: self._desk.show_link(user.name))
            if user.enabled:
                _item("pause", _("Disable"), self._ask_disable)
            else:
                _item("play_arrow", _("Enable"), lambda: self._set_enabled(enabled=True))
            _item("password", _("Forget the password"), self._ask_password)
            if user.two_factor:
                _item("phonelink_erase", _("Drop the second factor"), self._ask_second_factor)
            _item("delete", _("Remove"), self._ask_remove)
        button.props["aria-label"] = _("Change {name}", name=user.name)

    async def _change_role(self, event: ValueChangeEventArguments[Role]) -> None:
        if event.value == self._user.role:
            return
        if await done(workspace().access.users.set_role, self._user.name, event.value):
            role = _(ROLE_LABELS[event.value])
            ui.notify(_("“{name}” is now: {role}", name=self._user.name, role=role), type="positive")
        self._desk.reload()

    async def _set_enabled(self, *, enabled: bool) -> None:
        await self._changed(await done(workspace().access.users.set_enabled, self._user.name, enabled=enabled))

    async def _changed(self, made: bool) -> None:  # noqa: FBT001 - the answer of what is done
        if made:
            self._desk.reload()

    async def _ask_disable(self) -> None:
        async def disable() -> None:
            await self._set_enabled(enabled=False)

        text = _("All sessions of this user end at once. The user can be enabled again.")
        ask(_("Disable “{name}”?", name=self._user.name), text, _("Disable"), disable)

    async def _ask_password(self) -> None:
        async def forget() -> None:
            if await done(workspace().access.users.forget_password, self._user.name):
                self._desk.reload()
                await self._desk.show_link(self._user.name)

        text = _("All sessions of this user end at once, and you get a one-time link with which a new password can be chosen.")
        ask(_("Forget the password of “{name}”?", name=self._user.name), text, _("Forget the password"), forget)

    async def _ask_second_factor(self) -> None:
        async def drop() -> None:
            await self._changed(await done(workspace().access.users.drop_second_factor, self._user.name))

        text = _("The password alone is then enough to log in. Make sure that it is really this person who asks for it.")
        ask(_("Drop the second factor of “{name}”?", name=self._user.name), text, _("Drop the second factor"), drop)

    async def _ask_remove(self) -> None:
        async def remove() -> None:
            await self._changed(await done(workspace().access.users.remove, self._user.name))

        text = _("All sessions of this user end at once. What the audit log says of this user stays.")
        ask(_("Remove “{name}”?", name=self._user.name), text, _("Remove"), remove)


def _item(icon: str, label: str, action: Callable[[], Awaitable[object]]) -> None:
    with ui.menu_item(on_click=action).classes("fg-menu-item"):
        ui.icon(icon).props('aria-hidden="true"')
        ui.label(label)
