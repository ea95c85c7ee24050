"""Whose session a page or a request of the console belongs to, asked anew with every click."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from nicegui import Client, context
from nicegui.slot import Slot, get_task_id
from nicegui.storage import request_contextvar

from finegrain.access.acting import NOBODY
from finegrain.access.errors import NotAllowedError
from finegrain.console.holder import workspace

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from finegrain.access.contract import Actor, Session

COOKIE = "finegrain_session"
SECURE_COOKIE = "__Host-" + COOKIE
"""The name under TLS: browsers take a cookie of this kind from nobody else, and give it to nobody else (RFC 6265bis, 4.1.3.2)."""

WATCH_EVERY_S = 1.0
"""How long a page whose session has ended may stay open."""

_KEY = "finegrain_session"
_ROLE = "finegrain_role"
log = logging.getLogger(__name__)


def session_key(request: HTTPConnection) -> str | None:
    """Give the key of the session that a request belongs to; None without one."""
    return request.cookies.get(SECURE_COOKIE if is_secure(request) else COOKIE)


def is_secure(request: HTTPConnection) -> bool:
    """Say whether the browser came by TLS, as far as this server, or the proxy in front of it, can tell."""
    return request.url.scheme in {"https", "wss"}


def network_address(request: HTTPConnection) -> str:
    """Give the network address that a request came from."""
    return request.client.host if request.client else ""


def fix_session(client: Client) -> None:
    """Let ``client`` act for the session that its page was asked for with, for as long as both last."""
    if client.request is not None:
        client.storage[_KEY] = (session_key(client.request), network_address(client.request))
        session = client_session(client)
        client.storage[_ROLE] = session.user.role if session else ""


def client_session(client: Client) -> Session | None:
    """Give the session of an open page; None when it has ended."""
    key, _address = client.storage.get(_KEY, (None, ""))
    return workspace().access.sessions.peek(key)


def client_key(client: Client) -> str | None:
    """Give the key of the session that an open page belongs to."""
    key: str | None = client.storage.get(_KEY, (None, ""))[0]
    return key


def own_session() -> Session:
    """Give the session of the page that is being answered now.

    Raises:
        NotAllowedError: it has ended.
    """
    session = client_session(context.client)
    if session is None:
        raise NotAllowedError(actor=NOBODY.name, permission="query:read")
    return session


def acting_now() -> Actor | None:
    """Give who acts in the page or request that is being answered now.

    Nobody acts where a page's session has ended, or where the event loop runs something that belongs to no page; None outside of
    the event loop, in threads and at the command line.
    """
    sessions = workspace().access.sessions
    stack = Slot.stacks.get(get_task_id())
    if stack:
        key, address = stack[-1].parent.client.storage.get(_KEY, (None, ""))
        return sessions.actor(key, address) or NOBODY
    request = request_contextvar.get()
    if request is not None:
        return sessions.actor(session_key(request), network_address(request)) or NOBODY
    return NOBODY if _on_event_loop() else None


async def watch() -> None:
    """Send open pages whose session has ended to the login, and draw anew those whose user's role changed, until cancelled."""
    while True:
        await asyncio.sleep(WATCH_EVERY_S)
        try:
            _look()
        except Exception:
            log.exception("could not look after the sessions of open pages")  # the next look may do better


def _look() -> None:
    for client in list(Client.instances.values()):
        if _KEY in client.storage and client.has_socket_connection:
            _look_at(client)


def _look_at(client: Client) -> None:
    session, role = client_session(client), client.storage.get(_ROLE)
    if session is None:
        client.storage.pop(_KEY)
        client.run_javascript("window.location.reload()")
    elif session.user.role != role:
        client.storage[_ROLE] = session.user.role
        client.run_javascript("window.location.reload()")


def _on_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
