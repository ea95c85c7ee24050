"""Who is acting now: the owner of the folder, unless a door says otherwise."""

from __future__ import annotations

import getpass
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING

from finegrain.access.contract import Actor
from finegrain.access.errors import NotAllowedError
from finegrain.access.roles import PERMISSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from finegrain.access.contract import Permission

NOBODY = Actor("nobody", 0, "nobody", frozenset())
SYSTEM = Actor("system", 0, "system", frozenset(PERMISSIONS))

_acting: ContextVar[Actor | None] = ContextVar("finegrain_actor", default=None)
_resolver: Callable[[], Actor | None] | None = None


def current_actor() -> Actor:
    """Give who acts: whom the ``with acting_as`` around names, else whom the door resolves, else the owner of the folder."""
    return _acting.get() or (_resolver() if _resolver else None) or _owner()


def require(permission: Permission) -> Actor:
    """Give who acts, who must have ``permission``.

    Raises:
        NotAllowedError: they have not.
    """
    actor = current_actor()
    if not actor.may(permission):
        raise NotAllowedError(actor=actor.name, permission=permission)
    return actor


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Let ``actor`` act inside the ``with`` block."""
    token = _acting.set(actor)
    try:
        yield
    finally:
        _acting.reset(token)


def resolve_actor_with(resolver: Callable[[], Actor | None] | None) -> None:
    """Let a door say who acts where no block says it; ``resolver`` returns None where it does not know."""
    global _resolver  # noqa: PLW0603 - one process has one console
    _resolver = resolver


@lru_cache(maxsize=1)
def _owner() -> Actor:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        name = "owner"
    return Actor("owner", 0, name, frozenset(PERMISSIONS))
