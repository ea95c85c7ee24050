"""``finegrain mappings`` and ``imports``: what imports leave behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from finegrain.cli.help import Command, Group
from finegrain.cli.output import moment, number, print_json, show, table
from finegrain.cli.previews import mapping_table
from finegrain.cli.session import workspace
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from finegrain.collect.imports.contract import ImportRecord
    from finegrain.collect.mapping.contract import Mapping
    from finegrain.workspace import Workspace

mappings = typer.Typer(cls=Group, invoke_without_command=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="NAME", help=N_("The name under which it was saved."))]


@mappings.callback(cls=Group)
def root(ctx: typer.Context) -> None:
    """List the saved mappings when no command follows."""
    if ctx.invoked_subcommand is None:
        list_mappings(ctx)


@mappings.command("list", cls=Command, help=N_("List the saved mappings."))
def list_mappings(ctx: typer.Context) -> None:
    """List the saved mappings."""
    with workspace(ctx.obj) as ws:
        found = ws.imports.mappings()
    if ctx.obj.json:
        print_json({"mappings": [{"name": saved.name, **saved.mapping.to_dict()} for saved in found]})
        return
    rows = [(saved.name, saved.mapping.kind, _columns_text(saved.mapping)) for saved in found]
    show(table([_("Mapping"), _("Kind"), _("Columns")], rows))


def _columns_text(mapping: Mapping) -> str:
    return ", ".join(f"{field}={column}" for field, column in mapping.columns.items())


@mappings.command("show", cls=Command, help=N_("Show one saved mapping."))
def show_mapping(ctx: typer.Context, name: Name) -> None:
    """Show one saved mapping."""
    with workspace(ctx.obj) as ws:
        mapping = ws.imports.mapping(name)
    if ctx.obj.json:
        print_json({"name": name, **mapping.to_dict()})
    else:
        show(mapping_table(mapping))


@mappings.command("delete", cls=Command, help=N_("Delete one saved mapping."))
def delete_mapping(ctx: typer.Context, name: Name) -> None:
    """Delete one saved mapping."""
    with workspace(ctx.obj) as ws:
        ws.imports.delete_mapping(name)
    if ctx.obj.json:
        print_json({"deleted": name})
    else:
        show(_("Deleted the mapping “{name}”.", name=name))


def imports(ctx: typer.Context) -> None:
    """List past imports."""
    with workspace(ctx.obj) as ws:
        history = ws.imports.history()
        if ctx.obj.json:
            print_json({"imports": [_record_dict(ws, record) for record in history]})
        else:
            show(_history_table(ws, history))


def _record_dict(ws: Workspace, record: ImportRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "kind": record.kind,
        "status": record.status,
        "files": list(record.files),
        "mapping": record.mapping.to_dict(),
        "summary": record.summary,
        "started_at": record.started_at.astimezone(ws.zone.info).isoformat(),
        "finished_at": record.finished_at.astimezone(ws.zone.info).isoformat(),
    }


def _history_table(ws: Workspace, history: Sequence[ImportRecord]) -> RenderableType:
    rows = [
        (
            str(record.id),
            moment(record.started_at, ws.zone),
            record.kind,
            ", ".join(record.files) or _("replay of refused rows"),
            number(record.summary["rows"]),
            number(record.summary["accepted"]),
            number(sum(record.summary["rejected"].values())),
        )
        for record in history
    ]
    columns = [_("Import"), _("When"), _("Kind"), _("Files"), _("Rows"), _("Accepted"), _("Refused")]
    return table(columns, rows, numbers=(4, 5, 6))
