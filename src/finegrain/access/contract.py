"""Who acts, what they may do, and what a user, a session, a token and an entry of the audit log are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from datetime import datetime

Role = Literal["admin", "operator", "analyst", "viewer"]
Permission = Literal[
    "collect",
    "query:read",
    "people:read",
    "people:write",
    "data:write",
    "dashboard:write",
    "goal:write",
    "strategy:write",
    "admin",
]
ActorKind = Literal["owner", "system", "user", "token", "nobody"]


@dataclass(frozen=True)
class Actor:
    """Whoever does something: the folder's owner at the command line, a user, a token, the system itself, or nobody known.

    Attributes:
        id: of the user or token; 0 for the others.
        name: as the audit log shows it.
        address: the network address that the request came from; empty where there is none.
    """

    kind: ActorKind
    id: int
    name: str
    permissions: frozenset[Permission]
    address: str = ""

    def may(self, permission: Permission) -> bool:
        """Say whether this actor has ``permission``; who has ``admin`` has every one."""
        return permission in self.permissions or "admin" in self.permissions


@dataclass(frozen=True)
class User:
    """Somebody who can log in. Times are aware, in UTC.

    Attributes:
        two_factor: whether a second factor is asked for.
        last_login: None before the first.
    """

    id: int
    name: str
    role: Role
    enabled: bool
    two_factor: bool
    created_at: datetime
    last_login: datetime | None

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        return {
            "name": self.name,
            "role": self.role,
            "enabled": self.enabled,
            "two_factor": self.two_factor,
            "created_at": self.created_at.isoformat(),
            "last_login": self.last_login.isoformat() if self.last_login else None,
        }


@dataclass(frozen=True)
class Session:
    """One login that is still good. ``address`` and ``agent`` are those of the login."""

    id: int
    user: User
    address: str
    agent: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Token:
    """A key of a program; ``hint`` is the end of the key, by which its owner knows it."""

    id: int
    name: str
    scopes: tuple[Permission, ...]
    hint: str
    created_at: datetime
    expires_at: datetime | None
    last_used: datetime | None
    revoked_at: datetime | None

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        times = {name: getattr(self, name) for name in ("created_at", "expires_at", "last_used", "revoked_at")}
        told = {name: at.isoformat() if at else None for name, at in times.items()}
        return {"id": self.id, "name": self.name, "scopes": list(self.scopes), "hint": self.hint, **told}


@dataclass(frozen=True)
class AuditEntry:
    """One change: who, when, from where, what, of which thing, before and after."""

    seq: int
    at: datetime
    actor_kind: ActorKind
    actor_name: str
    address: str
    action: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        return {**vars(self), "at": self.at.isoformat()}
