"""What is checked before a row is read: that the mapping is whole, and that the files have its columns."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from finegrain.collect.errors import UnknownColumnError, UnknownFieldError
from finegrain.collect.imports.errors import (
    BadTimeFormatError,
    NoFilesError,
    NoSuchColumnError,
    UnmappedFieldError,
    WrongMappingKindError,
)
from finegrain.collect.mapping.contract import FIELDS
from finegrain.collect.mapping.fields import missing_fields
from finegrain.errors import BadValueError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from finegrain.collect.files.contract import DetectedFile
    from finegrain.collect.mapping.contract import ImportKind, Mapping

_SHOWN_COLUMNS = 30
_NAMED_FORMATS = ("auto", "epoch_s", "epoch_ms", "excel")


def check_mapping(kind: ImportKind, mapping: Mapping, columns: Sequence[str] = ()) -> None:
    """Refuse a mapping with which no row could be read; ``columns`` are those that there are, where that is known.

    Raises:
        WrongMappingKindError: it is for rows of another kind.
        UnknownFieldError: it names a field that does not exist.
        UnmappedFieldError: a field that is needed is filled by no column.
        BadTimeFormatError: its pattern for times is none.
    """
    if mapping.kind != kind:
        raise WrongMappingKindError(found=mapping.kind, kind=kind)
    allowed = [field.name for field in FIELDS[kind]]
    for field in mapping.columns:
        if field not in allowed:
            raise UnknownFieldError(field=field, kind=kind, allowed=", ".join(allowed))
    missing = list(missing_fields(kind, mapping.columns))
    if kind == "orders" and mapping.granularity == "line" and "order_id" not in mapping.columns:
        missing.append("order_id")
    if missing:
        raise UnmappedFieldError(fields=", ".join(missing), kind=kind, columns=_shown(columns or mapping.columns.values()))
    _check_time_format(mapping.time_format)


def check_files(files: Sequence[Path]) -> None:
    """Refuse to import nothing, or a file twice in one go: the lines of its orders would be added up twice.

    Raises:
        NoFilesError: there is no file.
        BadValueError: a file stands there twice.
    """
    if not files:
        raise NoFilesError
    seen = set()
    for path in files:
        if (real := path.resolve()) in seen:
            raise BadValueError(name="FILE", value=path, allowed=Phrase("each file once"))
        seen.add(real)


def check_columns(mapping: Mapping, file: DetectedFile) -> None:
    """Refuse a file that lacks a mapped column; a JSON Lines file may bring an optional one in a later row.

    Raises:
        UnknownColumnError: the file has no such column.
    """
    for field, column in mapping.columns.items():
        if column not in file.columns and (file.format != "jsonl" or field in _needed(mapping)):
            raise UnknownColumnError(path=file.path, column=column, field=field, allowed=", ".join(file.columns))


def check_seen(mapping: Mapping, columns: Collection[str], rows: int) -> None:
    """Refuse to replay ``rows`` dead letters of which none has a mapped column.

    Raises:
        NoSuchColumnError: no dead letter has it.
    """
    for field, column in mapping.columns.items():
        if rows and column not in columns:
            raise NoSuchColumnError(rows=rows, column=column, field=field, allowed=", ".join(columns))


def _shown(columns: Collection[str]) -> str:
    shown = ", ".join(f"“{column}”" for column in islice(columns, _SHOWN_COLUMNS))
    return f"{shown} …" if len(columns) > _SHOWN_COLUMNS else shown or "–"


def _needed(mapping: Mapping) -> set[str]:
    return {field.name for field in FIELDS[mapping.kind] if field.required}


def _check_time_format(time_format: str) -> None:
    if time_format in _NAMED_FORMATS:
        return
    import duckdb

    try:
        # A cursor of its own: the shared connection refuses a second import that asks at the same time.
        with duckdb.cursor() as cursor:
            cursor.execute("SELECT strftime(TIMESTAMP '2001-02-03 04:05:06', ?)", [time_format])
    except duckdb.Error as error:
        raise BadTimeFormatError(format=time_format, reason=str(error).partition("\n")[0]) from error
    if "%" not in time_format:
        raise BadTimeFormatError(format=time_format, reason="it has no % field")
