"""The users of a workspace: made, changed, and checked when they log in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from finegrain.access import passwords
from finegrain.access.acting import require
from finegrain.access.contract import User
from finegrain.access.drafts.service import forget_drafts
from finegrain.access.errors import LastAdminError, UnknownUserError, UserExistsError
from finegrain.access.roles import ROLES
from finegrain.access.tables import OneTimeLinkTable, SessionTable, UserTable
from finegrain.errors import BadValueError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from finegrain.access.audit import AuditLog
    from finegrain.access.contract import Role
    from finegrain.access.sessions import SessionService
    from finegrain.clock import Clock
    from finegrain.store.ops import OpsStore

_LONGEST_NAME = 100


class UserService:
    """Makes and changes users. Every change takes the permission ``admin``, ends what it must, and stands in the audit log.

    Args:
        ops: the ops store.
        sessions: ended when a user may do less.
        audit: where changes are recorded.
        clock: where the time comes from.
    """

    def __init__(self, ops: OpsStore, sessions: SessionService, audit: AuditLog, clock: Clock) -> None:
        self._ops = ops
        self._sessions = sessions
        self._audit = audit
        self._clock = clock

    def add(self, name: str, role: Role, *, password: str | None = None) -> User:
        """Make a user; without a password one logs in by a one-time link or the company's own login.

        Raises:
            NotAllowedError: the actor is no administrator.
            BadValueError: the name is empty or too long.
            UnknownNameError: there is no such role.
            WeakPasswordError: the password is easy to guess.
            UserExistsError: the name is taken; capitals make no difference.
        """
        require("admin")
        row = new_user(name, role, password, self._clock.now())
        with self._ops.session() as session:
            if session.scalar(select(UserTable.id).where(UserTable.name_key == row.name_key)) is not None:
                raise UserExistsError(name=row.name)
            session.add(row)
            session.flush()
            self._audit.record(session, "user.add", row.name, after={"role": role, "password": password is not None})
            return user_of(row)

    def all(self) -> list[User]:
        """Give all users by name."""
        with self._ops.reading() as session:
            return [user_of(row) for row in session.scalars(select(UserTable).order_by(UserTable.name_key))]

    def get(self, name: str) -> User:
        """Give one user; capitals make no difference.

        Raises:
            UnknownUserError: there is none.
        """
        with self._ops.reading() as session:
            return user_of(find(session, name))

    def any(self) -> bool:
        """Say whether there is any user who can log in."""
        with self._ops.reading() as session:
            return session.scalar(select(UserTable.id).where(UserTable.enabled).limit(1)) is not None

    def set_role(self, name: str, role: Role) -> User:
        """Give a user another role; open sessions follow at once.

        Raises:
            NotAllowedError, UnknownUserError, UnknownNameError, LastAdminError: it cannot be done.
        """
        _check_role(role)

        def change(session: Session, row: UserTable) -> None:
            if role != "admin":
                _keep_an_admin(session, row)
            row.role = role

        return self._change(name, "user.role", change)

    def bind(self, name: str, subject: str | None) -> User:
        """Let a user log in by the company's own login, or no longer.

        Args:
            name: of the user.
            subject: issuer and subject of the identity token, joined by a blank; None unbinds.

        Raises:
            NotAllowedError, UnknownUserError: it cannot be done.
        """

        def change(_session: Session, row: UserTable) -> None:
            row.oidc_subject = subject

        return self._change(name, "user.bind", change)

    def set_enabled(self, name: str, *, enabled: bool) -> User:
        """Let a user log in, or no longer; a disabled user's sessions end at once.

        Raises:
            NotAllowedError, UnknownUserError, LastAdminError: it cannot be done.
        """

        def change(session: Session, row: UserTable) -> None:
            if not enabled:
                _keep_an_admin(session, row)
            row.enabled = enabled

        return self._change(name, "user.enable" if enabled else "user.disable", change, end_sessions=not enabled)

    def set_password(self, name: str, password: str) -> User:
        """Give a user another password; all of the user's sessions end.

        Raises:
            NotAllowedError, UnknownUserError, WeakPasswordError: it cannot be done.
        """
        hashed = _hashed(password, name.strip())

        def change(_session: Session, row: UserTable) -> None:
            row.password_hash = hashed

        return self._change(name, "user.password", change, end_sessions=True)

    def forget_password(self, name: str) -> User:
        """Take a user's password away, so that a new one can be chosen after a one-time link; all of the user's sessions end.

        Raises:
            NotAllowedError, UnknownUserError: it cannot be done.
        """

        def change(_session: Session, row: UserTable) -> None:
            row.password_hash = None

        return self._change(name, "user.forget_password", change, end_sessions=True)

    def drop_second_factor(self, name: str) -> User:
        """Let a user log in without a second factor, as after the loss of the phone and the recovery codes.

        Raises:
            NotAllowedError, UnknownUserError: it cannot be done.
        """

        def change(_session: Session, row: UserTable) -> None:
            row.totp_secret, row.totp_counter, row.recovery_hashes = None, 0, []

        return self._change(name, "user.drop_second_factor", change, end_sessions=True)

    def remove(self, name: str) -> None:
        """Remove a user with all sessions, links and drafts; what the audit log says of the user stays.

        Raises:
            NotAllowedError, UnknownUserError, LastAdminError: it cannot be done.
        """
        require("admin")
        with self._ops.session() as session:
            row = find(session, name)
            _keep_an_admin(session, row)
            for table in (SessionTable, OneTimeLinkTable):
                for owned in session.scalars(select(table).where(table.user_id == row.id)):
                    session.delete(owned)
            forget_drafts(session, "user", row.id)
            session.flush()
            session.delete(row)
            self._audit.record(session, "user.remove", row.name, before={"role": row.role})
        self._sessions.forget()

    def _change(
        self, name: str, action: str, change: Callable[[Session, UserTable], None], *, end_sessions: bool = False
    ) -> User:
        require("admin")
        with self._ops.session() as session:
            row = find(session, name)
            before = _facts(row)
            change(session, row)
            if end_sessions:
                self._sessions.end_all(session, row.id)
            session.flush()
            self._audit.record(session, action, row.name, before=before, after=_facts(row))
            user = user_of(row)
        self._sessions.forget()
        return user


def new_user(name: str, role: Role, password: str | None, now: datetime) -> UserTable:
    """Give the row of a user to be added.

    Raises:
        BadValueError: the name is empty or too long.
        UnknownNameError: there is no such role.
        WeakPasswordError: the password is easy to guess.
    """
    name = _good_name(name)
    _check_role(role)
    return UserTable(
        name=name, name_key=name.casefold(), role=role, password_hash=_hashed(password, name), totp_secret=None,
        totp_counter=0, recovery_hashes=[], oidc_subject=None, enabled=True, created_at=now, last_login=None,
    )  # fmt: skip


def find(session: Session, name: str) -> UserTable:
    """Give the row of a user.

    Raises:
        UnknownUserError: there is none.
    """
    row = session.scalar(select(UserTable).where(UserTable.name_key == name.strip().casefold()))
    if row is None:
        raise UnknownUserError(name=name)
    return row


def user_of(row: UserTable) -> User:
    """Give the user of a row."""
    return User(
        id=row.id,
        name=row.name,
        role=row.role,  # type: ignore[arg-type]
        enabled=row.enabled,
        two_factor=row.totp_secret is not None,
        created_at=row.created_at,
        last_login=row.last_login,
    )


def _facts(row: UserTable) -> dict[str, Any]:
    return {"role": row.role, "enabled": row.enabled, "second_factor": row.totp_secret is not None}


def _good_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise BadValueError(name="user name", value=f"“{name}”", allowed="1 to 100 printable characters")
    return name


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise UnknownNameError(kind="role", name=role, allowed=", ".join(ROLES))


def _hashed(password: str | None, name: str) -> str | None:
    if password is None:
        return None
    passwords.check(password, name)
    return passwords.hash_password(password)


def _keep_an_admin(session: Session, row: UserTable) -> None:
    others = select(func.count()).where(UserTable.role == "admin", UserTable.enabled, UserTable.id != row.id)
    if row.role == "admin" and row.enabled and not session.scalar(others):
        raise LastAdminError(name=row.name)
