"""``finegrain pull``, ``plan DIR`` and ``apply``: definitions as files, so that they live in version control and are reviewed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from finegrain.cli.output import number, print_json, show, table
from finegrain.cli.session import waiting, workspace
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from rich.console import RenderableType

    from finegrain.definitions.contract import Change, PlanResult

DIFFERS = 1
"""The exit code of a plan that would change something, as that of ``diff``; errors end with 2."""
MOST_MOVES = 8
_LONGEST_SHOWN = 60
_WHAT = {"added": N_("added"), "changed": N_("changed"), "removed": N_("removed")}

Folder = Annotated[Path, typer.Argument(metavar="DIR", help=N_("The folder with the files."))]
Prune = Annotated[bool, typer.Option("--prune", help=N_("Take away what the files lack; else it stays."))]


def pull(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=N_("The folder to write into; made where it is missing."))],
    prune: Annotated[
        bool, typer.Option("--prune", help=N_("Remove files that define what the workspace does not have; else they stay."))
    ] = False,
) -> None:
    """Write tier schemes, thresholds, segments, goals and the tracking plan as YAML files."""
    with workspace(ctx.obj) as ws:
        found = ws.definitions.pull(folder, prune=prune)
    if ctx.obj.json:
        print_json(found.to_dict())
        return
    show(_("Wrote {count} files into {folder}.", count=number(len(found.written)), folder=folder))
    if found.removed:
        show(_("Removed: {files}", files=", ".join(found.removed)))
    if found.left:
        show(_("Not in the workspace, and left as they are: {files}", files=", ".join(found.left)))


def plan_definitions(ctx: typer.Context, folder: Folder, prune: Prune = False) -> None:
    """Show what applying a folder would change, and how many people it moves."""
    with workspace(ctx.obj) as ws, waiting(_("Comparing, and finding out whom it moves …")):
        found = ws.definitions.plan(folder, prune=prune)
    if ctx.obj.json:
        print_json(found.to_dict())
    else:
        show(*_planned(found))
        if not found.same:
            show(_("To do exactly this: finegrain apply {folder} --plan {plan}", folder=folder, plan=found.hash))
    if not found.same:
        raise typer.Exit(DIFFERS)


def apply(
    ctx: typer.Context,
    folder: Folder,
    plan: Annotated[
        str, typer.Option("--plan", metavar="HASH", help=N_("Only if it is still the plan that was shown with this hash."))
    ] = "",
    prune: Prune = False,
    yes: Annotated[bool, typer.Option("--yes", help=N_("Do not ask first."))] = False,
) -> None:
    """Bring definitions in from files, all of them or none."""
    with workspace(ctx.obj, create=True) as ws:
        if not (yes or plan or ctx.obj.json):
            with waiting(_("Comparing, and finding out whom it moves …")):
                found = ws.definitions.plan(folder, prune=prune)
            show(*_planned(found))
            if found.same or not typer.confirm(_("Apply this?")):
                return
            plan = found.hash
        with waiting(_("Applying …")):
            done = ws.definitions.apply(folder, plan=plan, prune=prune)
    if ctx.obj.json:
        print_json(done.to_dict())
    else:
        show(_("Applied {count} changes.", count=number(len(done.changes))) if done.changes else _("There is nothing to do."))


def _planned(found: PlanResult) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if found.changes:
        columns = [_("Kind"), _("Name"), _("Change"), _("Field"), _("Before"), _("After")]
        parts.append(table(columns, [row for change in found.changes for row in _rows(change)]))
    else:
        parts.append(_("There is nothing to do."))
    if found.segments:
        rows = [(one.name, *map(number, (one.before, one.after, one.enter, one.leave))) for one in found.segments]
        head = [_("Segment"), _("People before"), _("People after"), _("Enter"), _("Leave")]
        parts.append(table(head, rows, numbers=(1, 2, 3, 4)))
    if found.schemes:
        rows = [
            (scheme.scheme, move.was or "–", move.now or "–", number(move.people))
            for scheme in found.schemes
            for move in scheme.moves[:MOST_MOVES]
        ]
        parts.append(table([_("Tier scheme"), _("From tier"), _("To tier"), _("People")], rows, numbers=(3,)))
    if found.left:
        names = ", ".join(f"{_kind(key.kind)} {key.name}".strip() for key in found.left)
        parts.append(_("Not in the files, and stays without --prune: {names}", names=names))
    return parts


def _rows(change: Change) -> list[tuple[str, ...]]:
    key, what = change.key, _(_WHAT[change.what])
    if not change.fields:
        return [(_kind(key.kind), key.name, what, "", "", "")]
    return [
        (*((_kind(key.kind), key.name, what) if not place else ("", "", "")), one.field, _shown(one.before), _shown(one.after))
        for place, one in enumerate(change.fields)
    ]


def _kind(kind: str) -> str:
    from finegrain.definitions.contract import KIND_NAMES

    return _({str(name): text for name, text in KIND_NAMES.items()}[kind])


def _shown(value: Any) -> str:
    text = "–" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
