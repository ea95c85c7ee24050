"""Makes a command of each kind of query: words and options to a query, and the answer to a table or JSON."""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from finegrain.cli.errors import BadSpecError, UsageError
from finegrain.cli.output import print_json, show
from finegrain.cli.queries.conditions import read_step
from finegrain.cli.queries.flags import COMMANDS, COMMON, LIMIT
from finegrain.cli.queries.tables import rendered
from finegrain.cli.session import waiting, workspace
from finegrain.cli.tiers import AsOf
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from finegrain.cli.arguments import Invocation
    from finegrain.cli.queries.flags import Flag, QueryCommand

_AUDIENCE = {"tier": N_("Only people in this tier, such as rfm/important_value."), "segment": N_("Only people of this segment.")}
_SPEC = N_("A file with the query as JSON, or - for what is piped in; words and options win over it.")


def query_command(command: QueryCommand) -> Callable[..., None]:
    """Give the function that typer makes a command of."""

    def run(ctx: typer.Context, **given: Any) -> None:
        answer(ctx.obj, command, given)

    parameters = [_parameter("ctx", typer.Context, inspect.Parameter.empty)]
    if command.words.fields:
        info = typer.Argument(metavar=command.words.metavar, help=command.words.help)
        parameters.append(_parameter("words", Annotated[list[str] | None, info], None))
    parameters += [_of_flag(flag) for flag in (*command.flags, *COMMON, LIMIT)]
    for name, text in _AUDIENCE.items():
        parameters.append(_option(name, f"--{name}", "NAME", text))
    parameters += [_option("spec", "--spec", "FILE", _SPEC), _parameter("as_of", AsOf, None)]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _of_flag(flag: Flag) -> inspect.Parameter:
    info = typer.Option(flag.name, metavar=flag.metavar, help=flag.help)
    return _parameter(flag.field, Annotated[(list[str] if flag.many else str) | None, info], None)


def _option(name: str, written: str, metavar: str, text: str) -> inspect.Parameter:
    return _parameter(name, Annotated[str | None, typer.Option(written, metavar=metavar, help=text)], None)


def _parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def answer(invocation: Invocation, command: QueryCommand, given: dict[str, Any]) -> None:
    """Ask the query that words and options make, and show the answer."""
    query = query_of(command, given)
    with workspace(invocation) as ws:
        with waiting(_("Looking at what people did …")):
            result = ws.queries.answer(command.kind, query, ws.as_of(given["as_of"]))
        if invocation.json:
            print_json(result.to_dict())
        else:
            show(*rendered(result))


def query_of(command: QueryCommand, given: dict[str, Any]) -> dict[str, Any]:
    """Give the query as JSON values: what ``--spec`` holds, and over it what words and options say.

    Raises:
        BadSpecError: ``--spec`` names no query.
        BadConditionError: a condition or a step cannot be read.
        UsageError: there are more words than the command takes, or a limit without a breakdown.
    """
    query = _spec(given["spec"]) if given["spec"] else {}
    query |= _of_words(command, given.get("words") or ())
    for flag in (*command.flags, *COMMON):
        value = given[flag.field]
        if value:
            query[flag.field] = [flag.reads(one) for one in value] if flag.many else flag.reads(value)
    _into_series(query)
    audience = {name: given[name] for name in _AUDIENCE if given[name]}
    if audience:
        query["audience"] = audience
    if given["limit"]:
        query["breakdown"] = _limited(command, query.get("breakdown"), LIMIT.reads(given["limit"]))
    return query


def _into_series(query: dict[str, Any]) -> None:
    """Put the measure and its property, which hold for every event that the words name, into each series."""
    if "series" in query:
        measured = {name: query.pop(name) for name in ("measure", "property") if name in query}
        query["series"] = [{**({"event": one} if isinstance(one, str) else one), **measured} for one in query["series"]]


def _limited(command: QueryCommand, breakdown: Any, limit: int) -> dict[str, Any]:
    if not breakdown:
        raise UsageError(reason=_("--limit goes with --breakdown only"), command=f"finegrain {command.kind}")
    return {**({"property": breakdown} if isinstance(breakdown, str) else breakdown), "limit": limit}


def _of_words(command: QueryCommand, words: Sequence[str]) -> dict[str, Any]:
    *single, last = command.words.fields or ("",)
    fields = {name: read_step(word) for name, word in zip(single, words, strict=False)}
    rest = [read_step(word) for word in words[len(single) :]]
    if not rest:
        return fields
    if not command.words.many and len(rest) > 1:
        raise UsageError(reason=_("“{word}” is one word too many", word=words[-1]), command=f"finegrain {command.kind}")
    return {**fields, last: rest if command.words.many else rest[0]}


def _spec(file: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        found = json.loads(text)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadSpecError(file=file, reason=reason) from error
    if not isinstance(found, dict):
        raise BadSpecError(file=file, reason=_("it is no JSON object"))
    return found


def commands() -> list[tuple[str, Callable[..., None], str]]:
    """Give all commands: the name, the function, the line of help."""
    return [(command.kind, query_command(command), command.help) for command in COMMANDS]
