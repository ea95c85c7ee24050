"""``finegrain segments``: lists and rules under names; kept, previewed, explained, exported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from finegrain.cli.help import Command, Group
from finegrain.cli.output import moment, number, percent, print_json, show, table
from finegrain.cli.rule_files import read_file
from finegrain.cli.session import waiting, workspace
from finegrain.cli.tiers import AsOf
from finegrain.cli.values import one_of
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from rich.console import RenderableType

    from finegrain.audience.rules.explaining import RuleExplanation
    from finegrain.audience.segments.contract import PreviewResult, Segment
    from finegrain.workspace import Workspace

app = typer.Typer(cls=Group, invoke_without_command=True, rich_markup_mode=None)

SHOWN_SIGNS = 30
SHOWN_UNKNOWN = 20

Name = Annotated[str, typer.Argument(metavar="NAME", help=N_("The segment's name."))]
RuleFile = Annotated[
    str, typer.Argument(metavar="FILE", help=N_("A file with the rule as JSON or YAML; - reads what is piped in."))
]


@app.callback(cls=Group)
def root(ctx: typer.Context) -> None:
    """List the segments when no command follows."""
    if ctx.invoked_subcommand is None:
        list_segments(ctx)


@app.command("list", cls=Command, help=N_("List the segments by name."))
def list_segments(ctx: typer.Context) -> None:
    """List the segments."""
    with workspace(ctx.obj) as ws:
        found = ws.segments.all()
        if ctx.obj.json:
            print_json({"segments": [segment.to_dict() for segment in found]})
        elif found:
            columns = [_("Name"), _("Type"), _("People"), _("As of"), _("Description")]
            show(table(columns, [_row(ws, segment) for segment in found], numbers=[2]))
        else:
            show(_("There is no segment."))


def _row(ws: Workspace, segment: Segment) -> tuple[str, ...]:
    kind = _("rule") if segment.is_rule else _("list")
    return segment.name, kind, number(segment.size), moment(segment.as_of or segment.made_at, ws.zone), segment.description


@app.command("show", cls=Command, help=N_("Show one segment: its rule as a sentence, and how many people are in it now."))
def show_segment(ctx: typer.Context, name: Name, as_of: AsOf = None) -> None:
    """Show one segment."""
    with workspace(ctx.obj) as ws:
        segment = ws.segments.get(name)
        with waiting(_("Looking for people …")):
            people = len(ws.segments.members(name, ws.as_of(as_of)))
        sentence = _sentence(segment)
        if ctx.obj.json:
            print_json({**segment.to_dict(), "sentence": sentence, "people": people})
            return
        rows = [
            (_("Name"), segment.name),
            (_("Description"), segment.description or "–"),
            (_("Rule"), sentence or _("a list")),
            (_("People"), number(people)),
            (_("Made by"), segment.made_by),
            (_("Made at"), moment(segment.made_at, ws.zone)),
        ]
        show(table([_("Field"), _("Value")], rows))


def _sentence(segment: Segment) -> str:
    from finegrain.audience.rules.reading import read_rule
    from finegrain.audience.rules.sentences import sentence

    return "" if segment.rule is None else sentence(read_rule(segment.rule))


@app.command("save", cls=Command, help=N_("Keep a rule under a name."))
def save_segment(
    ctx: typer.Context,
    name: Name,
    file: RuleFile,
    description: Annotated[str, typer.Option("--description", metavar="TEXT", help=N_("What the segment is for."))] = "",
    replace: Annotated[bool, typer.Option("--replace", help=N_("Take the place of a segment of this name."))] = False,
) -> None:
    """Keep a rule."""
    rule = read_file(file)
    with workspace(ctx.obj) as ws:
        with waiting(_("Looking for people …")):
            segment = ws.segments.save_rule(name, rule, description=description, replace=replace)
        if ctx.obj.json:
            print_json(segment.to_dict())
        else:
            show(
                _(
                    "Kept “{name}”: {people} people, {rule}.",
                    name=segment.name,
                    people=number(segment.size),
                    rule=_sentence(segment),
                )
            )


@app.command("delete", cls=Command, help=N_("Forget a segment; its people stay."))
def delete_segment(ctx: typer.Context, name: Name) -> None:
    """Forget a segment."""
    with workspace(ctx.obj) as ws:
        ws.segments.delete(name)
        if ctx.obj.json:
            print_json({"deleted": name})
        else:
            show(_("Deleted “{name}”.", name=name))


@app.command(
    "preview", cls=Command, help=N_("Say whom a rule means, without keeping it: how many, some of them, overlaps, reach.")
)
def preview_rule(ctx: typer.Context, file: RuleFile, as_of: AsOf = None) -> None:
    """Preview a rule."""
    rule = read_file(file)
    with workspace(ctx.obj) as ws:
        with waiting(_("Looking for people …")):
            found = ws.segments.preview(rule, ws.as_of(as_of))
        sample = [person.display_id for person in ws.people.many(list(found.sample))]
        if ctx.obj.json:
            print_json({**found.to_dict(), "sample": sample})
        else:
            show(*_previewed(found, sample))


def _previewed(found: PreviewResult, sample: list[str]) -> list[RenderableType]:
    title = _(
        "{people} of {total} people ({share})", people=number(found.people), total=number(found.total), share=percent(found.share)
    )
    reach = [(one.channel, number(one.people)) for one in found.reach]
    parts: list[RenderableType] = [found.sentence, table([_("Channel"), _("Reachable")], reach, title=title, numbers=[1])]
    if sample:
        parts.append(_("Some of them: {people}", people=", ".join(sample)))
    if found.overlaps:
        rows = [(one.name, number(one.both), number(one.size)) for one in found.overlaps]
        parts.append(table([_("Segment"), _("In both"), _("People")], rows, numbers=[1, 2]))
    return parts


@app.command("explain", cls=Command, help=N_("Say why a person is in a segment or is not, and when that changes by itself."))
def explain_segment(
    ctx: typer.Context,
    name: Name,
    person: Annotated[str, typer.Argument(metavar="ID", help=N_("An id of the person, as it came with the data."))],
    as_of: AsOf = None,
) -> None:
    """Explain a segment for one person."""
    with workspace(ctx.obj) as ws:
        found = ws.segments.explain(name, ws.people.find(person).id, ws.as_of(as_of))
        if ctx.obj.json:
            print_json(found.to_dict())
        else:
            show(*_explained(ws, found, name, person))


def _explained(ws: Workspace, found: RuleExplanation, name: str, person: str) -> list[RenderableType]:
    title = (
        _("{person} is in “{name}”", person=person, name=name)
        if found.holds
        else _("{person} is not in “{name}”", person=person, name=name)
    )
    rows = [(one.sentence, one.actual, _("met") if one.holds else _("not met")) for one in found.conditions]
    parts: list[RenderableType] = [table([_("Condition"), _("Of this person"), _("Verdict")], rows, title=title)]
    told = {one.node: one.sentence for one in found.conditions}
    if found.to_change:
        parts.append(_("It would change with: {conditions}", conditions=_("; ").join(told[node] for node in found.to_change)))
    if found.changes_at is not None:
        parts.append(_("Time alone changes it at {moment}.", moment=moment(found.changes_at, ws.zone)))
    return parts


@app.command("import", cls=Command, help=N_("Keep the ids of a file as a list; ids that nobody has are told, and left out."))
def import_segment(
    ctx: typer.Context,
    name: Name,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("CSV, TSV, JSON Lines, Parquet or XLSX."))],
    column: Annotated[str, typer.Option("--column", metavar="NAME", help=N_("The column with the ids; else the first."))] = "",
    description: Annotated[str, typer.Option("--description", metavar="TEXT", help=N_("What the segment is for."))] = "",
) -> None:
    """Import a list."""
    with workspace(ctx.obj) as ws:
        ids = _ids(ws, file, column)
        segment, unknown = ws.segments.save_ids(name, ids, description=description, origin={"file": file.name})
        if ctx.obj.json:
            told = {"segment": segment.to_dict(), "unknown": len(unknown), "first_unknown": list(unknown[:SHOWN_UNKNOWN])}
            print_json(told)
            return
        show(_("Kept “{name}”: {people} people.", name=segment.name, people=number(segment.size)))
        if unknown:
            first = _(", ").join(unknown[:SHOWN_UNKNOWN])
            show(_("{count} ids that nobody has were left out, such as: {first}", count=number(len(unknown)), first=first))


def _ids(ws: Workspace, file: Path, column: str) -> list[str]:
    from finegrain.collect.files.opening import open_file

    reader = open_file(file, max_line_bytes=ws.settings.import_max_line_bytes)
    chosen = column or reader.detected.columns[0]
    one_of(_("column"), reader.detected.columns)(chosen)
    return [
        str(one).strip() for batch in reader.batches() for one in batch.rows.column(chosen).to_pylist() if one not in {None, ""}
    ]


@app.command("send", cls=Command, help=N_("Send the people of a segment to another server, in signed pages."))
def send_segment(
    ctx: typer.Context,
    name: Name,
    url: Annotated[str, typer.Argument(metavar="URL", help=N_("The address that takes them, by POST."))],
    trait: Annotated[list[str] | None, typer.Option("--trait", metavar="NAME", help=N_("A trait that goes along."))] = None,
    as_of: AsOf = None,
) -> None:
    """Send a segment."""
    with workspace(ctx.obj) as ws:
        with waiting(_("Sending …")):
            sent = ws.sending.send(name, url, traits=tuple(trait or ()), as_of=ws.as_of(as_of))
        if ctx.obj.json:
            print_json(sent.to_dict())
        else:
            show(_("Sent {people} people in {pages} pages.", people=number(sent.people), pages=number(sent.pages)))


@app.command("secret", cls=Command, help=N_("Make the secret with which sent segments are signed, and show it once."))
def make_secret(ctx: typer.Context) -> None:
    """Make a secret."""
    with workspace(ctx.obj) as ws:
        made = ws.sending.new_secret()
        if ctx.obj.json:
            print_json({"secret": made})
        else:
            show(_("Give this secret to whoever runs the other server; it is not shown again: {secret}", secret=made))


@app.command("portrait", cls=Command, help=N_("Say what tells the people of a segment or tier from everybody."))
def portrait(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(metavar="WHAT", help=N_("A segment, or a tier such as rfm/important_value."))],
    as_of: AsOf = None,
) -> None:
    """Draw a portrait."""
    with workspace(ctx.obj) as ws:
        with waiting(_("Comparing people …")):
            found = ws.portraits.of(what, ws.as_of(as_of))
        if ctx.obj.json:
            print_json(found.to_dict())
            return
        rows = [
            (
                one.shown_name(),
                one.shown_value(),
                number(one.people),
                percent(one.share),
                percent(one.share_of_all),
                f"{one.index:.0f}",
            )
            for one in found.signs[:SHOWN_SIGNS]
        ]
        columns = [_("Name"), _("Value"), _("People"), _("Share"), _("Share of all"), _("Index")]
        show(table(columns, rows, numbers=[2, 3, 4, 5]), *found.report())


@app.command("recompute", cls=Command, help=N_("Find anew who is in every segment that is a rule."))
def recompute(ctx: typer.Context, as_of: AsOf = None) -> None:
    """Recompute all rules."""
    with workspace(ctx.obj) as ws:
        with waiting(_("Looking for people …")):
            found = ws.segments.recompute(ws.as_of(as_of))
        if ctx.obj.json:
            print_json({"as_of": found.as_of.isoformat(), "sizes": found.sizes, "failed": found.failed})
        else:
            rows = [*((name, number(size)) for name, size in found.sizes.items()), *found.failed.items()]
            show(
                table(
                    [_("Segment"), _("People")], rows, title=_("as of {moment}", moment=moment(found.as_of, ws.zone)), numbers=[1]
                )
            )


@app.command("export", cls=Command, help=N_("Write the people of a segment to a file, CSV or Parquet by its ending."))
def export_segment(
    ctx: typer.Context,
    name: Name,
    to: Annotated[Path, typer.Argument(metavar="FILE", help=N_("The file to write, such as people.csv or people.parquet."))],
    as_of: AsOf = None,
) -> None:
    """Export a segment."""
    with workspace(ctx.obj) as ws:
        with waiting(_("Looking for people …")):
            people = ws.segments.members(name, ws.as_of(as_of))
            written = ws.segments.export(people, to)
        if ctx.obj.json:
            print_json({"file": str(to), "people": written})
        else:
            show(_("Wrote {people} people to {file}.", people=number(written), file=to))
