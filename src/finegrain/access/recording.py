"""How the rooms above record their changes: in the transaction of the change, where the workspace keeps an audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

AUDIT = "finegrain_audit"
"""Where the sessions of an ops store hold the audit log."""


def record(
    session: Session, action: str, subject: str, *, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None
) -> None:
    """Write one entry in the caller's transaction; see ``AuditLog.record``. A store that belongs to no workspace keeps no log."""
    log = session.info.get(AUDIT)
    if log is not None:
        log.record(session, action, subject, before=before, after=after)
