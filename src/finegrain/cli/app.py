"""The commands of ``finegrain``, in the order in which a newcomer needs them."""

from __future__ import annotations

from typing import Annotated

import typer

import finegrain
from finegrain.cli import (
    audit,
    catalogue,
    compiling,
    dead_letters,
    definitions,
    goals,
    history,
    importing,
    items,
    overview,
    people,
    plan,
    records,
    schemes,
    segments,
    shop,
    sources,
    tiers,
    tokens,
    users,
)
from finegrain.cli.help import VERSION_HELP, Command, Group
from finegrain.cli.output import print_json, show_plain
from finegrain.cli.queries.commands import commands
from finegrain.i18n import N_

app = typer.Typer(
    cls=Group,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help=N_(
        "finegrain: from a file of orders to tiers of people, and on to what each tier needs.\n\n"
        "A workspace is one folder. Begin with `finegrain demo` or `finegrain import orders FILE`, then `finegrain serve`."
    ),
)


def _version(ctx: typer.Context, wanted: bool) -> None:  # noqa: FBT001 - typer's signature
    if wanted:
        if ctx.obj.json:
            print_json({"version": finegrain.__version__})
        else:
            show_plain(f"finegrain {finegrain.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help=VERSION_HELP)] = False,
) -> None:
    """Hold the options that stand before a command."""
    del version


def _add(name: str, function: object, help_text: str) -> None:
    app.command(name, cls=Command, help=help_text)(function)  # type: ignore[type-var]


_add("init", shop.init, N_("Create an empty workspace."))
app.add_typer(importing.app, name="import", help=N_("Import orders, events or people from files."))
app.add_typer(dead_letters.app, name="dead-letters", help=N_("What imports and the collector refused: list it, replay it."))
app.add_typer(records.mappings, name="mappings", help=N_("Saved mappings of columns to fields."))
app.add_typer(sources.app, name="sources", help=N_("The apps and sites that send events, and their keys."))
app.add_typer(users.app, name="users", help=N_("Who may log in, and as what."))
app.add_typer(tokens.app, name="tokens", help=N_("The keys of programs that use the API."))
app.add_typer(audit.app, name="audit", help=N_("The record of every change: who, when, what."))
app.add_typer(items.app, name="items", help=N_("The goods and other things that senders describe."))
_add("catalogue", catalogue.catalogue, N_("List the events that have been seen, and their properties."))
app.add_typer(plan.app, name="plan", help=N_("What a folder of definitions would change, and the tracking plan."))
_add("pull", definitions.pull, N_("Write tier schemes, segments, goals and tracking plan as files."))
_add("apply", definitions.apply, N_("Bring definitions in from files, all of them or none."))
_add("imports", records.imports, N_("List past imports."))
_add("tiers", tiers.tiers, N_("Sort everybody into the tiers of a scheme."))
app.add_typer(schemes.app, name="schemes", help=N_("Tier schemes of your own: keep, show, delete."))
app.add_typer(goals.app, name="goals", help=N_("What is to be reached by whom, how far it is, and where it is heading."))
app.add_typer(people.app, name="people", help=N_("List people, or show one."))
app.add_typer(segments.app, name="segments", help=N_("Lists and rules under names: keep, preview, explain, export."))
app.add_typer(history.app, name="history", help=N_("Who was in segments and tiers on past days, and how they moved."))
_add("overview", overview.overview, N_("The figures of a period against the period before."))
for _name, _run, _help in commands():
    _add(_name, _run, _help)
_add("demo", shop.demo, N_("Simulate a shop and import it."))
_add("serve", shop.serve, N_("Open the console in the browser; stop it with Ctrl-C."))
_add("compile", compiling.compile_, N_("Compile what answers questions ahead of the first one; serve does it in the background."))
_add("settings", shop.settings, N_("List the settings with their values."))
