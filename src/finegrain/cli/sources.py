"""``finegrain sources``: the apps and sites that send, and their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from finegrain.cli.help import Command, Group
from finegrain.cli.output import moment, print_json, show, show_plain, table
from finegrain.cli.session import workspace
from finegrain.cli.values import one_of, whole_number
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.cli.arguments import Invocation
    from finegrain.collect.sources.contract import NewKey, Source
    from finegrain.collect.sources.snippets import Sdk as SdkName
    from finegrain.collect.wire.contract import WireFormat
    from finegrain.workspace import Workspace

app = typer.Typer(cls=Group, invoke_without_command=True, rich_markup_mode=None)

FORMATS = ("segment", "sensors", "posthog")
SDKS = ("web", "python", "node", "mini-program", "curl")
HERE = "http://127.0.0.1:8000"

Name = Annotated[str, typer.Argument(metavar="NAME", help=N_("The name of the source."))]
Format = Annotated[
    str,
    typer.Option("--format", metavar="FORMAT", parser=one_of(N_("format"), FORMATS), help=N_("segment, sensors or posthog.")),
]
Origins = Annotated[
    list[str] | None,
    typer.Option("--origin", metavar="ORIGIN", help=N_("A web origin whose pages may send; may be repeated. Else all may.")),
]
KeepOld = Annotated[
    int,
    typer.Option(
        "--keep-old-hours",
        metavar="N",
        parser=whole_number("--keep-old-hours"),
        help=N_("Accept the old key for so many hours more; else it is void at once."),
    ),
]
Sdk = Annotated[
    str,
    typer.Option(
        "--sdk", metavar="SDK", parser=one_of(N_("SDK"), SDKS), help=N_("web, python (default), node, mini-program or curl.")
    ),
]
Url = Annotated[str, typer.Option("--url", metavar="URL", help=N_("The server's address as the sender reaches it."))]
Key = Annotated[str, typer.Option("--key", metavar="KEY", help=N_("The key; else a placeholder stands for it."))]


@app.callback(cls=Group)
def root(ctx: typer.Context) -> None:
    """List the sources when no command follows."""
    if ctx.invoked_subcommand is None:
        list_sources(ctx)


@app.command("list", cls=Command, help=N_("List the sources."))
def list_sources(ctx: typer.Context) -> None:
    """List the sources."""
    with workspace(ctx.obj) as ws:
        found = ws.sources.all()
    if ctx.obj.json:
        print_json({"sources": [source.to_dict() for source in found]})
    elif found:
        show(_source_table(ws, found))
    else:
        show(_("There is no source yet; make one with `finegrain sources add`."))


@app.command("add", cls=Command, help=N_("Make a source, and show its key this once."))
def add(ctx: typer.Context, name: Name, format: Format, origin: Origins = None) -> None:  # noqa: A002 - the option's name
    """Make a source."""
    with workspace(ctx.obj, create=True) as ws:
        _show_key(ctx.obj, ws.sources.add(name, cast("WireFormat", format), allowed_origins=origin or ()))


@app.command("rotate", cls=Command, help=N_("Give a source a new key, and show it this once."))
def rotate(ctx: typer.Context, name: Name, keep_old_hours: KeepOld = 0) -> None:
    """Give a source a new key."""
    from datetime import timedelta

    with workspace(ctx.obj) as ws:
        _show_key(ctx.obj, ws.sources.rotate(name, keep_old=timedelta(hours=keep_old_hours)))


@app.command("origins", cls=Command, help=N_("Say which web origins' pages may send to a source."))
def origins(ctx: typer.Context, name: Name, origin: Origins = None) -> None:
    """Replace the allowed origins of a source."""
    with workspace(ctx.obj) as ws:
        source = ws.sources.set_allowed_origins(name, origin or ())
        _show_source(ctx.obj, ws, source)


@app.command("enable", cls=Command, help=N_("Let a source send again."))
def enable(ctx: typer.Context, name: Name) -> None:
    """Let a source send again."""
    with workspace(ctx.obj) as ws:
        _show_source(ctx.obj, ws, ws.sources.set_enabled(name, enabled=True))


@app.command("disable", cls=Command, help=N_("Refuse what a source sends; what it has sent stays."))
def disable(ctx: typer.Context, name: Name) -> None:
    """Refuse what a source sends."""
    with workspace(ctx.obj) as ws:
        _show_source(ctx.obj, ws, ws.sources.set_enabled(name, enabled=False))


@app.command("snippet", cls=Command, help=N_("Show the code that makes an SDK send to a source."))
def show_snippet(ctx: typer.Context, name: Name, sdk: Sdk = "python", url: Url = HERE, key: Key = "YOUR_WRITE_KEY") -> None:
    """Show how an SDK is set up."""
    from finegrain.collect.sources.snippets import snippet

    with workspace(ctx.obj) as ws:
        source = ws.sources.get(name)
    found = snippet(source.format, cast("SdkName", sdk), url=url, key=key)
    if ctx.obj.json:
        print_json({"source": source.name, "format": source.format, **found.to_dict()})
        return
    install = f"{found.install}\n\n" if found.install else ""
    show_plain(f"{install}{found.code}\n{_(found.note)}")  # as it is: a wrapped line would be other code


def _show_key(invocation: Invocation, made: NewKey) -> None:
    if invocation.json:
        print_json({**made.source.to_dict(), "key": made.key})
        return
    show(
        _("The key of “{name}” is:", name=made.source.name),
        made.key,
        _("Keep it now; it is stored as a hash only, and cannot be shown again."),
    )


def _show_source(invocation: Invocation, ws: Workspace, source: Source) -> None:
    if invocation.json:
        print_json(source.to_dict())
    else:
        show(_source_table(ws, [source]))


def _source_table(ws: Workspace, sources: list[Source]) -> Any:
    rows = [
        (
            source.name,
            source.format,
            f"…{source.key_hint}",
            moment(source.key_made_at, ws.zone),
            ", ".join(source.allowed_origins) or _("all origins"),
            _("enabled") if source.enabled else _("disabled"),
        )
        for source in sources
    ]
    return table([_("Source"), _("Format"), _("Key"), _("Key made at"), _("Allowed origins"), _("State")], rows)
