"""The import service: previews files, imports them, keeps what was refused, and remembers mappings and past imports."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from finegrain.access.acting import require
from finegrain.access.recording import record
from finegrain.collect.dead_letters import add_dead_letters, count_dead_letters, list_dead_letters
from finegrain.collect.files import open_file
from finegrain.collect.imports import records
from finegrain.collect.imports.building import build_events
from finegrain.collect.imports.checks import check_columns, check_files, check_mapping, check_seen
from finegrain.collect.imports.contract import ImportProgress
from finegrain.collect.imports.errors import WrongMappingKindError
from finegrain.collect.imports.offsets import zone_offsets
from finegrain.collect.imports.reasons import check_reason
from finegrain.collect.imports.replaying import Replay
from finegrain.collect.imports.staging import Stager, in_large_parts
from finegrain.collect.imports.storing import ImportStorage, ReadRows
from finegrain.collect.imports.workbench import Workbench
from finegrain.collect.mapping.preview import preview
from finegrain.money import exponent
from finegrain.zones import Zone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from finegrain.clock import Clock
    from finegrain.collect.files.contract import FileReader
    from finegrain.collect.imports.contract import DeadLetter, ImportRecord, ImportSummary, ProgressCallback, SavedMapping
    from finegrain.collect.mapping.contract import Granularity, ImportKind, ImportPreview, Mapping
    from finegrain.people.service import PeopleService
    from finegrain.settings import Settings
    from finegrain.store.events import EventStore
    from finegrain.store.ops import OpsStore


class ImportService:
    """Imports files into a workspace.

    Args:
        events, ops: the stores.
        people: who the people are; imports register those they name.
        settings: zone, currency and limits.
        clock: where the time comes from.
    """

    def __init__(self, events: EventStore, ops: OpsStore, people: PeopleService, settings: Settings, clock: Clock) -> None:
        self._events = events
        self._ops = ops
        self._people = people
        self._settings = settings
        self._clock = clock
        self._storage = ImportStorage(events, ops, clock, settings.currency)

    def preview(
        self,
        path: str | Path,
        kind: ImportKind,
        *,
        columns: dict[str, str] | None = None,
        mapping_name: str | None = None,
        refund_prefix: str | None = None,
        granularity: Granularity | None = None,
        time_format: str | None = None,
    ) -> ImportPreview:
        """Show what an import of ``path`` would do, its columns guessed; nothing is stored.

        Args:
            path: the file.
            kind: what its rows are.
            columns: field → column, in place of the guess.
            mapping_name: a saved mapping to take in place of the guess.
            refund_prefix: in place of none; see ``Mapping``.
            granularity: in place of the guess; see ``Mapping``.
            time_format: in place of the guess; see ``Mapping``.

        Raises:
            InputError: the file or an argument cannot be used.
            UnknownMappingError: there is no saved mapping of that name.
        """
        base = self.mapping(mapping_name) if mapping_name else None
        if base is not None and base.kind != kind:
            raise WrongMappingKindError(found=base.kind, kind=kind)
        return preview(
            self._open(Path(path)),
            kind,
            columns=columns,
            base=base,
            refund_prefix=refund_prefix,
            granularity=granularity,
            time_format=time_format,
            currency=self._settings.currency,
        )

    def run(
        self, paths: Sequence[str | Path], kind: ImportKind, mapping: Mapping, *, progress: ProgressCallback | None = None
    ) -> ImportSummary:
        """Import files: all of them, or, after an error, nothing.

        The files count as one import: the lines of an order may be spread over them, but not over several imports, of which the
        last one would hold. Every row is either accepted or refused with a reason; importing the same rows again adds nothing.

        Args:
            paths: the files, in the order in which they were written.
            kind: what their rows are.
            mapping: how their columns are read.
            progress: told after each part that was read.

        Raises:
            InputError: a file or the mapping cannot be used; nothing was stored.
            StorageError: disk or memory do not suffice; nothing was stored.
        """
        require("data:write")
        files = [Path(path) for path in paths]
        check_files(files)
        readers = [self._open(path) for path in files]
        check_mapping(kind, mapping, readers[0].detected.columns)
        for reader in readers:
            check_columns(mapping, reader.detected)
        began_s, now = perf_counter(), self._clock.now()
        with self._workbench(mapping, now) as bench:
            stager = Stager(bench, mapping, self._settings.currency)
            self._read(readers, stager, progress)
            build_events(bench, mapping, stager.properties)
            report(progress, stager.rows, 1.0, "storing")
            read = ReadRows(mapping, tuple(map(str, paths)), "finished", stager.rows, now, began_s)
            return self._storage.store(bench, read, _keep_refused)

    def replay(self, mapping: Mapping, *, import_id: int | None = None, reason: str | None = None) -> ImportSummary:
        """Read dead letters again with a corrected mapping; what passes is stored and leaves them, the rest stays.

        Rows that were no table rows at all (``broken_row``) are left out. A line that passes joins its stored order.

        Args:
            mapping: how the rows are read now; only dead letters of its kind are replayed.
            import_id: only those of this import.
            reason: only those with this reason.

        Returns:
            The summary, in which ``rows`` are the dead letters that were tried.

        Raises:
            InputError: the mapping cannot be used.
            UnknownImportError: there is no such import.
            UnknownNameError: there is no such reason.
        """
        require("data:write")
        check_mapping(mapping.kind, mapping)
        check_reason(reason)
        replay = Replay(mapping.kind, import_id, reason)
        began_s, now = perf_counter(), self._clock.now()
        with self._workbench(mapping, now, replaying=True) as bench:
            stager = Stager(bench, mapping, self._settings.currency)
            with self._ops.reading() as session:
                records.check_import(session, import_id)
                replay.read(session, stager)
            check_seen(mapping, replay.columns, replay.rows)
            build_events(bench, mapping, stager.properties, stored=self._events)
            read = ReadRows(mapping, (), "replayed", stager.rows, now, began_s)
            return self._storage.store(bench, read, replay.close)

    def dead_letters(
        self, *, import_id: int | None = None, reason: str | None = None, limit: int = 100, offset: int = 0
    ) -> list[DeadLetter]:
        """Give open dead letters in the order in which they were read, ``limit`` from ``offset`` on.

        Raises:
            UnknownNameError: there is no such reason.
        """
        check_reason(reason)
        with self._ops.reading() as session:
            return list_dead_letters(session, import_id=import_id, reason=reason, limit=limit, offset=offset)

    def dead_letter_counts(self, import_id: int | None = None) -> dict[str, int]:
        """Give how many open dead letters there are for each reason, most frequent first."""
        with self._ops.reading() as session:
            return count_dead_letters(session, import_id)

    def save_mapping(self, name: str, mapping: Mapping) -> None:
        """Save ``mapping`` under ``name``, in place of one that had it.

        Raises:
            InputError: the name is empty or longer than 100 characters, or the mapping cannot be used.
        """
        require("data:write")
        check_mapping(mapping.kind, mapping)
        with self._ops.session() as session:
            records.save_mapping(session, name, mapping, self._clock.now())
            record(session, "mapping.save", name, after=mapping.to_dict())

    def mapping(self, name: str) -> Mapping:
        """Give the saved mapping ``name``.

        Raises:
            UnknownMappingError: there is none.
        """
        with self._ops.reading() as session:
            return records.load_mapping(session, name)

    def delete_mapping(self, name: str) -> None:
        """Forget the saved mapping ``name``; imports that used it keep what they used.

        Raises:
            UnknownMappingError: there is none.
        """
        require("data:write")
        with self._ops.session() as session:
            records.delete_mapping(session, name)
            record(session, "mapping.delete", name)

    def mappings(self) -> list[SavedMapping]:
        """Give all saved mappings by name."""
        with self._ops.reading() as session:
            return records.list_mappings(session)

    def history(self, *, limit: int = 100) -> list[ImportRecord]:
        """Give past imports and replays, newest first, at most ``limit``."""
        with self._ops.reading() as session:
            return records.list_imports(session, limit)

    def _open(self, path: Path) -> FileReader:
        return open_file(path, max_line_bytes=self._settings.import_max_line_bytes)

    def _workbench(self, mapping: Mapping, now: datetime, *, replaying: bool = False) -> Workbench:
        settings = self._settings
        # The event store holds the other half while both work.
        bench = Workbench(memory_bytes=settings.duckdb_memory_bytes // 2, threads=settings.duckdb_threads)
        bench.register("zone_offsets", zone_offsets(Zone(settings.zone)))
        received_at = now.replace(tzinfo=None)
        has_columns = mapping.columns.keys()
        variables: dict[str, Any] = {
            "kind": mapping.kind,
            "currency": settings.currency,
            "digits": exponent(settings.currency),
            "received_at": received_at,
            "latest": received_at + timedelta(days=settings.import_future_days),
            "refund_prefix": mapping.refund_prefix or None,
            "needs_order_id": "order_id" in has_columns,
            "needs_quantity": "quantity" in has_columns,
            "by_line": mapping.granularity == "line",
            "replaying": replaying,
        }
        for name, value in variables.items():
            bench.set(name, value)
        return bench

    def _read(self, readers: Sequence[FileReader], stager: Stager, progress: ProgressCallback | None) -> None:
        total = max(sum(reader.detected.size_bytes for reader in readers), 1)
        before = 0
        for number, reader in enumerate(readers):
            for rows, lines, broken, bytes_read in in_large_parts(reader.batches()):
                stager.take(number, rows, lines)
                stager.take_broken(number, broken)
                report(progress, stager.rows, min((before + bytes_read) / total, 1.0), "reading")
            before += reader.detected.size_bytes


def report(progress: ProgressCallback | None, rows: int, share: float, stage: str) -> None:
    """Tell ``progress``, where there is one, how far an import is."""
    if progress is not None:
        progress(ImportProgress(rows, share, stage))  # type: ignore[arg-type]


def _keep_refused(session: Session, bench: Workbench, import_id: int) -> None:
    add_dead_letters(session, import_id, bench.rows("dead_letters"))
