"""``finegrain history``: who was in segments and tiers on past days, and how they moved."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from finegrain.cli.help import Command, Group
from finegrain.cli.output import number, print_json, show, table
from finegrain.cli.session import waiting, workspace
from finegrain.cli.tiers import SCHEME_HELP, AsOf
from finegrain.cli.values import civil_day
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from datetime import date

    from rich.console import RenderableType

    from finegrain.audience.history.contract import DaySize, FlowResult
    from finegrain.workspace import Workspace

app = typer.Typer(cls=Group, no_args_is_help=True, rich_markup_mode=None)

SHOWN_DAYS = 30

What = Annotated[
    str,
    typer.Argument(metavar="WHAT", help=N_("A segment, a tier such as rfm/important_value, or a scheme such as rfm.")),
]
First = Annotated[
    str | None, typer.Option("--first", metavar="DAY", help=N_("The first civil day; else 29 days before the last."))
]
Last = Annotated[str | None, typer.Option("--last", metavar="DAY", help=N_("The last civil day, included; else today."))]


@app.command("sizes", cls=Command, help=N_("Tell how many people were in it by day, and how many came and left."))
def sizes(ctx: typer.Context, what: What, first: First = None, last: Last = None) -> None:
    """Tell sizes by day."""
    with workspace(ctx.obj) as ws:
        found = ws.history.sizes(what, *_days(ws, first, last))
        if ctx.obj.json:
            print_json(found.to_dict())
            return
        rows = [_row(series.name, day) for series in found.series for day in series.days]
        columns = [_("Name"), _("Day"), _("People"), _("Came"), _("Left"), _("Remark")]
        show(table(columns, rows, numbers=[2, 3, 4]) if rows else _("Nothing is kept of these days."))


def _row(name: str, day: DaySize) -> tuple[str, ...]:
    came, left = ("–" if one is None else number(one) for one in (day.entered, day.left))
    remarks = [_("computed afterwards")] * day.filled + [_("defined anew")] * day.changed
    return name, day.day.isoformat(), number(day.size), came, left, _(", ").join(remarks)


@app.command("people", cls=Command, help=N_("List who was in it at the end of a day."))
def people(
    ctx: typer.Context,
    what: What,
    day: Annotated[str, typer.Argument(metavar="DAY", help=N_("The civil day."))],
) -> None:
    """List the people of a past day."""
    with workspace(ctx.obj) as ws:
        asked = civil_day("DAY", day)
        assert asked is not None  # noqa: S101 - an argument is there
        found = ws.people.many(ws.history.members(what, asked))
        if ctx.obj.json:
            print_json({"people": [{"id": one.display_id, "name": one.name} for one in found]})
        else:
            show(table([_("Id"), _("Name")], [(one.display_id, one.name) for one in found]))


@app.command("flow", cls=Command, help=N_("Tell who went from which tier to which between two days."))
def flow(
    ctx: typer.Context,
    scheme: Annotated[str, typer.Argument(metavar="SCHEME", help=SCHEME_HELP)],
    first: First = None,
    last: Last = None,
) -> None:
    """Tell a flow."""
    with workspace(ctx.obj) as ws:
        found = ws.history.flow(scheme, *_days(ws, first, last))
        if ctx.obj.json:
            print_json(found.to_dict())
        else:
            show(*_shown(found))


def _shown(found: FlowResult) -> list[RenderableType]:
    names = {**{key: _(name) for key, name in found.names.items()}, "": _("not there")}
    rows = [(names[was], *(number(people) for people in row)) for was, row in zip(found.keys, found.counts, strict=True)]
    head = [_("From \\ to"), *(names[key] for key in found.keys)]
    return [table(head, rows, numbers=list(range(1, len(head)))), found.report()]


@app.command("keep", cls=Command, help=N_("Keep who is in which segment and tier now, as the server does every minute."))
def keep(ctx: typer.Context, as_of: AsOf = None) -> None:
    """Keep the present state."""
    with workspace(ctx.obj) as ws:
        with waiting(_("Looking for people …")):
            found = ws.history.keep(ws.as_of(as_of))
        if ctx.obj.json:
            print_json(found.to_dict())
        else:
            facts = {"day": found.day.isoformat(), "written": number(len(found.written)), "same": number(found.same)}
            show(_("{day}: {written} segments and schemes were written, {same} had not changed.", **facts))


@app.command("fill", cls=Command, help=N_("Compute past days of which nothing is kept: rules with the traits of today."))
def fill(ctx: typer.Context, first: First = None, last: Last = None) -> None:
    """Fill past days."""
    with workspace(ctx.obj) as ws:
        until = civil_day("--last", last) or ws.zone.day_of(ws.as_of() - timedelta(microseconds=1)) - timedelta(days=1)
        with waiting(_("Looking for people …")):
            found = ws.history.fill(*_days(ws, first, until.isoformat()))
        if ctx.obj.json:
            print_json(found.to_dict())
        else:
            show(_("{days} days were computed.", days=number(found.days)))


def _days(ws: Workspace, first: str | None, last: str | None) -> tuple[date, date]:
    today = ws.zone.day_of(ws.as_of() - timedelta(microseconds=1))
    until: Any = civil_day("--last", last) or today
    return civil_day("--first", first) or until - timedelta(days=SHOWN_DAYS - 1), until
