"""``finegrain tiers SCHEME``: the tiers of a scheme, its thresholds, and how it crosses with another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from finegrain.cli.errors import UsageError
from finegrain.cli.output import moment, money, number, percent, print_json, show, table
from finegrain.cli.session import waiting, workspace
from finegrain.cli.values import assignments
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

    from rich.console import RenderableType

    from finegrain.audience.tiers.contract import SchemeName, SuggestionResult, Threshold
    from finegrain.audience.tiers.matrix import MatrixResult
    from finegrain.audience.tiers.result import TierResult
    from finegrain.cli.arguments import Invocation
    from finegrain.workspace import Workspace

SCHEME_HELP = N_("rfm, activity, value, frequency, lifecycle, or one of your own.")

AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="MOMENT",
        help=N_("Count what happened before this moment: a date (its start), a time, or now. Else what the setting as_of says."),
    ),
]


def tiers(
    ctx: typer.Context,
    scheme: Annotated[str, typer.Argument(metavar="SCHEME", help=SCHEME_HELP)],
    as_of: AsOf = None,
    threshold: Annotated[
        list[str] | None,
        typer.Option("--threshold", metavar="NAME=VALUE", help=N_("Use this threshold instead of the saved one.")),
    ] = None,
    save: Annotated[bool, typer.Option("--save", help=N_("Save the given thresholds for everybody."))] = False,
    reset: Annotated[bool, typer.Option("--reset", help=N_("Go back to the default thresholds first."))] = False,
    suggest: Annotated[
        bool, typer.Option("--suggest", help=N_("Show the thresholds with what the data suggest, and why."))
    ] = False,
    matrix: Annotated[
        str | None, typer.Option("--matrix", metavar="SCHEME", help=N_("Cross with this scheme: people by both."))
    ] = None,
) -> None:
    """Sort everybody into the tiers of a scheme."""
    changed = assignments("--threshold", threshold or (), "silent_days=90")
    if matrix and (changed or suggest):
        raise UsageError(reason=_("--matrix goes with saved thresholds only"), command="finegrain tiers")
    with workspace(ctx.obj) as ws:
        name = scheme
        _change_thresholds(ws, name, changed, save=save, reset=reset)
        if suggest:
            _show_suggestions(ctx.obj, ws, name, as_of)
        elif matrix:
            with _sorting():
                crossed = ws.matrix(name, matrix, as_of)
            _show_matrix(ctx.obj, ws, crossed)
        else:
            with _sorting():
                result = ws.tiers(name, as_of, dict(changed) or None)
            _show_tiers(ctx.obj, ws, result)


def _sorting() -> AbstractContextManager[None]:
    return waiting(_("Sorting people into tiers …"))


def _change_thresholds(ws: Workspace, scheme: SchemeName, changed: dict[str, str], *, save: bool, reset: bool) -> None:
    if reset:
        ws.tiering.reset_thresholds(scheme)
    if save and changed:
        ws.tiering.save_thresholds(scheme, dict(changed))


def _show_tiers(invocation: Invocation, ws: Workspace, result: TierResult) -> None:
    if invocation.json:
        print_json(result.to_dict())
        return
    rows = [
        (
            _(tier.name),
            tier.key,
            number(tier.people),
            percent(tier.share),
            money(tier.revenue_minor, ws.currency),
            number(tier.purchases),
            money(tier.average_order_value_minor, ws.currency),
        )
        for tier in result.tiers
    ]
    columns = [_("Tier"), _("Key"), _("People"), _("Share"), _("Revenue"), _("Orders"), _("Average order")]
    title = _(
        "{scheme} as of {moment} · {people} people", **_title_facts(ws, _(result.basis.scheme.label), result.as_of, result.total)
    )
    show(table(columns, rows, title=title, numbers=range(2, 7)), *result.notes)


def _title_facts(ws: Workspace, scheme: str, as_of: datetime, people: int) -> dict[str, Any]:
    return {"scheme": scheme, "moment": moment(as_of, ws.zone), "people": number(people)}


def _show_suggestions(invocation: Invocation, ws: Workspace, scheme: SchemeName, as_of: str | None) -> None:
    with _sorting():
        thresholds, suggestions = ws.tiering.thresholds(scheme), ws.tiering.suggest(scheme, ws.as_of(as_of))
    if invocation.json:
        print_json(
            {
                "scheme": scheme,
                "thresholds": [_threshold_dict(item) for item in thresholds],
                "suggestions": [{"name": item.name, "value": item.value, "reason": item.text()} for item in suggestions],
                "notes": list(suggestions.notes),
            }
        )
        return
    show(*_threshold_tables(thresholds, suggestions))


def _threshold_dict(item: Threshold) -> dict[str, Any]:
    return {
        "name": item.name,
        "label": _(item.label),
        "value": item.value,
        "default": item.default,
        "unit": _(item.unit) if item.unit else "",
        "minimum": item.minimum,
        "maximum": item.maximum,
        "choices": list(item.choices),
        "help": _(item.help),
    }


def _threshold_tables(thresholds: tuple[Threshold, ...], suggestions: SuggestionResult) -> list[RenderableType]:
    rows = [
        (item.name, _(item.label), str(item.value), str(item.default), _(item.unit) if item.unit else ", ".join(item.choices))
        for item in thresholds
    ]
    parts = [table([_("Threshold"), _("What it is"), _("Current value"), _("Default"), _("Unit or choices")], rows)]
    if suggestions:
        why = [(item.name, str(item.value), item.text()) for item in suggestions]
        parts.append(table([_("Threshold"), _("Suggested"), _("Why")], why))
    return [*parts, *suggestions.notes]


def _show_matrix(invocation: Invocation, ws: Workspace, result: MatrixResult) -> None:
    if invocation.json:
        print_json(result.to_dict())
        return
    columns = ["", *(_(tier.name) for tier in result.column_tiers), _("Total")]
    rows = [
        (_(tier.name), *(number(count) for count in counts), number(tier.people))
        for tier, counts in zip(result.row_tiers, result.counts.tolist(), strict=True)
    ]
    rows.append((_("Total"), *(number(tier.people) for tier in result.column_tiers), number(result.total)))
    name = " × ".join(_(side.basis.scheme.label) for side in (result.row_result, result.column_result))
    title = _("{scheme} as of {moment} · {people} people", **_title_facts(ws, name, result.as_of, result.total))
    show(table(columns, rows, title=title, numbers=range(1, len(columns))))
