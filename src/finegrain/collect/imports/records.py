"""Saved mappings and the history of imports, in the ops store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from finegrain.collect.imports.contract import ImportRecord, SavedMapping
from finegrain.collect.imports.errors import UnknownImportError, UnknownMappingError
from finegrain.collect.mapping.contract import Mapping
from finegrain.collect.tables import ImportTable, SavedMappingTable
from finegrain.errors import BadValueError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

_LONGEST_NAME = 100


def mapping_from_dict(saved: dict[str, Any]) -> Mapping:
    """Give the mapping that ``Mapping.to_dict`` wrote."""
    lists = {name: tuple(saved[name]) if saved[name] is not None else None for name in ("refund_status", "keep_columns")}
    return Mapping(**{**saved, **lists})


def save_mapping(session: Session, name: str, mapping: Mapping, now: datetime) -> None:
    """Save ``mapping`` under ``name``; see ``ImportService.save_mapping``."""
    name = name.strip()
    if not name or len(name) > _LONGEST_NAME:
        raise BadValueError(name=Phrase("mapping name"), value=f"“{name}”", allowed=Phrase("1 to 100 characters"))
    session.merge(SavedMappingTable(name=name, kind=mapping.kind, mapping=mapping.to_dict(), saved_at=now))


def load_mapping(session: Session, name: str) -> Mapping:
    """Give the saved mapping ``name``; see ``ImportService.mapping``."""
    return mapping_from_dict(_find_mapping(session, name).mapping)


def delete_mapping(session: Session, name: str) -> None:
    """Forget the saved mapping ``name``; see ``ImportService.delete_mapping``."""
    session.delete(_find_mapping(session, name))


def _find_mapping(session: Session, name: str) -> SavedMappingTable:
    row = session.get(SavedMappingTable, name.strip())
    if row is None:
        known = session.scalars(select(SavedMappingTable.name).order_by(SavedMappingTable.name))
        raise UnknownMappingError(name=name, known=", ".join(known) or "–")
    return row


def list_mappings(session: Session) -> list[SavedMapping]:
    """Give all saved mappings by name."""
    rows = session.scalars(select(SavedMappingTable).order_by(SavedMappingTable.name))
    return [SavedMapping(row.name, mapping_from_dict(row.mapping), row.saved_at) for row in rows]


def check_import(session: Session, import_id: int | None) -> None:
    """Refuse the number of an import that does not exist.

    Raises:
        UnknownImportError: there is none.
    """
    if import_id is not None and session.get(ImportTable, import_id) is None:
        raise UnknownImportError(import_id=import_id)


def list_imports(session: Session, limit: int) -> list[ImportRecord]:
    """Give past imports and replays, newest first."""
    rows = session.scalars(select(ImportTable).order_by(ImportTable.id.desc()).limit(limit))
    return [_record(row) for row in rows]


def _record(row: ImportTable) -> ImportRecord:
    return ImportRecord(
        id=row.id,
        kind=row.kind,  # type: ignore[arg-type]
        status=row.status,  # type: ignore[arg-type]
        files=tuple(row.files),
        mapping=mapping_from_dict(row.mapping),
        summary=row.summary,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
