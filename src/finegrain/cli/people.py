"""``finegrain people``: the list of people, and everything that is known of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from finegrain.cli import links
from finegrain.cli.help import Command, Group
from finegrain.cli.output import moment, money, number, print_json, show, table
from finegrain.cli.session import waiting, workspace
from finegrain.cli.tiers import AsOf
from finegrain.cli.values import assignments, one_of, whole_number
from finegrain.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from finegrain.audience.directory import PeoplePage, PersonRow, SortKey
    from finegrain.cli.profile import Profile
    from finegrain.workspace import Workspace

app = typer.Typer(cls=Group, invoke_without_command=True, rich_markup_mode=None)

SORTS = ("last_event", "revenue", "purchases", "last_purchase", "known_since", "id")


@app.callback(cls=Group)
def root(ctx: typer.Context) -> None:
    """List people when no command follows."""
    if ctx.invoked_subcommand is None:
        list_people(ctx)


@app.command("list", cls=Command, help=N_("List people: searched, filtered by tiers, sorted."))
def list_people(
    ctx: typer.Context,
    search: Annotated[str, typer.Option("--search", metavar="TEXT", help=N_("Part of an id or of a trait."))] = "",
    tier: Annotated[
        list[str] | None,
        typer.Option("--tier", metavar="SCHEME=KEY", help=N_("Only people in this tier, such as rfm=champions.")),
    ] = None,
    sort: Annotated[
        str,
        typer.Option(
            "--sort",
            metavar="FIGURE",
            parser=one_of(N_("figure to sort by"), SORTS),
            help=N_("last_event, revenue, purchases, last_purchase, known_since or id."),
        ),
    ] = "last_event",
    ascending: Annotated[bool, typer.Option("--ascending", help=N_("Least first."))] = False,
    page: Annotated[int, typer.Option("--page", metavar="N", parser=whole_number("--page", 1), help=N_("Which page."))] = 1,
    per_page: Annotated[
        int, typer.Option("--per-page", metavar="N", parser=whole_number("--per-page", 1), help=N_("People a page."))
    ] = 25,
    as_of: AsOf = None,
) -> None:
    """List people."""
    wanted = assignments("--tier", tier or (), "rfm=champions")
    with workspace(ctx.obj) as ws:
        with waiting(_("Looking for people …")):
            found = ws.directory.search(
                search,
                as_of=ws.as_of(as_of),
                tiers=wanted,
                sort=cast("SortKey", sort),
                descending=not ascending,
                page=page,
                per_page=per_page,
            )
        if ctx.obj.json:
            print_json(
                {"total": found.total, "page": page, "per_page": per_page, "people": [_row_dict(ws, row) for row in found.rows]}
            )
        else:
            show(_people_table(ws, found))


def _row_dict(ws: Workspace, row: PersonRow) -> dict[str, Any]:
    return {
        "person_id": row.person_id,
        "id": row.display_id,
        "name": row.name,
        "purchases": row.purchases,
        "revenue": _major(row.revenue_minor, ws.currency),
        "average_order_value": _major(row.average_order_value_minor, ws.currency),
        "first_purchase": _iso(row.first_purchase, ws),
        "last_purchase": _iso(row.last_purchase, ws),
        "last_event": _iso(row.last_event, ws),
        "known_since": _iso(row.known_since, ws),
    }


def _major(amount_minor: int | None, currency: str) -> float | None:
    from finegrain.money import Money

    return None if amount_minor is None else float(Money(currency, amount_minor).major)


def _iso(instant: Any, ws: Workspace) -> str | None:
    return None if instant is None else instant.astimezone(ws.zone.info).isoformat()


def _people_table(ws: Workspace, found: PeoplePage) -> Any:
    rows = [
        (
            row.display_id,
            row.name or "–",
            number(row.purchases),
            money(row.revenue_minor, ws.currency),
            money(row.average_order_value_minor, ws.currency),
            moment(row.last_purchase, ws.zone),
            moment(row.last_event, ws.zone),
        )
        for row in found.rows
    ]
    columns = [_("Id"), _("Name"), _("Orders"), _("Revenue"), _("Average order"), _("Last order"), _("Last event")]
    total, page = number(found.total), found.page
    title = ngettext("{total} person · page {page}", "{total} people · page {page}", found.total, total=total, page=page)
    return table(columns, rows, title=title, numbers=(2, 3, 4))


@app.command("show", cls=Command, help=N_("Show one person: ids, traits, tiers with the reason, newest events."))
def show_person(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(metavar="ID", help=N_("An id of the person, as it came with the data."))],
    events: Annotated[
        int, typer.Option("--events", metavar="N", parser=whole_number("--events"), help=N_("How many of the newest events."))
    ] = 10,
    as_of: AsOf = None,
) -> None:
    """Show one person."""
    from finegrain.cli import profile

    with workspace(ctx.obj) as ws:
        with waiting(_("Looking at {person} …", person=person)):
            known = _profile(ws, person, events, as_of)
        if ctx.obj.json:
            print_json(profile.as_dict(ws, known, _row_dict(ws, known.row)))
        else:
            show(*profile.rendered(ws, known))


def _profile(ws: Workspace, distinct_id: str, events: int, as_of: str | None) -> Profile:
    from finegrain.cli.profile import Profile

    found, when = ws.people.find(distinct_id), ws.as_of(as_of)
    explained = [ws.tiers(scheme, when).explain(found.id) for scheme in ws.tiering.names()]
    timeline = ws.events.timeline(ws.people.spans(found.id), limit=events) if events else []
    return Profile(found, ws.directory.row(found.id, as_of=when), tuple(explained), tuple(timeline))


for name, help_, run in (
    ("links", N_("Show the links that make the ids of a person one: how and when each was said."), links.show_links),
    ("unmerge", N_("Drop a link: its ids are two people again, with their events and traits."), links.unmerge),
    ("relink", N_("Take a dropped link up again."), links.relink),
):
    app.command(name, cls=Command, help=help_)(run)
