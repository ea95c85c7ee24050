"""``finegrain init``, ``demo``, ``serve`` and ``settings``: make a workspace, fill it, open it, look at its settings."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from finegrain.cli.errors import NotEmptyError
from finegrain.cli.output import money, number, print_json, show, show_plain, table
from finegrain.cli.session import demo_progress, workspace
from finegrain.cli.values import civil_day, one_of, whole_number
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType

    from finegrain.cli.arguments import Invocation
    from finegrain.simulate.demo import DemoSummary
    from finegrain.workspace import Workspace


def init(
    ctx: typer.Context,
    zone: Annotated[str | None, typer.Option("--zone", metavar="IANA", help=N_("Time zone, such as Asia/Shanghai."))] = None,
    currency: Annotated[str | None, typer.Option("--currency", metavar="CODE", help=N_("Currency, such as CNY."))] = None,
    language: Annotated[
        str | None,
        typer.Option(
            "--language", metavar="en|zh_CN", parser=one_of(N_("language"), ("en", "zh_CN")), help=N_("Language of the console.")
        ),
    ] = None,
) -> None:
    """Create an empty workspace."""
    from finegrain.settings import FILE_NAME
    from finegrain.workspace import is_workspace

    invocation: Invocation = ctx.obj
    file = invocation.home / FILE_NAME
    if file.exists() or is_workspace(invocation.home):
        raise NotEmptyError(home=invocation.home, file=file)
    chosen = {"zone": zone, "currency": currency, "language": language}
    _write_settings(file, {name: value for name, value in chosen.items() if value is not None})
    with workspace(invocation, create=True) as ws:
        answer = {"home": str(ws.home), "zone": ws.zone.name, "currency": ws.currency, "language": ws.settings.language}
    if invocation.json:
        print_json(answer)
    else:
        show(_("Created {home}: zone {zone}, currency {currency}. Its settings are in {file}.", file=file, **answer))


def _write_settings(file: Path, chosen: dict[str, str]) -> None:
    from finegrain.settings import Settings, settings_table
    from finegrain.store.folder import make_folder

    # Refused before the first file is written.
    Settings(**chosen)  # type: ignore[arg-type]
    lines = [_("# Settings of this workspace; a line without # counts. They take effect when it is opened next."), ""]
    for row in settings_table():
        value = chosen.get(row.name)
        text = row.default if row.type in {"integer", "number"} else f'"{value or row.default}"'
        lines += [f"# {_(row.help)}", f"{'' if value else '# '}{row.name} = {text}", ""]
    make_folder(file.parent)
    file.write_text("\n".join(lines), encoding="utf-8")


def settings(ctx: typer.Context) -> None:
    """List the settings with their values."""
    from finegrain.settings import load_settings, settings_table

    invocation: Invocation = ctx.obj
    values = load_settings(invocation.home).model_dump(mode="json")
    rows = settings_table()
    if invocation.json:
        print_json({"settings": [_setting_dict(row, values[row.name]) for row in rows]})
        return
    cells = [(row.name, str(values[row.name]), row.default, _(row.unit) if row.unit else "", _(row.help)) for row in rows]
    show(table([_("Setting"), _("Current value"), _("Default"), _("Unit"), _("What it does")], cells))


def _setting_dict(row: Any, value: object) -> dict[str, Any]:
    described = {"type": row.type, "default": row.default, "unit": row.unit, "help": _(row.help), "variable": row.variable}
    return {"name": row.name, "value": value, **described}


PeopleCount = Annotated[
    int | None,
    typer.Option("--people", metavar="N", parser=whole_number("--people", 1), help=N_("How many people sign up; else 20,000.")),
]
DayCount = Annotated[
    int | None,
    typer.Option("--days", metavar="N", parser=whole_number("--days", 1), help=N_("How many days it has been open; else 400.")),
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", metavar="N", parser=whole_number("--seed"), help=N_("Another seed gives another shop.")),
]

Until = Annotated[str | None, typer.Option("--until", metavar="DATE", help=N_("Last day of its history; else yesterday."))]


def demo(
    ctx: typer.Context,
    people: PeopleCount = None,
    days: DayCount = None,
    seed: Seed = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help=N_("Last day of its history; else yesterday."))
    ] = None,
    add: Annotated[bool, typer.Option("--add", help=N_("Add to a workspace that holds other data already."))] = False,
    no_planted_causes: Annotated[
        bool,
        typer.Option("--no-planted-causes", help=N_("Without planted causes: no lack of reach that matters, no broken step.")),
    ] = False,
) -> None:
    """Simulate a shop and import it."""
    from finegrain.simulate.demo import build_demo

    sizes = {"people": people, "days": days, "seed": seed}
    given = {name: value for name, value in sizes.items() if value is not None}
    with workspace(ctx.obj, create=True) as ws, demo_progress() as progress:
        last, causes = civil_day("--until", until), not no_planted_causes
        summary = build_demo(ws, **given, until=last, causes=causes, add=add, progress=progress)
        if not ws.access.users.any():
            ws.access.users.add("demo", "admin")
    if ctx.obj.json:
        print_json(summary.to_dict())
    else:
        show(*_demo_parts(summary))


def _demo_parts(summary: DemoSummary) -> tuple[RenderableType, ...]:
    rows = [
        (_("People"), number(summary.people.people)),
        (_("Orders"), number(summary.orders.orders)),
        (_("Refunds"), number(summary.orders.refunds)),
        (_("Buyers"), number(summary.orders.buyers)),
        (_("Net revenue"), money(summary.orders.revenue_minor, summary.orders.currency)),
        (_("Events"), number(summary.events.events)),
        (_("Segments"), number(summary.segments)),
        (_("Goals"), number(summary.goals)),
        (_("Seconds"), f"{summary.seconds:.1f}"),
    ]
    title = _("Demo shop from {first} to {last}; its true parameters are in {folder}.")
    facts = {"first": summary.plan.first_day, "last": summary.plan.until, "folder": summary.folder}
    return title.format(**facts), table(["", ""], rows, numbers=[1])


def serve(
    ctx: typer.Context,
    host: Annotated[
        str | None, typer.Option("--host", metavar="ADDRESS", help=N_("Address to listen on; else the setting host."))
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", metavar="N", parser=whole_number("--port"), help=N_("Port to listen on; else the setting port.")),
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help=N_("Do not open the browser."))] = False,
) -> None:
    """Open the console."""
    from finegrain.server.run import serve as run_server
    from finegrain.workspace import open as open_workspace

    ws = open_workspace(ctx.obj.home)
    run_server(
        ws,
        host or ws.settings.host,
        ws.settings.port if port is None else port,
        open_browser=not no_open and _has_display(),
        on_listening=partial(_say_listening, ctx.obj, ws),
    )


def _say_listening(invocation: Invocation, ws: Workspace, url: str) -> str:
    path = ws.access.login.first_link()
    if invocation.json:
        print_json({"url": url, "login": f"{url}{path}" if path else None})
    else:
        show_plain(_("The console is open on {url}; stop it with Ctrl-C.", url=url))
        if path:
            show_plain(_("Log in once, within the hour: {url}", url=f"{url}{path}"))
    sys.stdout.flush()
    return f"{url}{path or ''}"


def _has_display() -> bool:
    # Without one, webbrowser would start a text browser inside this terminal.
    if sys.platform in {"darwin", "win32"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
