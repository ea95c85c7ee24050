"""``finegrain people links``, ``unmerge`` and ``relink``: what makes several ids one person, and taking it apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from finegrain.cli.output import moment, print_json, show, table
from finegrain.cli.session import workspace
from finegrain.cli.values import whole_number
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.people.contract import Edge
    from finegrain.workspace import Workspace

Number = Annotated[int, typer.Argument(metavar="NUMBER", parser=whole_number("NUMBER", 1), help=N_("The number of the link."))]
By = Annotated[str, typer.Option("--by", metavar="NAME", help=N_("Who drops it, for the record."))]


def show_links(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(metavar="ID", help=N_("An id of the person, as it came with the data."))],
) -> None:
    """Show the links of a person."""
    with workspace(ctx.obj) as ws:
        found = ws.people.find(person)
        edges = ws.people.edges(found.id)
        if ctx.obj.json:
            print_json(
                {"person_id": found.id, "ids": list(found.distinct_ids), "links": [_link_dict(ws, edge) for edge in edges]}
            )
        elif edges:
            show(_link_table(ws, edges))
        else:
            show(_("Nothing links other ids to {person}.", person=person))


def unmerge(ctx: typer.Context, number: Number, by: By = "") -> None:
    """Drop a link."""
    with workspace(ctx.obj) as ws:
        dropped = ws.people.unmerge(number, by)
    if ctx.obj.json:
        print_json({"link": number, "dropped": dropped})
    else:
        show(_("Link {number} is dropped.", number=number) if dropped else _("Link {number} was dropped before.", number=number))


def relink(ctx: typer.Context, number: Number) -> None:
    """Take a dropped link up again."""
    with workspace(ctx.obj) as ws:
        restored = ws.people.relink(number)
    if ctx.obj.json:
        print_json({"link": number, "restored": restored})
    else:
        show(_("Link {number} is in force again.", number=number) if restored else _("Link {number} is in force.", number=number))


def _link_dict(ws: Workspace, edge: Edge) -> dict[str, Any]:
    return {
        "link": edge.id,
        "kind": edge.kind,
        "from": edge.from_id,
        "to": edge.to_id,
        "at": edge.at.astimezone(ws.zone.info).isoformat(),
        "last_at": edge.last_at.astimezone(ws.zone.info).isoformat(),
        "source": edge.source,
        "message_id": edge.message_id,
        "dropped_at": edge.dropped_at.astimezone(ws.zone.info).isoformat() if edge.dropped_at else None,
        "dropped_by": edge.dropped_by,
    }


def _link_table(ws: Workspace, edges: list[Edge]) -> Any:
    columns = [_("Number"), _("Said by"), _("Id"), _("Linked to"), _("First said"), _("Last said"), _("Source"), _("Dropped")]
    rows = [
        (
            str(edge.id),
            edge.kind,
            edge.from_id,
            edge.to_id,
            moment(edge.at, ws.zone),
            moment(edge.last_at, ws.zone),
            edge.source or "–",
            f"{moment(edge.dropped_at, ws.zone)} {edge.dropped_by}".strip() if edge.dropped_at else "–",
        )
        for edge in edges
    ]
    return table(columns, rows, numbers=(0,))
