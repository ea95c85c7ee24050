"""``finegrain catalogue``: the events and properties that have been seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from finegrain.cli.interrupts import stop_if_interrupted
from finegrain.cli.output import moment, number, percent, print_json, show, table
from finegrain.cli.session import progress_bar, workspace
from finegrain.collect.catalogue.words import KIND_NAMES
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finegrain.cli.arguments import Invocation
    from finegrain.collect.catalogue.contract import CataloguedEvent, CataloguedProperty, CatalogueProgress
    from finegrain.workspace import Workspace

Event = Annotated[str | None, typer.Option("--event", metavar="EVENT", help=N_("Show the properties of this event."))]
OfSource = Annotated[str | None, typer.Option("--source", metavar="SOURCE", help=N_("Only what this source sent."))]
Text = Annotated[str, typer.Option("--text", metavar="TEXT", help=N_("Only events whose name contains this."))]
Rebuild = Annotated[bool, typer.Option("--rebuild", help=N_("Forget the catalogue and count every event anew."))]


def catalogue(
    ctx: typer.Context, event: Event = None, source: OfSource = None, text: Text = "", rebuild: Rebuild = False
) -> None:
    """List the events seen, or the properties of one."""
    with workspace(ctx.obj) as ws:
        if rebuild:
            ws.catalogue.rebuild()
        bring_up_to_date(ws)
        if event is None:
            _show_events(ctx.obj, ws, ws.catalogue.events(source, text))
        else:
            _show_properties(ctx.obj, ws, ws.catalogue.event(event, source), ws.catalogue.properties(event, source))


def bring_up_to_date(ws: Workspace) -> None:
    """Count the events that arrived since the last time, with a bar where somebody watches."""
    counting = _("Counting events")
    with progress_bar() as draw:

        def advance(progress: CatalogueProgress) -> None:
            stop_if_interrupted()
            if draw is not None:
                draw(progress.share, counting)

        ws.catalogue.refresh(on_batch=advance)


def _show_events(invocation: Invocation, ws: Workspace, events: list[CataloguedEvent]) -> None:
    progress = ws.catalogue.progress()
    if invocation.json:
        print_json({"events": [each.to_dict() for each in events], "other_events": progress.other_events})
        return
    if not events:
        show(_("No event has been seen; connect a source, or import a file."))
        return
    rows = [
        (each.name, ", ".join(each.sources), number(each.count), number(each.properties), moment(each.last_seen, ws.zone))
        for each in events
    ]
    show(table([_("Event"), _("Sources"), _("Events"), _("Properties"), _("Last received")], rows, numbers=(2, 3)))
    if progress.other_events:
        show(_("{number} further events bear names for which there was no room.", number=number(progress.other_events)))


def _show_properties(invocation: Invocation, ws: Workspace, event: CataloguedEvent, properties: list[CataloguedProperty]) -> None:
    if invocation.json:
        print_json({**event.to_dict(), "properties": [each.to_dict() for each in properties]})
        return
    rows = [
        (each.name, _kinds(each.kinds), percent(each.share), " · ".join(each.examples[:3]), moment(each.last_seen, ws.zone))
        for each in properties
    ]
    title = _("{event}: {number} events", event=event.name, number=number(event.count))
    show(
        table([_("Property"), _("Types"), _("Of the events"), _("Examples"), _("Last received")], rows, title=title, numbers=(2,))
    )


def _kinds(kinds: Mapping[Any, int]) -> str:
    total = sum(kinds.values())
    named = [(_(KIND_NAMES[kind]), count) for kind, count in kinds.items()]
    return named[0][0] if len(named) == 1 else ", ".join(f"{name} {percent(count / total)}" for name, count in named)
