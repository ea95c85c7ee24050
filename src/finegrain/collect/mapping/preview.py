"""The preview of an import: the guessed mapping, corrected by what was given, and what it makes of the first rows."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa

from finegrain.collect.errors import UnknownColumnError, UnknownFieldError
from finegrain.collect.mapping.contract import FIELDS, ColumnPreview, ImportPreview, Mapping
from finegrain.collect.mapping.fields import missing_fields
from finegrain.collect.mapping.guess import guess_columns
from finegrain.collect.mapping.lines import guess_granularity
from finegrain.collect.mapping.notes import notes
from finegrain.collect.mapping.profile import ColumnProfile, profile
from finegrain.collect.mapping.refunds import REFUND_STATES
from finegrain.collect.mapping.times import TimeGuess, first_decisive, guess_time
from finegrain.errors import BadValueError
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finegrain.collect.files.contract import DetectedFile, FileReader
    from finegrain.collect.mapping.contract import Granularity, ImportKind

SAMPLE_ROWS = 1000
_SHOWN_ROWS = 20
_SHOWN_VALUES = 4
_NAMED_FORMATS = ("auto", "epoch_s", "epoch_ms", "excel")


def preview(
    reader: FileReader,
    kind: ImportKind,
    *,
    columns: dict[str, str] | None = None,
    base: Mapping | None = None,
    refund_prefix: str | None = None,
    granularity: Granularity | None = None,
    time_format: str | None = None,
    currency: str | None = None,
) -> ImportPreview:
    """Guess the mapping of the file that ``reader`` opened from its first 1,000 rows.

    Where day and month of the times could be either way round in those, the rest of the file is read up to the first value
    that decides. The reader is used up.

    Args:
        reader: the opened file.
        kind: what its rows are.
        columns: field → column, which win over guesses; an empty column leaves the field unmapped.
        base: a saved mapping that takes the place of the guesses.
        refund_prefix: wins over ``base``; an empty text means none.
        granularity: wins over guess and ``base``.
        time_format: wins over guess and ``base``.
        currency: the workspace's, for the note about amounts.

    Raises:
        UnknownFieldError: ``columns`` names a field that ``kind`` does not have.
        UnknownColumnError: ``columns`` or ``base`` names a column that the file does not have.
        BadValueError: ``time_format`` is neither a known word nor a pattern.
    """
    batches = (batch.rows for batch in reader.batches())
    first = _first_rows(batches, reader.detected)
    profiles = {column.name: column for column in profile(first.slice(0, SAMPLE_ROWS))}
    chosen, reasons = _choose(reader.detected, kind, tuple(profiles.values()), columns or {}, base)
    fields = {field: profiles[column] for field, column in chosen.items()}
    lines = guess_granularity(fields) if kind == "orders" else None
    if lines and lines.amount_is_total and lines.granularity == "line" and not base and "amount" not in (columns or {}):
        del chosen["amount"], fields["amount"]
    time = _time(fields.get("time") or fields.get("known_since"), first, batches)
    mapping = Mapping(
        kind=kind,
        columns=chosen,
        granularity=granularity or (base.granularity if base else lines.granularity if lines else "order"),
        time_format=_time_format(time_format) or (base.time_format if base else time.format if time else "auto"),
        refund_prefix=(refund_prefix if refund_prefix is not None else base.refund_prefix if base else None) or None,
        refund_status=base.refund_status if base else REFUND_STATES if "status" in chosen else (),
        keep_columns=base.keep_columns if base else None,
    )
    return ImportPreview(
        file=reader.detected,
        mapping=mapping,
        columns=_columns(profiles, chosen, reasons),
        missing=missing_fields(kind, chosen),
        notes=notes(reader.detected, mapping, fields, lines=lines, time=None if time_format else time, currency=currency),
        sample=_sample(fields),
    )


def _first_rows(batches: Iterator[pa.RecordBatch], detected: DetectedFile) -> pa.Table:
    taken: list[pa.Table] = []
    rows = 0
    for batch in batches:
        taken.append(pa.table(batch))
        rows += batch.num_rows
        if rows >= SAMPLE_ROWS:
            break
    if not taken:
        return pa.table({name: pa.array([], pa.string()) for name in detected.columns})
    return pa.concat_tables(taken, promote_options="default")


def _choose(
    detected: DetectedFile, kind: ImportKind, profiles: tuple[ColumnProfile, ...], given: dict[str, str], base: Mapping | None
) -> tuple[dict[str, str], dict[str, str]]:
    known = [column.name for column in profiles]
    _check_fields(kind, given)
    if base is not None:
        chosen = dict(base.columns)
        reasons = dict.fromkeys(chosen, _("taken from the saved mapping"))
    else:
        guesses = guess_columns(kind, [column for column in profiles if column.name not in given.values()])
        chosen = {field: guess.column for field, guess in guesses.items()}
        reasons = {field: guess.reason for field, guess in guesses.items()}
    chosen.update(given)
    reasons.update(dict.fromkeys(given, _("chosen by you")))
    chosen = {field: column for field, column in chosen.items() if column}
    _check_columns(detected, chosen, known)
    order = [field.name for field in FIELDS[kind]]
    return {field: chosen[field] for field in order if field in chosen}, reasons


def _check_fields(kind: ImportKind, given: dict[str, str]) -> None:
    allowed = [field.name for field in FIELDS[kind]]
    for field in given:
        if field not in allowed:
            raise UnknownFieldError(field=field, kind=kind, allowed=", ".join(allowed))


def _check_columns(detected: DetectedFile, chosen: dict[str, str], known: list[str]) -> None:
    for field, column in chosen.items():
        if column not in known:
            raise UnknownColumnError(path=detected.path, column=column, field=field, allowed=", ".join(known))


def _time_format(given: str | None) -> str | None:
    if given is None or given in _NAMED_FORMATS or "%" in given:
        return given
    allowed = ", ".join(_NAMED_FORMATS) + ", %Y/%m/%d %H:%M …"
    raise BadValueError(name="time_format", value=given, allowed=allowed)


def _time(column: ColumnProfile | None, first: pa.Table, further: Iterator[pa.RecordBatch]) -> TimeGuess | None:
    if column is None or column.time is None or not column.time.ambiguous:
        return column.time if column else None
    batches = chain(first.to_batches(), further)
    values = (value for batch in batches for value in batch.column(column.name).to_pylist() if value)
    decisive = first_decisive(map(str, values))
    if decisive is None:
        return column.time
    decided = guess_time([*column.given, decisive])
    return replace(decided, share=column.time.share) if decided else column.time


def _columns(profiles: dict[str, ColumnProfile], chosen: dict[str, str], reasons: dict[str, str]) -> tuple[ColumnPreview, ...]:
    fields = {column: field for field, column in chosen.items()}
    return tuple(
        ColumnPreview(
            name=name,
            type=column.type,
            samples=column.distinct[:_SHOWN_VALUES],
            field=fields.get(name),
            reason=reasons.get(fields.get(name, ""), ""),
        )
        for name, column in profiles.items()
    )


def _sample(fields: dict[str, ColumnProfile]) -> tuple[dict[str, str], ...]:
    columns = {field: column.values[:_SHOWN_ROWS] for field, column in fields.items()}
    rows = zip(*columns.values(), strict=True)
    return tuple({field: value or "" for field, value in zip(columns, row, strict=True)} for row in rows)
