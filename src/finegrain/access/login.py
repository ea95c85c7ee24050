"""Logging in: by password and second factor, by a one-time link, or by what the company's own login says; and logging out."""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from sqlalchemy import delete, select

from finegrain.access import passwords, totp
from finegrain.access.acting import SYSTEM, acting_as, require
from finegrain.access.contract import Actor
from finegrain.access.errors import LinkSpentError, LoginFailedError, TwoFactorError
from finegrain.access.keys import digest, new_key
from finegrain.access.roles import GRANTS
from finegrain.access.tables import OneTimeLinkTable, UserTable
from finegrain.access.throttle import LoginThrottle
from finegrain.access.users import find, new_user, user_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from finegrain.access.audit import AuditLog
    from finegrain.access.company import Identity
    from finegrain.access.contract import Role, User
    from finegrain.access.sealing import SecretBox
    from finegrain.access.sessions import SessionService
    from finegrain.clock import Clock
    from finegrain.store.ops import OpsStore

LINK_LIFE = timedelta(hours=1)
TICKET_LIFE = timedelta(minutes=5)
_MOST_TICKETS = 10_000


class LoggedIn(NamedTuple):
    """A login that succeeded; ``key`` is what the browser keeps."""

    user: User
    key: str


class CodeWanted(NamedTuple):
    """Name and password were right; ``ticket`` is shown again with the code of the second factor, within five minutes."""

    ticket: str


class Door(NamedTuple):
    """Where a login comes from: the network address, and what the browser calls itself."""

    address: str = ""
    agent: str = ""


