"""The one commit of an import: its record, its dead letters, the people it names and its events, all or nothing.

The rows of the ops store are written first and committed last, around the event store's own commit: whatever fails leaves
both as they were. Only a crash between the two commits leaves events without their people; importing the file again mends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import func, select

from finegrain.access.recording import record as note
from finegrain.collect.imports.building import Added, count_added
from finegrain.collect.imports.contract import ImportSummary
from finegrain.collect.imports.traits import store_people
from finegrain.collect.tables import ImportTable
from finegrain.people import writing
from finegrain.people.tables import PersonTable

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from finegrain.clock import Clock
    from finegrain.collect.imports.workbench import Workbench
    from finegrain.collect.mapping.contract import Mapping
    from finegrain.store.events import EventStore
    from finegrain.store.ops import OpsStore


@dataclass(frozen=True)
class ReadRows:
    """What reading came to: the good and the refused rows lie in the workbench, events built.

    Attributes:
        status: of the import in the history.
        rows: rows read, refused ones included.
        started_at: the moment of the import; events are received at it.
        began_s: the reading of `perf_counter` when it began.
    """

    mapping: Mapping
    files: tuple[str, ...]
    status: str
    rows: int
    started_at: datetime
    began_s: float


class KeepRefused(Protocol):
    """Something that keeps the refused rows of the workbench under an import."""

    def __call__(self, session: Session, bench: Workbench, import_id: int) -> None:
        """Keep them, inside the transaction."""
        ...


class ImportStorage:
    """Stores imports.

    Args:
        events, ops: the stores.
        clock: where the time comes from.
        currency: of the workspace.
    """

    def __init__(self, events: EventStore, ops: OpsStore, clock: Clock, currency: str) -> None:
        self._events = events
        self._ops = ops
        self._clock = clock
        self._currency = currency

    def store(self, bench: Workbench, read: ReadRows, keep_refused: KeepRefused) -> ImportSummary:
        """Store what lies in ``bench`` in one go, and give the summary.

        Raises:
            StorageError: a store refused; nothing was changed.
        """
        with self._ops.session() as session:
            record = ImportTable(
                kind=read.mapping.kind,
                status=read.status,
                files=list(read.files),
                mapping=read.mapping.to_dict(),
                summary={},
                started_at=read.started_at,
                finished_at=read.started_at,
            )
            session.add(record)
            session.flush()
            keep_refused(session, bench, record.id)
            summary = self._store_rows(session, bench, read, record.id)
            record.summary = summary.to_dict()
            record.finished_at = self._clock.now()
            told = {name: record.summary[name] for name in ("kind", "rows", "accepted", "new_people")}
            note(session, f"import.{read.status}", str(record.id), after=told)
        return summary

    def _store_rows(self, session: Session, bench: Workbench, read: ReadRows, import_id: int) -> ImportSummary:
        known = _count_people(session)
        people = bench.count("(SELECT DISTINCT person FROM staged)")
        if read.mapping.kind == "people":
            added = Added(store_people(session, bench, read.started_at), 0, 0, 0, 0, 0)
        else:
            seen = list(bench.rows("people_seen"))
            writing.register(session, [row[0] for row in seen], [row[1].replace(tzinfo=UTC) for row in seen])
            session.flush()
            added = count_added(bench, self._events.append(bench.table("outgoing")), self._currency)
        rejected = dict(bench.rows("rejected"))
        accepted = read.rows - sum(rejected.values())
        return ImportSummary(
            import_id=import_id,
            kind=read.mapping.kind,
            rows=read.rows,
            accepted=accepted,
            rejected=rejected,
            duplicates=accepted - added.rows,
            orders=added.orders,
            refunds=added.refunds,
            events=added.events,
            people=people,
            buyers=added.buyers,
            new_people=_count_people(session) - known,
            revenue_minor=added.revenue_minor,
            currency=self._currency,
            seconds=perf_counter() - read.began_s,
        )


def _count_people(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(PersonTable)) or 0
