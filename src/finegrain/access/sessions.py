"""Sessions: opened at login, asked with every request and click, ended by logout, by time, or by an administrator."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, select, update

from finegrain.access.contract import Actor, Session
from finegrain.access.keys import digest, new_key
from finegrain.access.roles import GRANTS
from finegrain.access.tables import SessionTable, UserTable

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select, Update
    from sqlalchemy.orm import Session as OpsSession

    from finegrain.access.notes import UseNotes
    from finegrain.clock import Clock
    from finegrain.settings import Settings
    from finegrain.store.ops import OpsStore

CHECKED_AGAIN_AFTER_S = 2.0
"""How long an answer is taken from memory; what this process ends is known at once, what another one ends after so long."""

_SEEN_EVERY = timedelta(minutes=1)
_MOST_KNOWN = 10_000


class _Known(NamedTuple):
    session: Session | None
    read_at: float


class SessionService:
    """Opens, resolves and ends sessions.

    Args:
        ops: the ops store.
        notes: take down when sessions are used.
        settings: how long a session lives.
        clock: where the time comes from.
    """

    def __init__(self, ops: OpsStore, notes: UseNotes, settings: Settings, clock: Clock) -> None:
        self._ops = ops
        self._notes = notes
        self._clock = clock
        self._idle = timedelta(hours=settings.session_idle_hours)
        self._longest = timedelta(days=settings.session_max_days)
        self._known: dict[str, _Known] = {}

    def open(self, session: OpsSession, user: UserTable, *, address: str, agent: str) -> str:
        """Open a session in the caller's transaction, and give the key that only the browser keeps."""
        key, now = new_key(), self._clock.now()
        session.execute(delete(SessionTable).where(SessionTable.expires_at < now - self._longest))
        session.add(
            SessionTable(
                token_hash=digest(key),
                user_id=user.id,
                address=address[:100],
                agent=agent[:255],
                created_at=now,
                seen_at=now,
                expires_at=now + self._longest,
                revoked_at=None,
            )
        )  # fmt: skip
        return key

    def resolve(self, key: str | None) -> Session | None:
        """Give the session of a key, which is used now; None when there is none, it has ended, or its user may not log in."""
        session = self.peek(key)
        if key and session and self._clock.now() - session.seen_at >= _SEEN_EVERY:
            session = self._seen(digest(key), session)
        return session

    def peek(self, key: str | None) -> Session | None:
        """Do as ``resolve``, but leave the session as idle as it is."""
        if not key:
            return None
        hashed = digest(key)
        known = self._known.get(hashed)
        if known is None or time.monotonic() - known.read_at > CHECKED_AGAIN_AFTER_S:
            known = self._read(hashed)
        session = known.session
        return session if session and self._alive(session, self._clock.now()) else None

    def actor(self, key: str | None, address: str = "") -> Actor | None:
        """Give who acts with a key; None as in ``resolve``."""
        session = self.resolve(key)
        if session is None:
            return None
        user = session.user
        return Actor("user", user.id, user.name, GRANTS[user.role], address or session.address)

    def of_user(self, user_id: int) -> list[Session]:
        """Give the open sessions of a user, the last seen first."""
        now = self._clock.now()
        query = _joined().where(SessionTable.user_id == user_id).order_by(SessionTable.seen_at.desc())
        with self._ops.reading() as session:
            found = [_session(row, user) for row, user in session.execute(query)]
        return [each for each in found if self._alive(each, now)]

    def end(self, key: str) -> None:
        """End the session of a key; ending twice does no harm."""
        with self._ops.session() as session:
            session.execute(self._ended().where(SessionTable.token_hash == digest(key)))
        self.forget()

    def end_one(self, session_id: int, user_id: int) -> None:
        """End one session of a user."""
        with self._ops.session() as session:
            session.execute(self._ended().where(SessionTable.id == session_id, SessionTable.user_id == user_id))
        self.forget()

    def end_all(self, session: OpsSession, user_id: int, *, keep: str | None = None) -> None:
        """End all sessions of a user in the caller's transaction, but for the one with the key ``keep``."""
        ended = self._ended().where(SessionTable.user_id == user_id)
        session.execute(ended if keep is None else ended.where(SessionTable.token_hash != digest(keep)))

    def forget(self) -> None:
        """Ask the store again for every session: after a change of users or sessions was committed."""
        self._known = {hashed: _Known(known.session, float("-inf")) for hashed, known in self._known.items()}

    def _read(self, hashed: str) -> _Known:
        with self._ops.reading() as session:
            found = session.execute(_joined().where(SessionTable.token_hash == hashed, UserTable.enabled)).first()
        read = _session(*found) if found else None
        earlier = self._known.get(hashed)
        if read and earlier and earlier.session and earlier.session.seen_at > read.seen_at:
            read = replace(read, seen_at=earlier.session.seen_at)  # the note may still wait to be written
        if len(self._known) >= _MOST_KNOWN:
            self._known = {}
        self._known[hashed] = _Known(read, time.monotonic())
        return self._known[hashed]

    def _seen(self, hashed: str, session: Session) -> Session:
        now = self._clock.now()
        self._notes.write(update(SessionTable).where(SessionTable.id == session.id).values(seen_at=now))
        seen = replace(session, seen_at=now)
        self._known[hashed] = _Known(seen, self._known[hashed].read_at)
        return seen

    def _alive(self, session: Session, now: datetime) -> bool:
        return now < session.expires_at and now - session.seen_at < self._idle

    def _ended(self) -> Update:
        return update(SessionTable).where(SessionTable.revoked_at.is_(None)).values(revoked_at=self._clock.now())


def _joined() -> Select[SessionTable, UserTable]:
    both = select(SessionTable, UserTable).join(UserTable, UserTable.id == SessionTable.user_id)
    return both.where(SessionTable.revoked_at.is_(None))


def _session(row: SessionTable, user: UserTable) -> Session:
    from finegrain.access.users import user_of

    return Session(
        id=row.id,
        user=user_of(user),
        address=row.address,
        agent=row.agent,
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
    )
