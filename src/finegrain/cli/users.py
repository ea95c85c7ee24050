"""``finegrain users``: who may log in, and as what."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from finegrain.cli.help import Command, Group
from finegrain.cli.output import moment, print_json, show, table
from finegrain.cli.session import workspace
from finegrain.cli.values import one_of
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.access.contract import Role, User
    from finegrain.cli.arguments import Invocation
    from finegrain.workspace import Workspace

app = typer.Typer(cls=Group, invoke_without_command=True, rich_markup_mode=None)

ROLES = ("admin", "operator", "analyst", "viewer")

Name = Annotated[str, typer.Argument(metavar="NAME", help=N_("The name of the user; capitals make no difference."))]
RoleOption = Annotated[
    str, typer.Option("--role", metavar="ROLE", parser=one_of(N_("role"), ROLES), help=N_("admin, operator, analyst or viewer."))
]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help=N_("Read the password from standard input; else a one-time link is made."))
]


@app.callback(cls=Group)
def root(ctx: typer.Context) -> None:
    """List the users when no command follows."""
    if ctx.invoked_subcommand is None:
        list_users(ctx)


@app.command("list", cls=Command, help=N_("List the users."))
def list_users(ctx: typer.Context) -> None:
    """List the users."""
    with workspace(ctx.obj) as ws:
        users = ws.access.users.all()
        if ctx.obj.json:
            print_json({"users": [user.to_dict() for user in users]})
        elif users:
            show(_user_table(ws, users))
        else:
            show(_("There is no user yet; make one with `finegrain users add NAME --role admin`."))


@app.command("add", cls=Command, help=N_("Make a user, with a password or a one-time link to log in."))
def add(ctx: typer.Context, name: Name, role: RoleOption, password_stdin: PasswordStdin = False) -> None:
    """Make a user."""
    password = _read_password() if password_stdin else None
    with workspace(ctx.obj, create=True) as ws:
        user = ws.access.users.add(name, cast("Role", role), password=password)
        link = None if password_stdin else ws.access.login.make_link(user.name)
        _show_user(ctx.obj, ws, user, link)


@app.command("link", cls=Command, help=N_("Make a one-time link that logs a user in within the hour."))
def link(ctx: typer.Context, name: Name) -> None:
    """Make a one-time link."""
    with workspace(ctx.obj) as ws:
        user = ws.access.users.get(name)
        _show_user(ctx.obj, ws, user, ws.access.login.make_link(name))


@app.command("role", cls=Command, help=N_("Give a user another role."))
def role(ctx: typer.Context, name: Name, role: RoleOption) -> None:
    """Give a user another role."""
    with workspace(ctx.obj) as ws:
        _show_user(ctx.obj, ws, ws.access.users.set_role(name, cast("Role", role)))


@app.command("password", cls=Command, help=N_("Give a user the password that stands on standard input; all logins end."))
def password(ctx: typer.Context, name: Name) -> None:
    """Give a user another password."""
    text = _read_password()
    with workspace(ctx.obj) as ws:
        _show_user(ctx.obj, ws, ws.access.users.set_password(name, text))


@app.command("enable", cls=Command, help=N_("Let a user log in again."))
def enable(ctx: typer.Context, name: Name) -> None:
    """Let a user log in again."""
    with workspace(ctx.obj) as ws:
        _show_user(ctx.obj, ws, ws.access.users.set_enabled(name, enabled=True))


@app.command("disable", cls=Command, help=N_("End a user's logins, and let the user in no more."))
def disable(ctx: typer.Context, name: Name) -> None:
    """Let a user in no more."""
    with workspace(ctx.obj) as ws:
        _show_user(ctx.obj, ws, ws.access.users.set_enabled(name, enabled=False))


@app.command("drop-second-factor", cls=Command, help=N_("Let a user who lost the phone log in without a code."))
def drop_second_factor(ctx: typer.Context, name: Name) -> None:
    """Let a user log in without a code."""
    with workspace(ctx.obj) as ws:
        _show_user(ctx.obj, ws, ws.access.users.drop_second_factor(name))


@app.command("remove", cls=Command, help=N_("Remove a user; the audit log keeps what the user did."))
def remove(ctx: typer.Context, name: Name) -> None:
    """Remove a user."""
    with workspace(ctx.obj) as ws:
        ws.access.users.remove(name)
    if ctx.obj.json:
        print_json({"removed": name})
    else:
        show(_("“{name}” was removed.", name=name))


def _read_password() -> str:
    if sys.stdin.isatty():
        import getpass

        return getpass.getpass(_("Password: "))
    return sys.stdin.readline().rstrip("\r\n")


def _show_user(invocation: Invocation, ws: Workspace, user: User, link: str | None = None) -> None:
    if invocation.json:
        print_json({**user.to_dict(), **({"link": f"/login/link?key={link}"} if link else {})})
        return
    show(_user_table(ws, [user]))
    if link:
        show(_("Log in once within the hour, at the server's address followed by:"), f"/login/link?key={link}")


def _user_table(ws: Workspace, users: list[User]) -> Any:
    from finegrain.access.roles import ROLE_LABELS

    rows = [
        (
            user.name,
            _(ROLE_LABELS[user.role]),
            _("enabled") if user.enabled else _("disabled"),
            _("yes") if user.two_factor else _("no"),
            moment(user.last_login, ws.zone),
        )
        for user in users
    ]
    return table([_("User"), _("Role"), _("State"), _("Second factor"), _("Last login")], rows)
