"""``finegrain schemes``: tier schemes of one's own, kept from files; ``finegrain tiers`` sorts people by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from finegrain.audience.tiers.contract import SCHEMES
from finegrain.cli.help import Command, Group
from finegrain.cli.output import moment, number, print_json, show, table
from finegrain.cli.rule_files import read_file
from finegrain.cli.session import waiting, workspace
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.audience.tiers.own.contract import OwnScheme
    from finegrain.workspace import Workspace

app = typer.Typer(cls=Group, invoke_without_command=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="NAME", help=N_("The scheme's name."))]
SchemeFile = Annotated[
    str, typer.Argument(metavar="FILE", help=N_("A file with the scheme as JSON or YAML; - reads what is piped in."))
]


@app.callback(cls=Group)
def root(ctx: typer.Context) -> None:
    """List the schemes when no command follows."""
    if ctx.invoked_subcommand is None:
        list_schemes(ctx)


@app.command("list", cls=Command, help=N_("List all tier schemes: those that are built in, and your own."))
def list_schemes(ctx: typer.Context) -> None:
    """List the schemes."""
    with workspace(ctx.obj) as ws:
        own = ws.schemes.all()
        built_in = [{"name": name, "label": _(ws.tiering.label(name)), "built_in": True} for name in SCHEMES]
        if ctx.obj.json:
            print_json({"schemes": [*built_in, *({**scheme.to_dict(), "built_in": False} for scheme in own)]})
            return
        rows = [(str(one["name"]), str(one["label"]), _("built in"), "") for one in built_in]
        rows += [(one.name, one.label, _("of your own"), ", ".join(one.keys)) for one in own]
        show(table([_("Name"), _("Label"), _("Type"), _("Tiers")], rows))


@app.command("show", cls=Command, help=N_("Show a scheme of your own: its tiers with their rules as sentences."))
def show_scheme(ctx: typer.Context, name: Name) -> None:
    """Show one scheme."""
    with workspace(ctx.obj) as ws:
        found = ws.schemes.get(name)
        if ctx.obj.json:
            print_json(found.to_dict())
        else:
            _show(ws, found)


def _show(ws: Workspace, found: OwnScheme) -> None:
    from finegrain.audience.rules.sentences import sentence
    from finegrain.audience.tiers.own.sorting import rules_of

    told = [*map(sentence, rules_of(found)), _("everybody else")]
    rows = [(key, label, rule) for key, label, rule in zip(found.keys, found.labels, told, strict=True)]
    title = _("{label} ({name})", label=found.label, name=found.name)
    made = "" if found.made_at is None else moment(found.made_at, ws.zone)
    parts = [table([_("Key"), _("Tier"), _("Rule")], rows, title=title)]
    notes = [text for text in (found.description, _("Kept at {moment} by {who}.", moment=made, who=found.made_by)) if text]
    show(*parts, *notes)


@app.command("save", cls=Command, help=N_("Keep a tier scheme of your own."))
def save_scheme(
    ctx: typer.Context,
    file: SchemeFile,
    replace: Annotated[bool, typer.Option("--replace", help=N_("Take the place of a scheme of this name."))] = False,
) -> None:
    """Keep a scheme."""
    values = read_file(file)
    with workspace(ctx.obj) as ws:
        with waiting(_("Sorting people into tiers …")):
            found = ws.schemes.save_values(values, replace=replace)
            sizes = [(tier.name, tier.people) for tier in ws.tiers(found.name).tiers]
        if ctx.obj.json:
            print_json(found.to_dict())
        else:
            rows = [(name, number(people)) for name, people in sizes]
            show(table([_("Tier"), _("People")], rows, title=_("Kept “{name}”", name=found.name), numbers=[1]))


@app.command("delete", cls=Command, help=N_("Forget a tier scheme of your own."))
def delete_scheme(ctx: typer.Context, name: Name) -> None:
    """Forget a scheme."""
    with workspace(ctx.obj) as ws:
        ws.schemes.delete(name)
        if ctx.obj.json:
            print_json({"deleted": name})
        else:
            show(_("Deleted “{name}”.", name=name))
