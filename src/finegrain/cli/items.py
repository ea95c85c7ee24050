"""``finegrain items``: the records of things that SDKs set and delete."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from finegrain.cli.help import Command, Group
from finegrain.cli.output import moment, number, print_json, show, table
from finegrain.cli.session import workspace
from finegrain.cli.values import whole_number
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from finegrain.collect.items.contract import Item
    from finegrain.workspace import Workspace

app = typer.Typer(cls=Group, invoke_without_command=True, rich_markup_mode=None)

TypeOption = Annotated[str | None, typer.Option("--type", metavar="TYPE", help=N_("Only items of this type."))]
Text = Annotated[str, typer.Option("--text", metavar="TEXT", help=N_("Only items in whose id or values this stands."))]
Deleted = Annotated[bool, typer.Option("--deleted", help=N_("List those that were deleted instead."))]
Limit = Annotated[int, typer.Option("--limit", metavar="N", parser=whole_number("--limit", 1), help=N_("At most so many items."))]
Type = Annotated[str, typer.Argument(metavar="TYPE", help=N_("The type of the item."))]
Id = Annotated[str, typer.Argument(metavar="ID", help=N_("The id of the item."))]
_WIDEST = 80


@app.callback(cls=Group)
def root(
    ctx: typer.Context,
    type: TypeOption = None,  # noqa: A002 - the option's name
    text: Text = "",
    deleted: Deleted = False,
    limit: Limit = 20,
) -> None:
    """List the items when no command follows."""
    if ctx.invoked_subcommand is None:
        list_items(ctx, type, text, deleted, limit)


@app.command("list", cls=Command, help=N_("List the items by type and id."))
def list_items(
    ctx: typer.Context,
    type: TypeOption = None,  # noqa: A002 - the option's name
    text: Text = "",
    deleted: Deleted = False,
    limit: Limit = 20,
) -> None:
    """List the items."""
    with workspace(ctx.obj) as ws:
        types, found = ws.items.types(), ws.items.list(type, text, deleted=deleted, limit=limit)
        total = ws.items.count(type, text, deleted=deleted)
        if ctx.obj.json:
            print_json({"types": types, "total": total, "items": [item.to_dict() for item in found]})
        else:
            show(*_listed(ws, types, found))


@app.command("show", cls=Command, help=N_("Show one item with all of its values."))
def show_item(ctx: typer.Context, type: Type, id: Id) -> None:  # noqa: A002 - the arguments' names
    """Show one item."""
    with workspace(ctx.obj) as ws:
        item = ws.items.get(type, id)
        if ctx.obj.json:
            print_json(item.to_dict())
        else:
            head = [
                (_("Item"), f"{item.type}/{item.id}"),
                (_("Set at"), moment(item.set_at, ws.zone)),
                (_("Source"), item.source),
            ]
            rows = [*head, *((name, _written(value)) for name, value in item.values.items())]
            show(table([_("Field"), _("Value set")], rows), *([_("It was deleted.")] if item.deleted else []))


def _listed(ws: Workspace, types: Mapping[str, int], found: Sequence[Item]) -> list[RenderableType]:
    if not types and not found:
        return [_("There is no item.")]
    counts = table([_("Type"), _("Items")], [(name, number(count)) for name, count in types.items()], numbers=[1])
    rows = [(item.type, item.id, _short(item.values), item.source, moment(item.set_at, ws.zone)) for item in found]
    return [counts, table([_("Type"), _("Id"), _("Values"), _("Source"), _("Set at")], rows)]


def _short(values: dict[str, Any]) -> str:
    text = ", ".join(f"{name}={_written(value)}" for name, value in values.items())
    return text if len(text) <= _WIDEST else text[:_WIDEST] + "…"


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
