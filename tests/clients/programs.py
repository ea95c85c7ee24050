"""Programs that ask the JSON API of a running server, each with a token of some scopes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.clients.collector import Client, Reply, Server
from tests.clients.logins import token

import finegrain as fg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from finegrain.access.contract import Permission


class Program:
    """A program with a token.

    Args:
        client: asks the server.
        below: the address that all of its own begin with, such as ``/api/v1/goals``.
        key: the token's.
    """

    def __init__(self, client: Client, below: str, key: str) -> None:
        self._client = client
        self._below = below
        self._headers = {"Authorization": f"Bearer {key}"}

    def ask(self, method: str, path: str, body: Any = b"") -> Reply:
        """Send one request."""
        return self._client.send(self._below + path, body, method=method, **self._headers)


@contextmanager
def programs(
    home: Path, below: str, scopes: Mapping[str, Sequence[Permission]], fill: Callable[[fg.Workspace], object]
) -> Iterator[dict[str, Program]]:
    """Fill a workspace, serve it, and give a program for each of some lists of scopes, by their names."""
    with fg.open(home) as workspace:
        fill(workspace)
        keys = {name: token(workspace, *granted) for name, granted in scopes.items()}
    server = Server(home, "")
    server.start()
    try:
        yield {name: Program(Client(server, ""), below, key) for name, key in keys.items()}
    finally:
        server.stop()
