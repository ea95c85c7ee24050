"""What an engine's refusals mean to those who use the ops store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFreeError

from finegrain.store.errors import OpsStoreBusyError, OpsStoreError

if TYPE_CHECKING:
    from finegrain.errors import StorageError

_LOCK_TIMEOUT = "55P03"
_NO_RIGHT = "42501"
_NO_TABLE = "42P01"


def as_ours(error: SQLAlchemyError, address: str, wait_s: float, *, every: bool = False) -> StorageError | None:
    """Give the error that a user is shown; None where the fault is the statement's own.

    Args:
        error: what the engine raised.
        address: of the database, without its password.
        wait_s: how long writers wait.
        every: whether whatever else it is counts as a refusal, too.
    """
    reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if isinstance(error, NoConnectionFreeError) or reason == "database is locked" or state == _LOCK_TIMEOUT:
        return OpsStoreBusyError(seconds=f"{wait_s:g}")
    if every or _is_refusal(error, state):
        return OpsStoreError(url=address, reason=reason)
    return None


def _is_refusal(error: SQLAlchemyError, state: str | None) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | InternalError) or state in {_NO_RIGHT, _NO_TABLE}
