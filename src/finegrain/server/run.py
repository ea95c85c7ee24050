"""Runs the server until it is told to stop."""

from __future__ import annotations

import gc
import ipaddress
import signal
import socket
import threading
import webbrowser
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from finegrain.access.errors import UsersNeededError
from finegrain.errors import BadValueError
from finegrain.i18n import Phrase
from finegrain.server.errors import AddressError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from finegrain.workspace import Workspace

_LEVELS = {"debug": "debug", "error": "error"}
"""Setting → uvicorn's level; at "info" uvicorn writes two lines for each page that is opened, which tell nobody anything."""

_HIGHEST_PORT = 65_535
GRACE_S = 5
"""How long requests that are under way may take once the server was told to stop."""

COLLECTIONS = (100_000, 20, 20)
"""New objects, and younger generations, after which cycles are looked for: a group of events brings some 100,000 objects."""


def serve(
    workspace: Workspace,
    host: str,
    port: int,
    *,
    open_browser: bool = False,
    on_listening: Callable[[str], str | None] | None = None,
) -> None:
    """Serve ``workspace`` until SIGINT or SIGTERM, then close it.

    One process with one worker: the console keeps its pages in memory.

    Args:
        workspace: closed at the end, whatever happens.
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
        open_browser: show the console in the user's browser.
        on_listening: told the console's URL when it can be opened; may give another one for the browser to begin with.

    Raises:
        BadValueError: there is no such port.
        AddressError: the port is taken, or the address is not one of this machine.
        UsersNeededError: others could reach the address, and there is no user yet.
    """
    try:
        if not workspace.access.users.any() and not _is_loopback(host):
            raise UsersNeededError(host=host)
        listener = _listen(host, port)
        url = _url(host, listener.getsockname()[1])

        def ready() -> None:
            gc.freeze()
            first = on_listening(url) if on_listening else None
            if open_browser:
                threading.Thread(target=webbrowser.open, args=(first or url,), daemon=True).start()

        _run(workspace, listener, ready)
    finally:
        workspace.close()


def _run(workspace: Workspace, listener: socket.socket, ready: Callable[[], object]) -> None:
    import uvicorn

    from finegrain.server.app import build_app
    from finegrain.server.collecting import CollectDoor
    from finegrain.server.compiling import compiling_beside
    from finegrain.server.wire_routes import wire_routes

    config = uvicorn.Config(
        build_app(workspace, on_ready=ready),
        log_level=_LEVELS.get(workspace.settings.log_level, "warning"),
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    config.load()
    # In front of all that a page needs, which took an eighth of the loop's time for a request of one event.
    config.loaded_app = CollectDoor(config.loaded_app, workspace, wire_routes())
    with suppress(KeyboardInterrupt), _sigterm_like_sigint(), rare_collections(), compiling_beside():
        uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= _HIGHEST_PORT:
        raise BadValueError(
            name="port", value=port, allowed=Phrase("a number from 0 to {most}; 0 takes a free port", most=_HIGHEST_PORT)
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise AddressError(host=host, port=port, reason=error.strerror or error) from error


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _url(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in {"", "0.0.0.0", "::"} else f"[{host}]" if ":" in host else host  # noqa: S104 - shown, not bound
    return f"http://{shown}:{port}"


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for cycles of objects seldom until the block ends, and through all objects from then on.

    Events in flight hold no cycles; looking for some after every 700 objects, as is the default, took a third of the
    collector's time. What was frozen before the first request is not looked through at all.
    """
    before = gc.get_threshold()
    gc.set_threshold(*COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def _sigterm_like_sigint() -> Iterator[None]:
    # uvicorn raises the signal again after it has stopped; by default that would end the process before the workspace is closed.
    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
