"""``finegrain plan``: which events and properties are meant to be sent, and what violates that."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from finegrain.cli.catalogue import bring_up_to_date
from finegrain.cli.definitions import plan_definitions
from finegrain.cli.help import Command, Group
from finegrain.cli.output import moment, number, print_json, show, table
from finegrain.cli.session import workspace
from finegrain.cli.values import one_of
from finegrain.collect.plan.words import ACTION_NAMES, STATUS_NAMES, TYPE_NAMES, VIOLATION_NAMES
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.cli.arguments import Invocation
    from finegrain.collect.plan.contract import EventPlan, PropertyRule, TrackingPlan, ViolationCount
    from finegrain.workspace import Workspace


class PlanGroup(Group):
    """The commands of the tracking plan; ``plan DIR``, with a folder, is the plan of the definitions in it."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command called ``args[0]``, or take a folder for the one that compares it.

        Raises:
            UnknownCommandError: it is neither.
        """
        if args and self.get_command(ctx, args[0]) is None and (Path(args[0]).is_dir() or "/" in args[0]):
            return super().resolve_command(ctx, [DEFINITIONS, *args])
        return super().resolve_command(ctx, args)


app = typer.Typer(cls=PlanGroup, invoke_without_command=True, rich_markup_mode=None)

DEFINITIONS = "definitions"
STDIN = "-"
ACTIONS = ("allow", "show", "refuse")

Event = Annotated[str, typer.Argument(metavar="EVENT", help=N_("The name of the event."))]
File = Annotated[str, typer.Argument(metavar="FILE", help=N_("A tracking plan as JSON; - reads from standard input."))]
OutFile = Annotated[str, typer.Argument(metavar="FILE", help=N_("Where to write; - writes to standard output."))]
Seen = Annotated[bool, typer.Option("--seen", help=N_("Declare the properties as the catalogue has seen them."))]
Definition = Annotated[
    str,
    typer.Option(
        "--from", metavar="FILE", help=N_("Take the declaration of this one event from a JSON file; - from standard input.")
    ),
]
Refuse = Annotated[bool, typer.Option("--refuse", help=N_("Refuse what violates the declaration; else it is stored and shown."))]
Block = Annotated[bool, typer.Option("--block", help=N_("Refuse every event of this name."))]
Description = Annotated[str, typer.Option("--description", metavar="TEXT", help=N_("What the event means."))]
Owner = Annotated[str, typer.Option("--owner", metavar="TEXT", help=N_("Who answers for it."))]
OfSource = Annotated[
    str | None, typer.Option("--source", metavar="SOURCE", help=N_("The declaration holds for this source only; else for all."))
]
UndeclaredProperties = Annotated[
    str,
    typer.Option(
        "--undeclared", metavar="ACTION", parser=one_of(N_("action"), ACTIONS),
        help=N_("What happens to events with properties that are not declared: allow, show or refuse."),
    ),
]  # fmt: skip
UndeclaredEvents = Annotated[
    str | None,
    typer.Option(
        "--undeclared", metavar="ACTION", parser=one_of(N_("action"), ACTIONS),
        help=N_("Say what happens to events that are not declared: allow, show or refuse."),
    ),
]  # fmt: skip
Replace = Annotated[bool, typer.Option("--replace", help=N_("Remove the events that the file does not declare."))]
OnlyEvent = Annotated[str | None, typer.Option("--event", metavar="EVENT", help=N_("Only those of this event."))]
Forget = Annotated[bool, typer.Option("--forget", help=N_("Forget them, so that only new ones are listed."))]


@app.callback(cls=PlanGroup)
def root(ctx: typer.Context) -> None:
    """Show the tracking plan when no command follows."""
    if ctx.invoked_subcommand is None:
        show_plan(ctx)


app.command(
    DEFINITIONS,
    cls=Command,
    help=N_("Show what a folder of definitions would change, and whom it moves; plan DIR is the same. Exit code 1 if anything."),
)(plan_definitions)


@app.command("show", cls=Command, help=N_("Show the tracking plan, or change what holds for all of it."))
def show_plan(ctx: typer.Context, undeclared_events: UndeclaredEvents = None) -> None:
    """Show the plan."""
    with workspace(ctx.obj) as ws:
        plan = ws.plan.set_undeclared_events(undeclared_events) if undeclared_events else ws.plan.plan()  # type: ignore[arg-type]
    _show(ctx.obj, plan)


@app.command("declare", cls=Command, help=N_("Declare an event, in place of its declaration so far."))
def declare(
    ctx: typer.Context,
    event: Event,
    seen: Seen = False,
    definition: Definition = "",
    refuse: Refuse = False,
    block: Block = False,
    description: Description = "",
    owner: Owner = "",
    source: OfSource = None,
    undeclared_properties: UndeclaredProperties = "allow",
) -> None:
    """Declare an event."""
    from dataclasses import replace

    with workspace(ctx.obj, create=True) as ws:
        declared = _base(ws, event, definition, seen=seen)
        given = {"description": description, "owner": owner, "source": source}
        given |= {"status": "blocked" if block else "", "on_violation": "refuse" if refuse else ""}
        given["undeclared_properties"] = undeclared_properties if undeclared_properties != "allow" else ""
        declared = replace(declared, **{name: value for name, value in given.items() if value})  # type: ignore[arg-type]
        ws.plan.declare(declared)
    _show_event(ctx.obj, declared)


@app.command("remove", cls=Command, help=N_("Take an event out of the plan."))
def remove(ctx: typer.Context, event: Event) -> None:
    """Take an event out of the plan."""
    with workspace(ctx.obj) as ws:
        plan = ws.plan.remove(event)
    _show(ctx.obj, plan)


@app.command("import", cls=Command, help=N_("Take over declarations from a JSON file."))
def import_plan(ctx: typer.Context, file: File, replace: Replace = False) -> None:
    """Take over declarations from a file."""
    text = _read(file)
    with workspace(ctx.obj, create=True) as ws:
        plan = ws.plan.import_text(text, replace=replace)
    _show(ctx.obj, plan)


@app.command("export", cls=Command, help=N_("Write the plan as JSON."))
def export(ctx: typer.Context, file: OutFile = STDIN) -> None:
    """Write the plan as JSON."""
    with workspace(ctx.obj) as ws:
        text = ws.plan.export_text()
    if file == STDIN:
        sys.stdout.write(text)
        return
    from finegrain.collect.errors import UnreadableFileError

    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UnreadableFileError(path=file, reason=error.strerror or error) from error
    if ctx.obj.json:
        print_json({"file": file})
    else:
        show(_("Written to {file}.", file=file))


@app.command("violations", cls=Command, help=N_("List how events violate the plan, the latest first."))
def violations(ctx: typer.Context, event: OnlyEvent = None, forget: Forget = False) -> None:
    """List how events violate the plan."""
    with workspace(ctx.obj) as ws:
        found = ws.plan.violations(event=event)
        if forget:
            ws.plan.forget_violations(event)
    if ctx.obj.json:
        print_json({"violations": [each.to_dict() for each in found]})
        return
    if not found:
        show(_("Nothing violates the tracking plan."))
        return
    heads = [_("Event"), _("Property"), _("What is wrong"), _("Source"), _("Events"), _("Refused"), _("Example")]
    rows = [_violation_row(each, ws) for each in found]
    show(table([*heads, _("Last received")], rows, numbers=(4, 5)))


def _violation_row(found: ViolationCount, ws: Workspace) -> tuple[str, ...]:
    return (
        found.event or _("others"),
        found.property or "–",
        _(VIOLATION_NAMES[found.kind]),
        found.source or "–",
        number(found.count),
        number(found.refused),
        found.example or "–",
        moment(found.last_seen, ws.zone),
    )


def _base(ws: Workspace, event: str, definition: str, *, seen: bool) -> EventPlan:
    from finegrain.collect.plan.contract import EventPlan

    if definition:
        import json

        from finegrain.collect.plan.errors import NotJsonPlanError
        from finegrain.collect.plan.files import read_event

        try:
            found = json.loads(_read(definition))
        except ValueError as error:
            raise NotJsonPlanError(reason=error) from error
        return read_event({**found, "event": event} if isinstance(found, dict) else found)
    if seen:
        bring_up_to_date(ws)
        return ws.plan.propose(event)
    return EventPlan(event)


def _read(file: str) -> bytes:
    from finegrain.collect.errors import MissingFileError, UnreadableFileError

    if file == STDIN:
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except FileNotFoundError as error:
        raise MissingFileError(path=file) from error
    except OSError as error:
        raise UnreadableFileError(path=file, reason=error.strerror or error) from error


def _show(invocation: Invocation, plan: TrackingPlan) -> None:
    if invocation.json:
        from finegrain.collect.plan.files import plan_to_dict

        print_json({**plan_to_dict(plan), "revision": plan.revision})
        return
    if not plan.events:
        show(_("No event is declared yet; begin with `finegrain plan declare EVENT --seen`."))
        return
    heads = [_("Event"), _("State"), _("Source"), _("Properties"), _("Violations are"), _("Undeclared properties are")]
    rows = [_event_row(each) for each in plan.events]
    undeclared = _("Events that are not declared are {action}.", action=_(ACTION_NAMES[plan.undeclared_events]))
    show(table([*heads, _("Owner"), _("Description")], rows, numbers=(3,)), undeclared)


def _event_row(event: EventPlan) -> tuple[str, ...]:
    return (
        event.event,
        _(STATUS_NAMES[event.status]),
        event.source or _("all sources"),
        number(len(event.properties)),
        _(ACTION_NAMES[event.on_violation]),
        _(ACTION_NAMES[event.undeclared_properties]),
        event.owner or "–",
        event.description or "–",
    )


def _show_event(invocation: Invocation, event: EventPlan) -> None:
    if invocation.json:
        from finegrain.collect.plan.files import event_to_dict

        print_json(event_to_dict(event))
        return
    heads = [_("Property"), _("Type"), _("Required"), _("Allowed values"), _("Description")]
    show(_("{event} is declared.", event=event.event))
    if event.properties:
        show(table(heads, [_rule_row(rule) for rule in event.properties]))


def _rule_row(rule: PropertyRule) -> tuple[Any, ...]:
    allowed = ", ".join(str(value) for value in rule.allowed) or _("all")
    return rule.name, _(TYPE_NAMES[rule.type]), _("yes") if rule.required else _("no"), allowed, rule.description or "–"
