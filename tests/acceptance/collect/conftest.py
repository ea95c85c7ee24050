"""Collectors for the tests: one that all share, and one of their own for those that stop or kill it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.clients.collector import Client, Server
from tests.clients.logins import token

import finegrain as fg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of the Segment source “web” of a collector that all tests share."""
    server, client = make(tmp_path_factory.mktemp("shared"))
    server.start()
    yield client
    server.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A collector of the test's own, not started yet, with the Segment source “web”."""
    server, _ = make(tmp_path)
    yield server
    if server.process is not None:
        server.stop()


@pytest.fixture
def own_client(server: Server) -> Client:
    """A client of ``server``, which runs."""
    server.start()
    return Client(server, server.key)


def make(folder: Path) -> tuple[Server, Client]:
    """Give a collector that is not started over a new workspace, and a client of its source “web”."""
    with fg.open(folder / "shop") as workspace:
        key, monitor = workspace.sources.add("web", "segment").key, token(workspace, "query:read")
    # A test that runs on each engine has named the database to this process.
    kept = {name: os.environ[name] for name in ("FINEGRAIN_OPS_URL",) if name in os.environ}
    server = Server(folder / "shop", key, kept, monitor=monitor)
    return server, Client(server, key)
