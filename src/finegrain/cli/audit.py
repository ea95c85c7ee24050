"""``finegrain audit``: the record of every change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from finegrain.cli.help import Command, Group
from finegrain.cli.output import moment, print_json, show, show_plain, table
from finegrain.cli.session import waiting, workspace
from finegrain.cli.values import whole_number
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.access.contract import AuditEntry
    from finegrain.workspace import Workspace

app = typer.Typer(cls=Group, invoke_without_command=True, rich_markup_mode=None)

TAMPERED = 1
"""Exit code of ``finegrain audit verify`` when the log was changed."""

Text = Annotated[str, typer.Option("--text", metavar="TEXT", help=N_("Only entries whose thing or values contain this."))]
Action = Annotated[str, typer.Option("--action", metavar="ACTION", help=N_("Only actions that begin so, such as user."))]
Who = Annotated[str, typer.Option("--by", metavar="NAME", help=N_("Only what this user, token or account did."))]
Limit = Annotated[
    int, typer.Option("--limit", metavar="N", parser=whole_number("--limit", 1), help=N_("Entries to show at most."))
]


@app.callback(cls=Group)
def root(ctx: typer.Context) -> None:
    """List the newest entries when no command follows."""
    if ctx.invoked_subcommand is None:
        list_entries(ctx)


@app.command("list", cls=Command, help=N_("List entries, the newest first."))
def list_entries(ctx: typer.Context, text: Text = "", action: Action = "", by: Who = "", limit: Limit = 50) -> None:
    """List entries."""
    with workspace(ctx.obj) as ws:
        entries = ws.access.audit.search(text=text, action=action, actor=by, limit=limit)
        if ctx.obj.json:
            print_json({"entries": [entry.to_dict() for entry in entries]})
        elif entries:
            show(_entry_table(ws, entries))
        else:
            show(_("There is no such entry."))


@app.command("export", cls=Command, help=N_("Print every entry, the oldest first, one JSON object a line."))
def export(ctx: typer.Context) -> None:
    """Print every entry."""
    with workspace(ctx.obj) as ws:
        for entry in ws.access.audit.export():
            show_plain(json.dumps(entry.to_dict(), ensure_ascii=False))


@app.command("verify", cls=Command, help=N_("Find out whether the log was changed; if so, exit code 1."))
def verify(ctx: typer.Context) -> None:
    """Find out whether the log was changed."""
    with workspace(ctx.obj) as ws, waiting(_("Verifying")):
        found = ws.access.audit.verify()
    if ctx.obj.json:
        print_json({"entries": found.entries, "whole": found.whole, "broken_at": found.broken_at})
    elif found.whole:
        show(_("All {entries} entries are as they were written.", entries=f"{found.entries:,}"))
    else:
        show(_("The log was changed at entry {entry}.", entry=found.broken_at))
    if not found.whole:
        raise typer.Exit(TAMPERED)


def _entry_table(ws: Workspace, entries: list[AuditEntry]) -> Any:
    rows = [
        (
            str(entry.seq),
            moment(entry.at, ws.zone),
            f"{entry.actor_name} ({entry.address})" if entry.address else entry.actor_name,
            entry.action,
            entry.subject,
            _values(entry.before),
            _values(entry.after),
        )
        for entry in entries
    ]
    return table([_("Number"), _("When"), _("Who"), _("What"), _("Thing"), _("Before"), _("After")], rows)


def _values(values: dict[str, Any] | None) -> str:
    return "–" if values is None else ", ".join(f"{name}={value}" for name, value in values.items())
