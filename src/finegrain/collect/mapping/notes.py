"""What a preview says about its assumptions, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.collect.mapping.refunds import refund_states, suggest_prefix
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Lookup

    from finegrain.collect.files.contract import DetectedFile
    from finegrain.collect.mapping.contract import Mapping
    from finegrain.collect.mapping.lines import GranularityGuess
    from finegrain.collect.mapping.profile import ColumnProfile
    from finegrain.collect.mapping.times import TimeGuess

_SHOWN_STATES = 12
_CERTAIN = 0.995


def notes(
    detected: DetectedFile,
    mapping: Mapping,
    fields: Lookup[str, ColumnProfile],
    *,
    lines: GranularityGuess | None,
    time: TimeGuess | None,
    currency: str | None,
) -> tuple[str, ...]:
    """Give the sentences about what was assumed.

    Args:
        detected: the file.
        mapping: the mapping as it will be used.
        fields: field → profile of its column.
        lines: what was told about the granularity; None for kinds other than orders.
        time: how the times are read; None where that was given.
        currency: the workspace's; None leaves the sentence about it out.
    """
    return (
        *_titles(detected),
        *_renamed(detected),
        *_times(fields, time),
        *(_orders(mapping, fields, lines) if lines else ()),
        *(_currency(mapping, currency) if currency and lines else ()),
    )


def _titles(detected: DetectedFile) -> Iterator[str]:
    if detected.titles:
        yield _("Rows above the names of the columns are left out: {rows}.", rows=detected.titles)


def _renamed(detected: DetectedFile) -> Iterator[str]:
    if detected.renamed_columns:
        names = ", ".join(f"“{name}”" for name in detected.renamed_columns)
        yield _("Some columns have no name or the name of another; they are called {names}.", names=names)


def _times(fields: Lookup[str, ColumnProfile], time: TimeGuess | None) -> Iterator[str]:
    column = fields.get("time") or fields.get("known_since")
    if column is None or time is None:
        return
    facts = {"column": column.name, "format": time.format, "reason": time.reason, "share": f"{time.share:.0%}"}
    if time.ambiguous:
        yield _("Times in “{column}” are read as {format}; {reason}. Give the time format if this is wrong.", **facts)
    elif time.format != "auto":
        yield _("Times in “{column}” are read as {format}: {reason}.", **facts)
    if time.share < _CERTAIN:
        yield _("Only {share} of the first values in “{column}” are written so.", **facts)


def _orders(mapping: Mapping, fields: Lookup[str, ColumnProfile], lines: GranularityGuess) -> Iterator[str]:
    if lines.note and mapping.granularity == lines.granularity:
        yield lines.note
    if "amount" not in mapping.columns and {"quantity", "unit_price"} <= fields.keys() and not lines.amount_is_total:
        yield _("The amount of a row is quantity × unit price.")
    yield from _refunds(mapping, fields)


def _refunds(mapping: Mapping, fields: Lookup[str, ColumnProfile]) -> Iterator[str]:
    suggested = None if mapping.refund_prefix else suggest_prefix(fields)
    if suggested:
        prefix, example = suggested
        yield _(
            "Orders such as {example} have quantities below zero: if “{prefix}” marks refunds, give it as the refund prefix.",
            prefix=prefix,
            example=example,
        )
    status = fields.get("status")
    if status is not None and status.distinct:
        refunds = refund_states(status.distinct)
        seen = ", ".join(status.distinct[:_SHOWN_STATES])
        if refunds:
            yield _("Of the states {seen}, these count as refunded: {refunds}.", seen=seen, refunds=", ".join(refunds))
        else:
            yield _("None of the states {seen} counts as refunded.", seen=seen)


def _currency(mapping: Mapping, currency: str) -> Iterator[str]:
    if "currency" not in mapping.columns:
        yield _("No column names a currency, so amounts are in {currency}.", currency=currency)
