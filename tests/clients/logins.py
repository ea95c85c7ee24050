"""Logins for tests: a user of each role, and sessions and tokens without the slow way through a password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.access.acting import SYSTEM, acting_as
from finegrain.access.login import Door
from finegrain.console.session import COOKIE

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import finegrain as fg
    from finegrain.access.contract import Permission, Role

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"


def as_owner() -> AbstractContextManager[None]:
    """Let what a test prepares on the event loop be done as at the command line, not as the page that it looks at."""
    return acting_as(SYSTEM)


def log_in(workspace: fg.Workspace, role: Role = "admin", name: str = "") -> str:
    """Give the key of a new session of the user ``name``, made where there is none; by default named like the role."""
    access, name = workspace.access, name or role
    with as_owner():
        if name not in {user.name for user in access.users.all()}:
            access.users.add(name, role)
        return access.login.by_link(access.login.make_link(name), door=Door("127.0.0.1", AGENT)).key


def cookies(workspace: fg.Workspace, role: Role = "admin") -> dict[str, str]:
    """Give the cookies of a browser in which a user of a role has just logged in."""
    return {COOKIE: log_in(workspace, role)}


def token(workspace: fg.Workspace, *scopes: Permission) -> str:
    """Give the key of a new token."""
    with as_owner():
        return workspace.access.tokens.add(" ".join(scopes), scopes)[1]
