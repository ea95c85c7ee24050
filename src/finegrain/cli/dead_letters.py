"""``finegrain dead-letters``: the rows that imports refused, and the items of requests that the collector refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from finegrain.cli.help import Command, Group
from finegrain.cli.importing import Map, MappingName, RefundPrefix, Rows, TimeFormat
from finegrain.cli.output import moment, number, print_json, show, table
from finegrain.cli.previews import summary_table
from finegrain.cli.session import waiting, workspace
from finegrain.cli.values import assignments, one_of, whole_number
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from rich.console import RenderableType

    from finegrain.collect.imports.contract import DeadLetter, ImportSummary
    from finegrain.collect.mapping.contract import Mapping
    from finegrain.collect.pipeline.letters import LetterStatus, RefusedLetter
    from finegrain.collect.pipeline.refused import ReplayResult
    from finegrain.workspace import Workspace

_ALL = 2**31 - 1
KINDS = ("rows", "items")
STATES = ("open", "replayed", "discarded")

app = typer.Typer(cls=Group, invoke_without_command=True, rich_markup_mode=None)

Of = Annotated[
    str | None,
    typer.Option(
        "--of",
        metavar="rows|items",
        parser=one_of(N_("kind of dead letters"), KINDS),
        help=N_("Only rows of imports, or only items of requests; else both."),
    ),
]
Import = Annotated[
    int | None, typer.Option("--import", metavar="ID", parser=whole_number("--import", 1), help=N_("Only rows of this import."))
]
Source = Annotated[str | None, typer.Option("--source", metavar="NAME", help=N_("Only items that this source sent."))]
Reason = Annotated[
    str | None, typer.Option("--reason", metavar="REASON", help=N_("Only what was refused for this reason, such as no_person."))
]
State = Annotated[
    str,
    typer.Option(
        "--status",
        metavar="STATUS",
        parser=one_of(N_("state"), STATES),
        help=N_("Items that are open, replayed or discarded; rows are always open ones."),
    ),
]
Limit = Annotated[
    int, typer.Option("--limit", metavar="N", parser=whole_number("--limit", 1), help=N_("At most so many of each."))
]
Id = Annotated[
    int, typer.Argument(metavar="ID", parser=whole_number("ID", 1), help=N_("The number of an item, as the list shows it."))
]
Ids = Annotated[
    list[int],
    typer.Argument(metavar="ID", parser=whole_number("ID", 1), help=N_("The numbers of items, as the list shows them.")),
]
ItemIds = Annotated[
    list[int] | None, typer.Option("--id", metavar="ID", parser=whole_number("--id", 1), help=N_("Only the item of this number."))
]


@app.callback(cls=Group)
def root(
    ctx: typer.Context,
    of: Of = None,
    reason: Reason = None,
    import_id: Import = None,
    source: Source = None,
    status: State = "open",
    limit: Limit = 20,
) -> None:
    """List the dead letters when no command follows."""
    if ctx.invoked_subcommand is None:
        list_dead_letters(ctx, of, reason, import_id, source, status, limit)


@app.command("list", cls=Command, help=N_("List what was refused: rows in the order of reading, items the newest first."))
def list_dead_letters(
    ctx: typer.Context,
    of: Of = None,
    reason: Reason = None,
    import_id: Import = None,
    source: Source = None,
    status: State = "open",
    limit: Limit = 20,
) -> None:
    """List the dead letters."""
    state = cast("LetterStatus", status)
    with workspace(ctx.obj) as ws:
        kinds = _with_reason(ws, _kinds(of, rows=import_id is not None, items=bool(source) or status != "open"), reason)
        counts, letters = ({}, []) if "rows" not in kinds else _rows(ws, import_id, reason, limit)
        items = [] if "items" not in kinds else ws.refused.list(source, reason, state, limit)
        if ctx.obj.json:
            print_json({**_rows_dict(ws, counts, letters), "refused_items": _items_dict(ws, source, items)})
        else:
            shown = [*_row_tables(ws, counts, letters), *_item_tables(ws, source, items)]
            show(*(shown or [_("No row is refused.")]))


@app.command("show", cls=Command, help=N_("Show one refused item of a request as it was sent."))
def show_item(ctx: typer.Context, item_id: Id) -> None:
    """Show one refused item."""
    with workspace(ctx.obj) as ws:
        letter = ws.refused.get(item_id)
        if ctx.obj.json:
            print_json(_item_dict(ws, letter))
        else:
            show(_letter_table(ws, [letter]), letter.raw)


@app.command("discard", cls=Command, help=N_("Put refused items aside for good; they stay readable."))
def discard(ctx: typer.Context, ids: Ids) -> None:
    """Discard refused items."""
    with workspace(ctx.obj) as ws:
        discarded = ws.refused.discard(ids)
    if ctx.obj.json:
        print_json({"discarded": discarded})
    else:
        show(_("Discarded: {count}", count=number(discarded)))


@app.command(
    "replay", cls=Command, help=N_("Read refused rows again under a corrected mapping, and refused items by today's rules.")
)
def replay(
    ctx: typer.Context,
    of: Of = None,
    import_id: Import = None,
    source: Source = None,
    reason: Reason = None,
    ids: ItemIds = None,
    columns: Map = None,
    mapping: MappingName = None,
    refund_prefix: RefundPrefix = None,
    rows: Rows = None,
    time_format: TimeFormat = None,
) -> None:
    """Replay dead letters of both kinds, unless an option belongs to one of them alone."""
    changes = {"refund_prefix": refund_prefix, "granularity": rows, "time_format": time_format}
    of_rows = bool(import_id or columns or mapping or any(changes.values()))
    summary = result = None
    with workspace(ctx.obj) as ws, waiting(_("Reading again …")):
        kinds = _with_reason(ws, _kinds(of, rows=of_rows, items=bool(source or ids)), reason)
        if "rows" in kinds and (of_rows or of == "rows" or ws.imports.history(limit=1)):
            given = assignments("--map", columns or (), "person=UserID")
            base = ws.imports.mapping(mapping) if mapping else _mapping_of(ws, import_id, reason, given)
            corrected = _corrected(base, given, changes)
            summary = ws.imports.replay(corrected, import_id=import_id, reason=reason)
        if "items" in kinds:
            result = ws.refused.replay(ids or None, source, reason)
    _show_replay(summary, result, as_json=ctx.obj.json)


def _kinds(of: str | None, *, rows: bool, items: bool) -> tuple[str, ...]:
    if of is not None:
        return (of,)
    return ("rows",) if rows and not items else ("items",) if items and not rows else KINDS


def _with_reason(ws: Workspace, kinds: Sequence[str], reason: str | None) -> Collection[str]:
    from finegrain.collect.imports.reasons import REASONS
    from finegrain.errors import UnknownNameError

    if reason is None:
        return kinds
    known = {"rows": REASONS, "items": ws.refused.known_reasons()}
    allowed = dict.fromkeys(name for kind in kinds for name in known[kind])
    if reason not in allowed:
        raise UnknownNameError(kind=_("reason"), name=reason, allowed=", ".join(allowed))
    return [kind for kind in kinds if reason in known[kind]]


def _rows(ws: Workspace, import_id: int | None, reason: str | None, limit: int) -> tuple[dict[str, int], list[DeadLetter]]:
    counts = ws.imports.dead_letter_counts(import_id)
    return counts, ws.imports.dead_letters(import_id=import_id, reason=reason, limit=limit)


def _rows_dict(ws: Workspace, counts: dict[str, int], letters: Sequence[DeadLetter]) -> dict[str, Any]:
    listed = [_row_dict(ws, letter) for letter in letters]
    return {"total": sum(counts.values()), "reasons": counts, "dead_letters": listed}


def _row_dict(ws: Workspace, letter: DeadLetter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "import": letter.import_id,
        "file": letter.file,
        "line": letter.line,
        "reason": letter.reason,
        "detail": letter.detail,
        "raw": letter.raw,
        "refused_at": letter.refused_at.astimezone(ws.zone.info).isoformat(),
    }


def _items_dict(ws: Workspace, source: str | None, items: Sequence[RefusedLetter]) -> dict[str, Any]:
    reasons = ws.refused.reasons(source)
    return {"total": sum(reasons.values()), "reasons": reasons, "items": [_item_dict(ws, item) for item in items]}


def _item_dict(ws: Workspace, letter: RefusedLetter) -> dict[str, Any]:
    closed_at = letter.closed_at.astimezone(ws.zone.info).isoformat() if letter.closed_at else None
    return {
        "id": letter.id,
        "source": letter.source,
        "format": letter.format,
        "reason": letter.reason,
        "detail": letter.detail,
        "raw": letter.raw,
        "received_at": letter.received_at.astimezone(ws.zone.info).isoformat(),
        "status": letter.status,
        "closed_at": closed_at,
    }


def _row_tables(ws: Workspace, counts: dict[str, int], letters: Sequence[DeadLetter]) -> list[RenderableType]:
    if not counts:
        return []
    from finegrain.collect.imports.reasons import reason_name

    by_reason = [(reason, reason_name(reason), number(count)) for reason, count in counts.items()]
    rows = [
        (str(item.import_id), f"{item.file}:{item.line}", item.reason, item.detail, moment(item.refused_at, ws.zone))
        for item in letters
    ]
    return [
        table([_("Reason"), _("Meaning"), _("Rows")], by_reason, numbers=[2]),
        table([_("Import"), _("File and line"), _("Reason"), _("Detail"), _("Refused at")], rows),
    ]


def _item_tables(ws: Workspace, source: str | None, items: Sequence[RefusedLetter]) -> list[RenderableType]:
    reasons = ws.refused.reasons(source)
    if not items and not reasons:
        return []
    from finegrain.collect.wire.reasons import reason_name

    by_reason = [(reason, reason_name(reason), number(count)) for reason, count in reasons.items()]
    return [table([_("Reason"), _("Meaning"), _("Items")], by_reason, numbers=[2]), _letter_table(ws, items)]


def _letter_table(ws: Workspace, items: Sequence[RefusedLetter]) -> RenderableType:
    rows = [(str(item.id), item.source, item.reason, item.detail, moment(item.received_at, ws.zone)) for item in items]
    return table([_("Item"), _("Source"), _("Reason"), _("Detail"), _("Received at")], rows)


def _show_replay(summary: ImportSummary | None, result: ReplayResult | None, *, as_json: bool) -> None:
    if as_json:
        print_json({**(summary.to_dict() if summary else {}), **({"items": result.to_dict()} if result else {})})
        return
    shown: list[RenderableType] = [] if summary is None else [summary_table(summary)]
    if result is not None and (summary is None or result.taken or result.still_refused):
        rows = [(number(result.taken), number(result.stored), number(result.still_refused))]
        shown.append(table([_("Items taken"), _("Events stored"), _("Items still refused")], rows, numbers=(0, 1, 2)))
    show(*shown)


def _mapping_of(ws: Workspace, import_id: int | None, reason: str | None, fields: Collection[str]) -> Mapping:
    from finegrain.collect.imports.errors import UnknownImportError
    from finegrain.collect.mapping.contract import FIELDS

    matching = [record for record in ws.imports.history(limit=_ALL) if import_id in (None, record.id)]
    if not matching:
        raise UnknownImportError(import_id=import_id or 1)
    # The newest import may have refused nothing of the kind, and may be one of people where the rows to replay are orders.
    fitting = [each for each in matching if set(fields) <= {field.name for field in FIELDS[each.kind]}] or matching
    counts = ((each, ws.imports.dead_letter_counts(each.id)) for each in fitting)
    return next((each for each, found in counts if (reason in found if reason else found)), fitting[0]).mapping


def _corrected(mapping: Mapping, columns: dict[str, str], changes: dict[str, Any]) -> Mapping:
    given = {name: value for name, value in changes.items() if value is not None}
    return replace(mapping, columns={**mapping.columns, **columns}, **given)