class LoginService:
    """Lets users in and out.

    Args:
        ops: the ops store.
        sessions: opened and ended here.
        box: opens the secrets of second factors.
        audit: where logins are recorded.
        clock: where the time comes from.
    """

    def __init__(self, ops: OpsStore, sessions: SessionService, box: SecretBox, audit: AuditLog, clock: Clock) -> None:
        self._ops = ops
        self._sessions = sessions
        self._throttle = LoginThrottle(clock)
        self._tickets: OrderedDict[str, tuple[int, datetime]] = OrderedDict()
        self._box = box
        self._audit = audit
        self._clock = clock

    def by_password(self, name: str, password: str, *, door: Door = Door()) -> LoggedIn | CodeWanted:  # noqa: B008 - frozen
        """Log in with name and password.

        Args:
            name: capitals make no difference.
            password: as typed.
            door: where it comes from.

        Returns:
            A ticket for ``by_code`` when they are right and the user has a second factor.

        Raises:
            LoginThrottledError: too many failures; nothing was checked.
            LoginFailedError: something is wrong; a user who does not exist gets the same answer in the same time.
        """
        self._throttle.check(name, door.address)
        with self._ops.session() as session:
            row = session.scalar(select(UserTable).where(UserTable.name_key == name.strip().casefold()))
            good, renewed = passwords.verify(password, row.password_hash if row else None)
            if row is None or not good or not row.enabled:
                self._refuse(session, name, door)
            elif row.totp_secret is not None:
                return self._ticket(row)
            else:
                row.password_hash = renewed or row.password_hash
                self._throttle.succeeded(name)
                return self._open(session, row, "login.password", door)
        raise LoginFailedError

    def by_code(self, ticket: str, code: str, *, door: Door = Door()) -> LoggedIn:  # noqa: B008 - frozen
        """Finish a login with the code of the second factor.

        Args:
            ticket: what ``by_password`` gave.
            code: six digits of the app, or a recovery code; each counts once.
            door: where it comes from.

        Raises:
            LoginThrottledError: too many failures; nothing was checked.
            LoginFailedError: the code does not fit, or the ticket is unknown or too old.
        """
        user_id, until = self._tickets.get(ticket, (0, self._clock.now()))
        with self._ops.session() as session:
            row = session.get(UserTable, user_id)
            if row is not None and row.enabled and until > self._clock.now():
                self._throttle.check(row.name, door.address)
                if self._second_factor_fits(row, code):
                    del self._tickets[ticket]
                    self._throttle.succeeded(row.name)
                    return self._open(session, row, "login.password", door)
                self._refuse(session, row.name, door)
        raise LoginFailedError

    def make_link(self, name: str | None = None) -> str:
        """Make a one-time link that logs ``name`` in, or, without a name, makes the first administrator; give its key.

        It is good for an hour, once. A new one for the first administrator replaces the one before.

        Raises:
            NotAllowedError: the actor is no administrator.
            UnknownUserError: there is no such user.
        """
        require("admin")
        key = new_key()
        with self._ops.session() as session:
            user = find(session, name) if name is not None else None
            if user is None:
                session.execute(delete(OneTimeLinkTable).where(OneTimeLinkTable.purpose == "setup"))
            purpose, until = "login" if user else "setup", self._clock.now() + LINK_LIFE
            link = OneTimeLinkTable(token_hash=digest(key), purpose=purpose, user_id=user.id if user else None, expires_at=until)
            session.add(link)
            self._audit.record(session, f"link.{purpose}", user.name if user else "")
        return key

    def first_link(self) -> str | None:
        """Give the path of a one-time link for whoever starts the server, where nobody could get in otherwise; else None.

        Without users it makes the first administrator; with users of whom none has a password or the company's login, as in the
        demo shop, it logs the first administrator in.
        """
        query = select(UserTable).where(UserTable.enabled).order_by(UserTable.role != "admin", UserTable.id)
        with self._ops.reading() as session:
            users = list(session.scalars(query))
        if any(user.password_hash or user.oidc_subject for user in users):
            return None
        with acting_as(SYSTEM):  # the server makes it when it listens, for whoever reads its output
            if users:
                return f"/login/link?key={self.make_link(users[0].name)}"
            return f"/login/setup?key={self.make_link()}"

    def link_purpose(self, key: str) -> str | None:
        """Say what a link is for, ``setup`` or ``login``, without using it; None when it is spent."""
        with self._ops.reading() as session:
            link = session.get(OneTimeLinkTable, digest(key))
            return link.purpose if link and link.expires_at > self._clock.now() else None

    def by_link(self, key: str, *, door: Door = Door()) -> LoggedIn:  # noqa: B008 - frozen
        """Log in with a one-time link.

        Raises:
            LinkSpentError: it was used, is too old, or is not one for logging in.
        """
        with self._ops.session() as session:
            link = self._spend(session, key, "login")
            row = session.get(UserTable, link.user_id)
            if row is None or not row.enabled:
                raise LinkSpentError
            return self._open(session, row, "login.link", door)

    def set_up(self, key: str, name: str, password: str, *, door: Door = Door()) -> LoggedIn:  # noqa: B008 - frozen
        """Make the first administrator with the link that the first start printed, and log in.

        Raises:
            LinkSpentError: the link was used or is too old, or there is a user by now.
            WeakPasswordError, BadValueError: the password or the name cannot be taken; the link stays good.
        """
        row = new_user(name, "admin", password, self._clock.now())
        with self._ops.session() as session:
            self._spend(session, key, "setup")
            if session.scalar(select(UserTable.id).limit(1)) is not None:
                raise LinkSpentError
            session.add(row)
            session.flush()
            return self._open(session, row, "user.first", door)

    def by_company(self, identity: Identity, role: Role | Literal[""], *, door: Door = Door()) -> LoggedIn:  # noqa: B008 - frozen
        """Log in whom the company's own login vouches for.

        Args:
            identity: whom; a user who is named like the verified e-mail address is bound to it at the first login.
            role: of a user made for somebody who has none; empty makes none.
            door: where it comes from.

        Raises:
            LoginFailedError: there is no user, and none is made, or the user is disabled.
        """
        with self._ops.session() as session:
            row = self._bound(session, identity) or self._make_bound(session, identity, role)
            if row is not None and row.enabled:
                return self._open(session, row, "login.company", door)
        raise LoginFailedError

    def _bound(self, session: Session, identity: Identity) -> UserTable | None:
        row = session.scalar(select(UserTable).where(UserTable.oidc_subject == identity.subject))
        if row is None and identity.email:
            named = UserTable.name_key == identity.email.casefold()
            row = session.scalar(select(UserTable).where(named, UserTable.oidc_subject.is_(None)))
            if row is not None:
                row.oidc_subject = identity.subject
        return row

    def _make_bound(self, session: Session, identity: Identity, role: Role | Literal[""]) -> UserTable | None:
        if not role or not identity.email:
            return None
        if session.scalar(select(UserTable.id).where(UserTable.name_key == identity.email.casefold())) is not None:
            return None  # somebody else's
        row = new_user(identity.email, role, None, self._clock.now())
        row.oidc_subject = identity.subject
        session.add(row)
        session.flush()
        return row

    def out(self, key: str) -> None:
        """Log out."""
        self._sessions.end(key)

    def begin_second_factor(self, user_id: int) -> tuple[str, str]:
        """Give a new secret and its ``otpauth:`` address; it holds once ``confirm_second_factor`` saw a code of it."""
        secret = totp.new_secret()
        with self._ops.reading() as session:
            name = session.get_one(UserTable, user_id).name
        return secret, totp.provisioning_uri(secret, name)

    def confirm_second_factor(self, user_id: int, secret: str, code: str) -> list[str]:
        """Ask for a second factor from now on; give the recovery codes, which are shown this once.

        Raises:
            TwoFactorError: the code does not fit the secret.
        """
        step = totp.matching_counter(secret, code, self._clock.now(), 0)
        if step is None:
            raise TwoFactorError(code=code)
        codes = totp.recovery_codes()
        with self._ops.session() as session:
            row = session.get_one(UserTable, user_id)
            row.totp_secret, row.totp_counter = self._box.seal(_sealed_name(row), secret), step
            row.recovery_hashes = [digest(each) for each in codes]
            self._audit.record(session, "user.second_factor", row.name)
        self._sessions.forget()
        return codes

    def change_password(self, user_id: int, old: str, new: str, *, keep: str | None = None) -> None:
        """Let a user change the own password; all other sessions of the user end.

        Args:
            user_id: whose.
            old: as typed.
            new: as typed.
            keep: the key of the session that stays.

        Raises:
            LoginFailedError: the old one is wrong.
            WeakPasswordError: the new one is easy to guess.
        """
        with self._ops.session() as session:
            row = session.get_one(UserTable, user_id)
            if row.password_hash is not None and not passwords.verify(old, row.password_hash)[0]:
                raise LoginFailedError
            passwords.check(new, row.name)
            row.password_hash = passwords.hash_password(new)
            self._sessions.end_all(session, user_id, keep=keep)
            self._audit.record(session, "user.password", row.name)
        self._sessions.forget()

    def _ticket(self, row: UserTable) -> CodeWanted:
        ticket = new_key()
        self._tickets[ticket] = (row.id, self._clock.now() + TICKET_LIFE)
        while len(self._tickets) > _MOST_TICKETS:
            self._tickets.popitem(last=False)
        return CodeWanted(ticket)

    def _second_factor_fits(self, row: UserTable, code: str) -> bool:
        if row.totp_secret is None:
            return True
        secret = self._box.open(_sealed_name(row), row.totp_secret)
        step = totp.matching_counter(secret, code, self._clock.now(), row.totp_counter)
        if step is not None:
            row.totp_counter = step
            return True
        hashed = digest(code.strip().lower())
        if hashed not in row.recovery_hashes:
            return False
        row.recovery_hashes = [each for each in row.recovery_hashes if each != hashed]
        return True

    def _refuse(self, session: Session, name: str, door: Door) -> None:
        self._throttle.failed(name, door.address)
        with acting_as(Actor("nobody", 0, "", frozenset(), door.address)):
            self._audit.record(session, "login.failed", name)

    def _open(self, session: Session, row: UserTable, action: str, door: Door) -> LoggedIn:
        row.last_login = self._clock.now()
        key = self._sessions.open(session, row, address=door.address, agent=door.agent)
        user = user_of(row)
        with acting_as(Actor("user", row.id, row.name, GRANTS[user.role], door.address)):
            self._audit.record(session, action, row.name)
        return LoggedIn(user, key)

    def _spend(self, session: Session, key: str, purpose: str) -> OneTimeLinkTable:
        link = session.get(OneTimeLinkTable, digest(key))
        if link is None or link.purpose != purpose or link.expires_at <= self._clock.now():
            raise LinkSpentError
        session.delete(link)
        return link


def _sealed_name(row: UserTable) -> str:
    return f"second factor of user {row.id}"
