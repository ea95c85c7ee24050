"""Tokens: the keys of programs, each for some scopes, kept as hashes."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from finegrain.access.acting import require
from finegrain.access.contract import Actor, Token
from finegrain.access.errors import UnknownTokenError
from finegrain.access.keys import digest, new_key
from finegrain.access.roles import PERMISSIONS
from finegrain.access.tables import ApiTokenTable
from finegrain.errors import BadValueError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from finegrain.access.audit import AuditLog
    from finegrain.access.contract import Permission
    from finegrain.access.notes import UseNotes
    from finegrain.clock import Clock
    from finegrain.store.ops import OpsStore

PREFIX = "fgt_"
SCOPES: tuple[Permission, ...] = tuple(permission for permission in PERMISSIONS if permission != "data:write")
"""What a token can be made for; a program brings data in through the collector."""

_HINT_CHARACTERS = 4
_LONGEST_NAME = 100
_USED_EVERY = timedelta(minutes=1)


class TokenService:
    """Makes, checks and revokes tokens.

    Args:
        ops: the ops store.
        notes: take down when tokens are used.
        audit: where changes are recorded.
        clock: where the time comes from.
    """

    def __init__(self, ops: OpsStore, notes: UseNotes, audit: AuditLog, clock: Clock) -> None:
        self._ops = ops
        self._notes = notes
        self._audit = audit
        self._clock = clock

    def add(self, name: str, scopes: Iterable[Permission], *, expires_at: datetime | None = None) -> tuple[Token, str]:
        """Make a token; give it with its key, which is shown this once.

        Raises:
            NotAllowedError: the actor is no administrator.
            BadValueError: the name is empty or too long, there is no scope, or the expiry lies in the past.
            UnknownNameError: there is no such scope.
        """
        require("admin")
        name, wanted, now = name.strip(), self._scopes(scopes), self._clock.now()
        if not name or len(name) > _LONGEST_NAME or not name.isprintable():
            raise BadValueError(name="token name", value=f"“{name}”", allowed="1 to 100 printable characters")
        if expires_at is not None and expires_at <= now:
            raise BadValueError(name="expiry", value=expires_at.isoformat(), allowed="a time to come")
        key = new_key(PREFIX)
        with self._ops.session() as session:
            row = ApiTokenTable(
                name=name, token_hash=digest(key), hint=key[-_HINT_CHARACTERS:], scopes=list(wanted),
                created_at=now, expires_at=expires_at, last_used=None, revoked_at=None,
            )  # fmt: skip
            session.add(row)
            session.flush()
            token = _token(row)
            told = {"scopes": list(wanted), "hint": token.hint, "expires_at": expires_at}
            self._audit.record(session, "token.add", f"{token.id} {name}", after=told)
        return token, key

    def all(self) -> list[Token]:
        """Give all tokens, revoked ones too, the newest first."""
        with self._ops.reading() as session:
            return [_token(row) for row in session.scalars(select(ApiTokenTable).order_by(ApiTokenTable.id.desc()))]

    def revoke(self, token_id: int) -> Token:
        """Make a token worthless at once; revoking twice does no harm.

        Raises:
            NotAllowedError: the actor is no administrator.
            UnknownTokenError: there is none.
        """
        require("admin")
        with self._ops.session() as session:
            row = session.get(ApiTokenTable, token_id)
            if row is None:
                raise UnknownTokenError(token=token_id)
            if row.revoked_at is None:
                row.revoked_at = self._clock.now()
                session.flush()
                self._audit.record(session, "token.revoke", f"{row.id} {row.name}")
            return _token(row)

    def actor(self, key: str | None, address: str = "") -> Actor | None:
        """Give who acts with a key; None when it is unknown, revoked or expired."""
        if not key:
            return None
        hashed, now = digest(key), self._clock.now()
        with self._ops.reading() as session:
            row = session.scalar(select(ApiTokenTable).where(ApiTokenTable.token_hash == hashed))
            if row is None or not hmac.compare_digest(row.token_hash, hashed):
                return None
            token = _token(row)
        if token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now):
            return None
        if token.last_used is None or now - token.last_used >= _USED_EVERY:
            self._notes.write(update(ApiTokenTable).where(ApiTokenTable.id == token.id).values(last_used=now))
        return Actor("token", token.id, token.name, frozenset(token.scopes), address)

    def _scopes(self, scopes: Iterable[Permission]) -> tuple[Permission, ...]:
        wanted = tuple(dict.fromkeys(scopes))
        for scope in wanted:
            if scope not in SCOPES:
                raise UnknownNameError(kind="scope", name=scope, allowed=", ".join(SCOPES))
        if not wanted:
            raise BadValueError(name="scopes", value="–", allowed=", ".join(SCOPES))
        return wanted


def _token(row: ApiTokenTable) -> Token:
    return Token(
        id=row.id,
        name=row.name,
        scopes=tuple(row.scopes),
        hint=row.hint,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used=row.last_used,
        revoked_at=row.revoked_at,
    )
