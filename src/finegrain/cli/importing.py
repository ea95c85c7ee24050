"""``finegrain import orders|events|people``: shows what was guessed, then imports."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from finegrain.cli.help import Command, Group
from finegrain.cli.output import print_json, show
from finegrain.cli.session import import_progress, waiting, workspace
from finegrain.cli.values import assignments, one_of
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.cli.arguments import Invocation
    from finegrain.collect.mapping.contract import ImportKind, ImportPreview
    from finegrain.workspace import Workspace

app = typer.Typer(cls=Group, no_args_is_help=True, rich_markup_mode=None)

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE", help=N_("CSV, TSV, JSON Lines, Parquet or XLSX, plain or gzip; read in this order.")),
]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help=N_("Take this field from this column instead of the guessed one.")),
]
MappingName = Annotated[
    str | None, typer.Option("--mapping", metavar="NAME", help=N_("Start from the mapping saved under this name."))
]
SaveMapping = Annotated[
    str | None, typer.Option("--save-mapping", metavar="NAME", help=N_("Save the mapping that is used under this name."))
]
TimeFormat = Annotated[
    str | None,
    typer.Option(
        "--time-format",
        metavar="FORMAT",
        help=N_("How the time column is read: auto, a pattern such as %d/%m/%Y %H:%M, epoch_s, epoch_ms or excel."),
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=N_("Do not ask before the import."))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=N_("Show what would be read, and import nothing."))]
RefundPrefix = Annotated[
    str | None,
    typer.Option("--refund-prefix", metavar="PREFIX", help=N_("Order ids that start with this are cancellations or refunds.")),
]
Rows = Annotated[
    str | None,
    typer.Option(
        "--rows",
        metavar="order|line",
        parser=one_of(N_("kind of rows"), ("order", "line")),
        help=N_("Whether one row is a whole order or one line of it; guessed when not given."),
    ),
]


@app.command("orders", cls=Command, help=N_("Import orders, one row an order or one row a line of it."))
def orders(
    ctx: typer.Context,
    files: Files,
    columns: Map = None,
    mapping: MappingName = None,
    save_mapping: SaveMapping = None,
    refund_prefix: RefundPrefix = None,
    rows: Rows = None,
    time_format: TimeFormat = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Import orders."""
    options = {"refund_prefix": refund_prefix, "granularity": rows, "time_format": time_format}
    run_import(ctx.obj, "orders", files, _reading(columns, mapping, **options), save_mapping, yes=yes, dry_run=dry_run)


@app.command("events", cls=Command, help=N_("Import events: who did what, and when."))
def events(
    ctx: typer.Context,
    files: Files,
    columns: Map = None,
    mapping: MappingName = None,
    save_mapping: SaveMapping = None,
    time_format: TimeFormat = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Import events."""
    run_import(
        ctx.obj, "events", files, _reading(columns, mapping, time_format=time_format), save_mapping, yes=yes, dry_run=dry_run
    )


@app.command("people", cls=Command, help=N_("Import people and their traits."))
def people(
    ctx: typer.Context,
    files: Files,
    columns: Map = None,
    mapping: MappingName = None,
    save_mapping: SaveMapping = None,
    time_format: TimeFormat = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Import people."""
    run_import(
        ctx.obj, "people", files, _reading(columns, mapping, time_format=time_format), save_mapping, yes=yes, dry_run=dry_run
    )


def _reading(columns: list[str] | None, mapping: str | None, **options: Any) -> dict[str, Any]:
    overrides = assignments("--map", columns or (), "person=UserID")
    given = {name: value for name, value in options.items() if value is not None}
    return {"columns": overrides or None, "mapping_name": mapping, **given}


def run_import(
    invocation: Invocation,
    kind: ImportKind,
    files: list[Path],
    options: dict[str, Any],
    save_as: str | None,
    *,
    yes: bool,
    dry_run: bool,
) -> None:
    """Preview, ask where somebody is there to answer, import, and show the summary."""
    with workspace(invocation, create=True, tentative=True) as ws:
        with waiting(_("Looking at {file} …", file=files[0])):
            preview = ws.imports.preview(files[0], kind, **options)
        _show_preview(invocation, preview, dry_run=dry_run)
        if dry_run or not (yes or _agreed(invocation)):
            return
        if save_as:
            ws.imports.save_mapping(save_as, preview.mapping)
        _import(invocation, ws, files, preview)


def _show_preview(invocation: Invocation, preview: ImportPreview, *, dry_run: bool) -> None:
    from finegrain.cli import previews

    if not invocation.json:
        show(*previews.rendered(preview))
    elif dry_run:
        print_json(previews.as_dict(preview))


def _agreed(invocation: Invocation) -> bool:
    if invocation.json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return True
    return bool(typer.confirm(_("Import these rows?"), default=True))


def _import(invocation: Invocation, ws: Workspace, files: list[Path], preview: ImportPreview) -> None:
    from finegrain.cli import previews

    with import_progress() as progress:
        summary = ws.imports.run(files, preview.mapping.kind, preview.mapping, progress=progress)
    if invocation.json:
        print_json(summary.to_dict())
    else:
        show(previews.summary_table(summary))
