"""The audit log: append-only, each entry signed together with the one before, so that no change of it goes unnoticed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, or_, select, update

from finegrain.access.acting import current_actor, require
from finegrain.access.contract import AuditEntry
from finegrain.access.tables import AuditHeadTable, AuditTable, UserTable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from finegrain.access.sealing import SecretBox
    from finegrain.clock import Clock
    from finegrain.store.ops import OpsStore

_LONGEST_SUBJECT = 255
_PAGE = 1_000
MADE_A_USER = ("user.add", "user.first", "login.company")
"""The actions of which one tells how each user came to be."""

_SIGNED = ("seq", "actor_kind", "actor_id", "actor_name", "address", "action", "subject", "before", "after")


@dataclass(frozen=True)
class Verification:
    """What ``verify`` found.

    Attributes:
        entries: how many were read.
        broken_at: the number of the first entry that was changed, put in or taken out; None where all are as they were written.
    """

    entries: int
    broken_at: int | None

    @property
    def whole(self) -> bool:
        """Say whether the log is as it was written."""
        return self.broken_at is None


class AuditLog:
    """Writes, searches and verifies the record of every change.

    Args:
        ops: the ops store.
        box: signs the entries.
        clock: where the time comes from.
    """

    def __init__(self, ops: OpsStore, box: SecretBox, clock: Clock) -> None:
        self._ops = ops
        self._box = box
        self._clock = clock

    def record(
        self,
        session: Session,
        action: str,
        subject: str,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        """Write one entry in the caller's transaction: it stands exactly when the change does.

        Args:
            session: of the change.
            action: what was done, as ``thing.verb`` (``source.rotate``).
            subject: the name of the thing.
            before: what it was, without any secret; None where there was nothing.
            after: what it is now; None where there is nothing.
        """
        head = session.scalars(select(AuditHeadTable).with_for_update()).one()
        actor = current_actor()
        row: dict[str, Any] = {
            "seq": head.seq + 1,
            "at": self._clock.now(),
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "actor_name": _storable(actor.name),
            "address": _storable(actor.address)[:100],
            "action": action,
            "subject": _storable(subject)[:_LONGEST_SUBJECT],
            "before": _json(before),
            "after": _json(after),
        }
        row["hash"] = self._hash(row, head.hash)
        session.execute(insert(AuditTable), [row])
        session.execute(update(AuditHeadTable).values(seq=row["seq"], hash=self._sealed(row["seq"], row["hash"])))
        session.expire(head)

    def search(
        self,
        *,
        text: str = "",
        action: str = "",
        actor: str = "",
        first: datetime | None = None,
        last: datetime | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[AuditEntry]:
        """Give entries, the newest first.

        Args:
            text: stands in subject, before or after; letters match without regard to case as far as the database does so.
            action: begins with it (``source`` finds ``source.rotate``).
            actor: the name, whole.
            first: aware; from here on.
            last: aware; up to, but without.
            limit: how many at most.
            offset: how many newer ones to leave out.

        Raises:
            NotAllowedError: the actor is no administrator.
        """
        require("admin")
        query = select(AuditTable).where(*_conditions(text, action, actor, first, last)).order_by(AuditTable.seq.desc())
        with self._ops.reading() as session:
            return [_entry(row) for row in session.scalars(query.limit(limit).offset(offset))]

    def count(
        self,
        *,
        text: str = "",
        action: str = "",
        actor: str = "",
        first: datetime | None = None,
        last: datetime | None = None,
    ) -> int:
        """Count the entries that ``search`` finds with the same arguments.

        Raises:
            NotAllowedError: the actor is no administrator.
        """
        require("admin")
        query = select(func.count()).select_from(AuditTable).where(*_conditions(text, action, actor, first, last))
        with self._ops.reading() as session:
            return session.scalars(query).one()

    def choices(self) -> tuple[list[str], list[str]]:
        """Give the actions and the names of actors that stand in the log, in order.

        Raises:
            NotAllowedError: the actor is no administrator.
        """
        require("admin")
        with self._ops.reading() as session:
            actions, actors = (
                sorted(session.scalars(select(column).distinct())) for column in (AuditTable.action, AuditTable.actor_name)
            )
        return actions, actors

    def export(self) -> Iterator[AuditEntry]:
        """Give every entry, the oldest first, a thousand at a time.

        Raises:
            NotAllowedError: the actor is no administrator.
        """
        require("admin")
        for rows in self._pages():
            yield from map(_entry, rows)

    def verify(self) -> Verification:
        """Read the whole log, and find the first entry that is not as it was written.

        Found are entries that were changed, removed (at the end, too), put in or exchanged, as long as who did it has not the
        workspace's key; and a log that was begun anew while there are users whose making it does not tell.

        Raises:
            NotAllowedError: the actor is no administrator.
        """
        require("admin")
        previous, expected = "", 1
        for rows in self._pages():
            for row in rows:
                if row.seq != expected or row.hash != self._hash(_row(row), previous):
                    return Verification(expected, expected)
                previous, expected = self._sealed(row.seq, row.hash), expected + 1
        with self._ops.reading() as session:
            head = session.scalars(select(AuditHeadTable)).one()
            begun_anew = session.scalar(_users_of_unknown_origin()) is not None
        if (head.seq, head.hash) != (expected - 1, previous):
            return Verification(expected - 1, expected)
        return Verification(expected - 1, 1 if begun_anew else None)

    def _pages(self) -> Iterator[list[AuditTable]]:
        after = 0
        while True:
            with self._ops.reading() as session:
                query = select(AuditTable).where(AuditTable.seq > after).order_by(AuditTable.seq).limit(_PAGE)
                rows = list(session.scalars(query))
            if not rows:
                return
            yield rows
            after = rows[-1].seq

    def _sealed(self, seq: int, entry_hash: str) -> str:
        # What stands at the head is in no entry, so that nobody can cut the log off and put the head back to an earlier entry.
        return self._box.sign(f"head {seq} {entry_hash}".encode())

    def _hash(self, row: dict[str, Any], previous: str) -> str:
        fields = [row[name] for name in _SIGNED]
        text = json.dumps([*fields, row["at"].isoformat(), previous], ensure_ascii=False, separators=(",", ":"))
        return self._box.sign(text.encode())


def _conditions(
    text: str, action: str, actor: str, first: datetime | None, last: datetime | None
) -> Iterator[ColumnElement[bool]]:
    if text.strip():
        columns = (AuditTable.subject, AuditTable.before, AuditTable.after)
        yield or_(*(column.icontains(text.strip(), autoescape=True) for column in columns))
    if action:
        yield AuditTable.action.startswith(action, autoescape=True)
    if actor:
        yield AuditTable.actor_name == actor
    if first is not None:
        yield AuditTable.at >= first
    if last is not None:
        yield AuditTable.at < last


def _users_of_unknown_origin() -> Select[int]:
    told = select(AuditTable.subject).where(AuditTable.action.in_(MADE_A_USER))
    return select(UserTable.id).where(UserTable.name.not_in(told)).limit(1)


def _row(row: AuditTable) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*_SIGNED, "at")}


def _entry(row: AuditTable) -> AuditEntry:
    return AuditEntry(
        seq=row.seq,
        at=row.at,
        actor_kind=row.actor_kind,  # type: ignore[arg-type]
        actor_name=row.actor_name,
        address=row.address,
        action=row.action,
        subject=row.subject,
        before=json.loads(row.before) if row.before else None,
        after=json.loads(row.after) if row.after else None,
    )


def _json(values: dict[str, Any] | None) -> str | None:
    return None if values is None else _storable(json.dumps(values, ensure_ascii=False, sort_keys=True, default=str))


def _storable(text: str) -> str:
    # Neither engine keeps a lone surrogate, and PostgreSQL keeps no null character.
    return text.encode("utf-8", "replace").decode().replace("\x00", "�")
