"""``finegrain tokens``: the keys of programs that use the API."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from finegrain.cli.help import Command, Group
from finegrain.cli.output import moment, print_json, show, table
from finegrain.cli.session import workspace
from finegrain.cli.values import one_of, whole_number
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.access.contract import Permission, Token
    from finegrain.workspace import Workspace

app = typer.Typer(cls=Group, invoke_without_command=True, rich_markup_mode=None)

SCOPES = ("collect", "query:read", "people:read", "people:write", "dashboard:write", "goal:write", "strategy:write", "admin")

Name = Annotated[str, typer.Argument(metavar="NAME", help=N_("What the token is for."))]
Scope = Annotated[
    list[str],
    typer.Option(
        "--scope",
        metavar="SCOPE",
        parser=one_of(N_("scope"), SCOPES),
        help=N_(
            "collect, query:read, people:read, people:write, dashboard:write, goal:write, strategy:write or admin; "
            "may be repeated."
        ),
    ),
]
Days = Annotated[
    int | None,
    typer.Option("--days", metavar="N", parser=whole_number("--days", 1), help=N_("Days after which it expires; else it stays.")),
]
Number = Annotated[
    int, typer.Argument(metavar="NUMBER", parser=whole_number("NUMBER", 1), help=N_("The number of the token in the list."))
]


@app.callback(cls=Group)
def root(ctx: typer.Context) -> None:
    """List the tokens when no command follows."""
    if ctx.invoked_subcommand is None:
        list_tokens(ctx)


@app.command("list", cls=Command, help=N_("List the tokens."))
def list_tokens(ctx: typer.Context) -> None:
    """List the tokens."""
    with workspace(ctx.obj) as ws:
        tokens = ws.access.tokens.all()
        if ctx.obj.json:
            print_json({"tokens": [token.to_dict() for token in tokens]})
        elif tokens:
            show(_token_table(ws, tokens))
        else:
            show(_("There is no token yet; make one with `finegrain tokens add NAME --scope query:read`."))


@app.command("add", cls=Command, help=N_("Make a token, and show its key this once."))
def add(ctx: typer.Context, name: Name, scope: Scope, days: Days = None) -> None:
    """Make a token."""
    with workspace(ctx.obj, create=True) as ws:
        until = ws.clock.now() + timedelta(days=days) if days else None
        token, key = ws.access.tokens.add(name, cast("list[Permission]", scope), expires_at=until)
    if ctx.obj.json:
        print_json({**token.to_dict(), "key": key})
        return
    show(
        _("The key of “{name}” is:", name=token.name),
        key,
        _("Keep it now; it is stored as a hash only, and cannot be shown again."),
    )


@app.command("revoke", cls=Command, help=N_("Make a token worthless at once."))
def revoke(ctx: typer.Context, number: Number) -> None:
    """Make a token worthless."""
    with workspace(ctx.obj) as ws:
        token = ws.access.tokens.revoke(number)
        if ctx.obj.json:
            print_json(token.to_dict())
        else:
            show(_token_table(ws, [token]))


def _token_table(ws: Workspace, tokens: list[Token]) -> Any:
    rows = [
        (
            str(token.id),
            token.name,
            f"…{token.hint}",
            ", ".join(token.scopes),
            moment(token.expires_at, ws.zone),
            moment(token.last_used, ws.zone),
            moment(token.revoked_at, ws.zone),
        )
        for token in tokens
    ]
    return table([_("Number"), _("Token"), _("Key"), _("Scopes"), _("Expires"), _("Last used"), _("Revoked")], rows)
