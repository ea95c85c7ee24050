"""``finegrain overview``: the shop's figures of a period against the period before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from finegrain.cli.output import money, number, percent, print_json, show, table
from finegrain.cli.session import waiting, workspace
from finegrain.cli.values import civil_day, whole_number
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from rich.console import RenderableType

    from finegrain.behaviour.overview import OverviewFigures, OverviewResult
    from finegrain.workspace import Workspace

DAYS = 30


def overview(
    ctx: typer.Context,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help=N_("First day of the period."))] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help=N_("Last day of the period; else the last day of the data."))
    ] = None,
    days: Annotated[
        int,
        typer.Option("--days", metavar="N", parser=whole_number("--days", 1), help=N_("Length of the period without --from.")),
    ] = DAYS,
) -> None:
    """Show the figures of a period."""
    with workspace(ctx.obj) as ws, waiting(_("Adding up …")):
        end = civil_day("--to", last) or _last_day(ws)
        start = civil_day("--from", first) or end - timedelta(days=days - 1)
        result = ws.overview(start, end)
    if ctx.obj.json:
        print_json(result.to_dict())
    else:
        show(*_tables(result))


def _tables(result: OverviewResult) -> Iterator[RenderableType]:
    now, before = _cells(result.figures, result.currency), _cells(result.previous, result.currency)
    rows = [(name, now[name], before[name], _delta_text(result.deltas[key])) for key, name in _names().items()]
    title = f"{result.first} – {result.last}"
    yield table([_("Figure"), _("Period"), _("Period before"), _("Change")], rows, title=title, numbers=(1, 2, 3))
    series = result.series
    buckets = zip(series.starts, series.orders, series.revenue_minor, series.active_people, strict=True)
    cells = [
        (str(day), number(orders), money(revenue, result.currency), number(active)) for day, orders, revenue, active in buckets
    ]
    yield table([_("From"), _("Orders"), _("Revenue"), _("Active people")], cells, numbers=(1, 2, 3))


def _names() -> dict[str, str]:
    return {
        "people": _("People"),
        "active_people": _("Active people"),
        "revenue_minor": _("Revenue"),
        "orders": _("Orders"),
        "average_order_value_minor": _("Average order"),
        "repeat_rate": _("Repeat rate"),
    }


def _cells(figures: OverviewFigures, currency: str) -> dict[str, str]:
    rate = figures.repeat_rate
    cells = (
        number(figures.people),
        number(figures.active_people),
        money(figures.revenue_minor, currency),
        number(figures.orders),
        money(figures.average_order_value_minor, currency),
        "–" if rate is None else percent(rate),
    )
    return dict(zip(_names().values(), cells, strict=True))


def _delta_text(delta: float | None) -> str:
    return "–" if delta is None else f"{delta * 100:+.1f}%"


def _last_day(ws: Workspace) -> date:
    return ws.zone.day_of(ws.as_of() - timedelta(microseconds=1))
