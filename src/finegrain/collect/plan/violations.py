"""Counts how often the plan is violated, by source, event, property and kind."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from finegrain.collect.catalogue.masking import CUT, storable
from finegrain.collect.plan.contract import ViolationCount
from finegrain.collect.plan.tables import PlanViolationTable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from finegrain.collect.plan.checker import Verdict, Violation

MAX_KEPT = 5_000
"""Ways of violating the plan that are told apart; what comes later is counted together."""
_NAME_CHARS = 300
_OTHERS = ("", "", "")


@dataclass
class Tallied:
    """How often one way of violating the plan came, and how often the event was refused for it."""

    violation: Violation
    count: int = 0
    refused: int = 0


class ViolationTally:
    """Violations of one group of requests, added up."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str, str], Tallied] = {}

    def add(self, source: str, verdict: Verdict) -> None:
        """Count what is wrong with one event of ``source``."""
        for violation in verdict.violations:
            key = (source, violation.event, violation.property, violation.kind)
            tallied = self._found.get(key)
            if tallied is None:
                tallied = self._found[key] = Tallied(violation)
            tallied.count += 1
            tallied.refused += verdict.refused is not None

    def merge(self, other: ViolationTally) -> None:
        """Add another tally to this one."""
        for key, found in other._found.items():
            tallied = self._found.setdefault(key, Tallied(found.violation))
            tallied.count += found.count
            tallied.refused += found.refused

    def store(self, session: Session, now: datetime) -> None:
        """Add the counts to those that are kept, in the caller's transaction."""
        kept = session.scalar(select(func.count()).select_from(PlanViolationTable)) or 0
        for (source, event, name, kind), tallied in self._found.items():
            row = _row(session, (source, event, name, kind))
            if row is None and kept >= MAX_KEPT:
                source, event, name = _OTHERS  # noqa: PLW2901 - what there is no room for is counted together
                row = _row(session, (source, event, name, kind))
            if row is None:
                row = _new_row((source, event, name, kind), now)
                session.add(row)
                kept += 1
            row.count += tallied.count
            row.refused += tallied.refused
            row.last_seen = now
            row.example = tallied.violation.example()
            session.flush()


def list_violations(session: Session, *, event: str | None = None, limit: int = 500) -> list[ViolationCount]:
    """Give the violations, the latest first; of one event, or of all."""
    query = select(PlanViolationTable).order_by(PlanViolationTable.last_seen.desc(), PlanViolationTable.count.desc())
    if event is not None:
        query = query.where(PlanViolationTable.event == _name(event))
    return [_count(row) for row in session.scalars(query.limit(limit))]


def forget_violations(session: Session, event: str | None = None) -> int:
    """Forget the violations of one event, or all; give how many rows went."""
    statement = delete(PlanViolationTable)
    if event is not None:
        statement = statement.where(PlanViolationTable.event == _name(event))
    return session.execute(statement).rowcount  # type: ignore[attr-defined, no-any-return]


def _row(session: Session, key: tuple[str, str, str, str]) -> PlanViolationTable | None:
    return session.scalar(select(PlanViolationTable).where(PlanViolationTable.violation_hash == _hash(key)))


def _new_row(key: tuple[str, str, str, str], now: datetime) -> PlanViolationTable:
    source, event, name, kind = key
    return PlanViolationTable(
        violation_hash=_hash(key),
        source=source,
        event=_name(event),
        property=_name(name),
        kind=kind,
        count=0,
        refused=0,
        example="",
        first_seen=now,
        last_seen=now,
    )


def _hash(parts: Iterable[str]) -> str:
    written = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(written.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _name(name: str) -> str:
    text = storable(name)
    return text if len(text) <= _NAME_CHARS else text[: _NAME_CHARS - 1] + CUT


def _count(row: PlanViolationTable) -> ViolationCount:
    return ViolationCount(
        source=row.source,
        event=row.event,
        property=row.property,
        kind=row.kind,  # type: ignore[arg-type]
        count=row.count,
        refused=row.refused,
        example=row.example,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
    )
