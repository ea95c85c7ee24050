"""Secrets of the workspace, such as the password of a mail server: kept sealed, changed, never shown again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from finegrain.access.acting import require
from finegrain.access.tables import SecretTable

if TYPE_CHECKING:
    from datetime import datetime

    from finegrain.access.audit import AuditLog
    from finegrain.access.sealing import SecretBox
    from finegrain.clock import Clock
    from finegrain.store.ops import OpsStore


class Vault:
    """Keeps secrets for the rooms that need them.

    Args:
        ops: the ops store.
        box: seals and opens.
        audit: where changes are recorded, without the secret.
        clock: where the time comes from.
    """

    def __init__(self, ops: OpsStore, box: SecretBox, audit: AuditLog, clock: Clock) -> None:
        self._ops = ops
        self._box = box
        self._audit = audit
        self._clock = clock

    def put(self, name: str, secret: str) -> None:
        """Keep a secret under ``name``, in place of the one before.

        Raises:
            NotAllowedError: the actor is no administrator.
            BadSecretKeyError: the workspace's key cannot be used.
        """
        require("admin")
        sealed, now = self._box.seal(name, secret), self._clock.now()
        with self._ops.session() as session:
            session.merge(SecretTable(name=name, sealed=sealed, changed_at=now))
            self._audit.record(session, "secret.put", name)

    def get(self, name: str) -> str | None:
        """Give a secret to the code that uses it; None when there is none. No door shows what this gives.

        Raises:
            BadSecretKeyError: it was sealed with another key.
        """
        with self._ops.reading() as session:
            row = session.get(SecretTable, name)
        return self._box.open(name, row.sealed) if row else None

    def names(self) -> dict[str, datetime]:
        """Give the names of all secrets with the time of their last change."""
        with self._ops.reading() as session:
            return {row.name: row.changed_at for row in session.scalars(select(SecretTable).order_by(SecretTable.name))}

    def remove(self, name: str) -> None:
        """Forget a secret; one that does not exist does no harm.

        Raises:
            NotAllowedError: the actor is no administrator.
        """
        require("admin")
        with self._ops.session() as session:
            row = session.get(SecretTable, name)
            if row is not None:
                session.delete(row)
                self._audit.record(session, "secret.remove", name)
