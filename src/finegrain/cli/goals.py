"""``finegrain goals``: what is to be reached by whom, how far it is, and where it is heading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from finegrain.cli.goal_tables import board_table, money_minor, shown_goal, suggestion_table, target_of
from finegrain.cli.help import Command, Group
from finegrain.cli.output import print_json, show
from finegrain.cli.queries.conditions import read_condition
from finegrain.cli.session import waiting, workspace
from finegrain.cli.tiers import SCHEME_HELP, AsOf
from finegrain.cli.values import civil_day, one_of, whole_number
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from datetime import date


app = typer.Typer(cls=Group, invoke_without_command=True, rich_markup_mode=None)

METRICS = ("conversion", "repeat_rate", "revenue_per_person", "average_order_value", "active_days", "retention", "tier_share")

Number = Annotated[
    int, typer.Argument(metavar="NUMBER", parser=whole_number("NUMBER", 1), help=N_("The number of the goal in the list."))
]
Name = Annotated[str, typer.Argument(metavar="NAME", help=N_("What the goal is called."))]
NewName = Annotated[str | None, typer.Option("--name", metavar="NAME", help=N_("Another name."))]
MetricOption = Annotated[
    str,
    typer.Option(
        "--metric",
        metavar="METRIC",
        parser=one_of(N_("metric"), METRICS),
        help=N_("conversion, repeat_rate, revenue_per_person, average_order_value, active_days, retention or tier_share."),
    ),
]
Event = Annotated[str, typer.Option("--event", metavar="EVENT", help=N_("The event of a conversion, active days or retention."))]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="CONDITION",
        help=N_("Only events that meet it, once for each condition: price>=100, city=Ulm|Bonn, person.plan=pro, coupon?."),
    ),
]
InTier = Annotated[str, typer.Option("--in-tier", metavar="SCHEME/KEY", help=N_("The tier of a tier_share."))]
Tier = Annotated[str, typer.Option("--tier", metavar="SCHEME/KEY", help=N_("For the people of this tier."))]
Segment = Annotated[str, typer.Option("--segment", metavar="NAME", help=N_("For the people of this segment."))]
Live = Annotated[
    bool, typer.Option("--live", help=N_("For whoever it holds each day, not for those whom it holds at the start."))
]
TARGET_HELP = N_("The value to reach: a share such as 25%, an amount of money, or a number of days.")
Target = Annotated[str, typer.Option("--target", metavar="VALUE", help=TARGET_HELP)]
First = Annotated[str | None, typer.Option("--first", metavar="DAY", help=N_("The first civil day; else today."))]
LAST_HELP = N_("The last civil day, included.")
Budget = Annotated[str | None, typer.Option("--budget", metavar="AMOUNT", help=N_("What it may cost."))]
NoBudget = Annotated[bool, typer.Option("--no-budget", help=N_("Take the budget away."))]
Owner = Annotated[str | None, typer.Option("--owner", metavar="WHO", help=N_("Who answers for it."))]
Text = Annotated[str | None, typer.Option("--note", metavar="TEXT", help=N_("Anything else."))]
Days = Annotated[
    int, typer.Option("--days", metavar="N", parser=whole_number("--days", 7), help=N_("How many days the goals last."))
]
Scheme = Annotated[
    str,
    typer.Argument(metavar="SCHEME", help=SCHEME_HELP),
]


@app.callback(cls=Group)
def root(ctx: typer.Context) -> None:
    """List the goals when no command follows."""
    if ctx.invoked_subcommand is None:
        list_goals(ctx)


@app.command("list", cls=Command, help=N_("List the goals with their state."))
def list_goals(ctx: typer.Context, as_of: AsOf = None) -> None:
    """List the goals."""
    with workspace(ctx.obj) as ws:
        with waiting(_("Measuring goals …")):
            board = ws.goals.board(ws.as_of(as_of))
        if ctx.obj.json:
            print_json({"goals": [progress.to_dict() for progress in board]})
        elif board:
            show(board_table(ws, board))
        else:
            show(_("There is no goal yet; `finegrain goals suggest SCHEME` suggests some."))


@app.command("show", cls=Command, help=N_("Show how far a goal is, day by day, and where it is heading."))
def show_goal(ctx: typer.Context, number: Number, as_of: AsOf = None) -> None:
    """Show one goal."""
    with workspace(ctx.obj) as ws:
        with waiting(_("Measuring goals …")):
            progress = ws.goals.progress(number, ws.as_of(as_of))
        if ctx.obj.json:
            print_json(progress.to_dict())
        else:
            show(*shown_goal(ws, progress))


@app.command("suggest", cls=Command, help=N_("Suggest goals for the tiers of a scheme, with the reasons."))
def suggest(ctx: typer.Context, scheme: Scheme, days: Days = 30, as_of: AsOf = None) -> None:
    """Suggest goals."""
    with workspace(ctx.obj) as ws:
        with waiting(_("Comparing people …")):
            found = ws.goals.suggest(scheme, ws.as_of(as_of), days=days)
        if ctx.obj.json:
            print_json(found.to_dict())
        else:
            show(*([suggestion_table(ws, found)] if found.suggestions else []), *found.notes)


@app.command("add", cls=Command, help=N_("Set a goal, and measure its baseline."))
def add(
    ctx: typer.Context,
    name: Name,
    metric: MetricOption,
    target: Target,
    last: Annotated[str, typer.Option("--last", metavar="DAY", help=LAST_HELP)],
    tier: Tier = "",
    segment: Segment = "",
    event: Event = "",
    where: Where = None,
    in_tier: InTier = "",
    live: Live = False,
    first: First = None,
    budget: Budget = None,
    owner: Owner = None,
    note: Text = None,
    as_of: AsOf = None,
) -> None:
    """Set a goal."""
    from finegrain.behaviour.queries.reading import read_query
    from finegrain.strategy.goals.contract import Metric, NewGoal, Whom

    with workspace(ctx.obj) as ws:
        filters = [read_condition(one) for one in where or ()]
        present = ws.as_of(as_of)
        measured = read_query(Metric, {"name": metric, "event": event, "tier": in_tier, "filters": filters})
        new = NewGoal(
            name,
            measured,
            Whom(tier, segment, not live),
            target_of(target, measured.unit, ws.currency),
            civil_day("--first", first) or ws.zone.day_of(present),
            cast("date", civil_day("--last", last)),
            None if budget is None else money_minor("--budget", budget, ws.currency),
            owner or "",
            note or "",
        )
        made = ws.goals.add(new, present)
        _show_changed(ctx, ws, made.id, as_of)


@app.command("change", cls=Command, help=N_("Change name, target, last day, budget, owner or note of a goal."))
def change(
    ctx: typer.Context,
    number: Number,
    name: NewName = None,
    target: Annotated[str | None, typer.Option("--target", metavar="VALUE", help=TARGET_HELP)] = None,
    last: Annotated[str | None, typer.Option("--last", metavar="DAY", help=LAST_HELP)] = None,
    budget: Budget = None,
    no_budget: NoBudget = False,
    owner: Owner = None,
    note: Text = None,
) -> None:
    """Change a goal."""
    from msgspec import UNSET

    unchanged = None if no_budget else UNSET
    with workspace(ctx.obj) as ws:
        unit = ws.goals.get(number).metric.unit
        ws.goals.change(
            number,
            name=name,
            target=None if target is None else target_of(target, unit, ws.currency),
            last_day=civil_day("--last", last),
            budget_minor=unchanged if budget is None else money_minor("--budget", budget, ws.currency),
            owner=owner,
            note=note,
        )
        _show_changed(ctx, ws, number, None)


@app.command("delete", cls=Command, help=N_("Forget a goal."))
def delete(ctx: typer.Context, number: Number) -> None:
    """Forget a goal."""
    with workspace(ctx.obj) as ws:
        gone = ws.goals.get(number)
        ws.goals.delete(number)
    if ctx.obj.json:
        print_json(gone.to_dict())
    else:
        show(_("“{name}” is deleted.", name=gone.name))


def _show_changed(ctx: typer.Context, ws: Any, number: int, as_of: str | None) -> None:
    if ctx.obj.json:
        print_json(ws.goals.get(number).to_dict())
    else:
        show(board_table(ws, [ws.goals.progress(number, ws.as_of(as_of))]))
