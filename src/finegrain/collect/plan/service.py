"""The tracking plan of a workspace: changes it, keeps it, and hands out the checker that holds now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from finegrain.access.acting import require
from finegrain.access.recording import record
from finegrain.collect.plan import files, violations
from finegrain.collect.plan.checker import PlanChecker
from finegrain.collect.plan.contract import MAX_EVENTS, UNDECLARED, EventPlan, TrackingPlan
from finegrain.collect.plan.errors import BadPlanError, UndeclaredEventError
from finegrain.collect.plan.proposing import propose
from finegrain.collect.plan.tables import PlannedEventTable, PlanSettingsTable
from finegrain.errors import UnknownNameError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy.orm import Session

    from finegrain.clock import Clock
    from finegrain.collect.catalogue.service import CatalogueService
    from finegrain.collect.plan.contract import Undeclared, ViolationCount
    from finegrain.store.ops import OpsStore


class PlanService:
    """What is meant to be sent. Each change takes effect with the next request.

    Args:
        ops: the ops store.
        clock: where the time comes from.
        catalogue: what has been seen, of which proposals are made.
    """

    def __init__(self, ops: OpsStore, clock: Clock, catalogue: CatalogueService) -> None:
        self._ops = ops
        self._clock = clock
        self._catalogue = catalogue
        self._changes = 0
        self._known: tuple[int, PlanChecker | None] = (-1, None)

    def plan(self) -> TrackingPlan:
        """Give the whole plan; an empty one before the first declaration."""
        with self._ops.reading() as session:
            return _plan(session)

    def checker(self) -> PlanChecker | None:
        """Give the checker of the present plan; None while no event is declared, so that nothing is checked.

        It is held in memory from the first call to the next change, for a workspace is open in one process at a time.
        """
        changes, (read_at, known) = self._changes, self._known
        if read_at != changes:
            plan = self.plan()
            known = PlanChecker(plan) if plan.events else None
            self._known = (changes, known)
        return known

    def forget(self) -> None:
        """Read the plan anew with the next request, because it may have changed beside this service."""
        self._changes += 1

    def declare(self, *events: EventPlan) -> TrackingPlan:
        """Declare events, each in place of the declaration of the same name; give the plan that holds from now on.

        Raises:
            BadPlanError: a declaration cannot be used; nothing was changed.
        """
        checked = [files.read_event(files.event_to_dict(each)) for each in events]
        return self._change("plan.declare", lambda session: self._put(session, checked))

    def remove(self, event: str) -> TrackingPlan:
        """Take an event out of the plan.

        Raises:
            UndeclaredEventError: it is not declared.
        """

        def change(session: Session) -> None:
            row = session.get(PlannedEventTable, event)
            if row is None:
                raise UndeclaredEventError(event=event[:100])
            session.delete(row)

        return self._change("plan.remove", change)

    def set_undeclared_events(self, action: Undeclared) -> TrackingPlan:
        """Say what happens to events that are not declared; without effect while none is.

        Raises:
            UnknownNameError: there is no such action.
        """
        if action not in UNDECLARED:
            raise UnknownNameError(kind="action", name=action, allowed=", ".join(UNDECLARED))
        return self._change("plan.undeclared", None, action)

    def import_text(self, text: str | bytes, *, replace: bool = False) -> TrackingPlan:
        """Take over a plan from JSON as ``export_text`` gives it.

        Args:
            text: the file's content.
            replace: whether events that the file does not declare go; else they stay.

        Raises:
            NotJsonPlanError: it is not JSON.
            BadPlanError: it is no plan; nothing was changed.
        """
        read = files.read_plan(text)

        def change(session: Session) -> None:
            if replace:
                session.execute(delete(PlannedEventTable))
            self._put(session, read.events)

        return self._change("plan.import", change, read.undeclared_events)

    def export_text(self) -> str:
        """Give the plan as JSON text."""
        return files.write_plan(self.plan())

    def propose(self, event: str) -> EventPlan:
        """Make a declaration of an event out of what the catalogue has seen; it is not part of the plan yet.

        Raises:
            UnknownEventError: no such event has been seen.
        """
        return propose(self._catalogue.event(event).name, self._catalogue.properties(event))

    def violations(self, *, event: str | None = None, limit: int = 500) -> list[ViolationCount]:
        """Give how the plan is violated, the latest first; by one event, or by all."""
        with self._ops.reading() as session:
            return violations.list_violations(session, event=event, limit=limit)

    def forget_violations(self, event: str | None = None) -> int:
        """Forget the violations of one event, or all, so that what comes from now on stands out; give how many there were."""
        require("data:write")
        with self._ops.session() as session:
            return violations.forget_violations(session, event)

    def _put(self, session: Session, events: Iterable[EventPlan]) -> None:
        now = self._clock.now()
        for each in events:
            session.merge(PlannedEventTable(event=each.event, declaration=files.event_to_dict(each), changed_at=now))
        session.flush()
        count = len(session.scalars(select(PlannedEventTable.event)).all())
        if count > MAX_EVENTS:
            raise BadPlanError(place="events", value=count, allowed=Phrase("at most {most} events", most=MAX_EVENTS))

    def _change(
        self, action: str, change: Callable[[Session], None] | None, undeclared_events: Undeclared | None = None
    ) -> TrackingPlan:
        require("data:write")
        with self._ops.session() as session:
            before = _declared(_plan(session))
            if change:
                change(session)
            row = session.get(PlanSettingsTable, 1)
            if row is None:
                row = PlanSettingsTable(id=1, revision=0, undeclared_events="allow", changed_at=self._clock.now())
                session.add(row)
            row.revision += 1
            row.changed_at = self._clock.now()
            row.undeclared_events = undeclared_events or row.undeclared_events
            session.flush()
            plan = _plan(session)
            _record(session, action, before, _declared(plan))
        self._changes += 1
        return plan


def _declared(plan: TrackingPlan) -> dict[str, Any]:
    return {each.event: files.event_to_dict(each) for each in plan.events} | {"": plan.undeclared_events}


def _record(session: Session, action: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    changed = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    was, now = ({name: each[name] for name in sorted(changed) if name in each} for each in (before, after))
    record(session, action, ", ".join(filter(None, sorted(changed))), before=was, after=now)


def _plan(session: Session) -> TrackingPlan:
    rows = session.scalars(select(PlannedEventTable).order_by(PlannedEventTable.event))
    events = tuple(files.read_event(row.declaration) for row in rows)
    settings = session.get(PlanSettingsTable, 1)
    if settings is None:
        return TrackingPlan(events)
    return TrackingPlan(events, settings.undeclared_events, settings.revision, settings.changed_at)  # type: ignore[arg-type]
