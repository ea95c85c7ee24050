"""The server: where it listens, what it answers, and how it stops."""

from __future__ import annotations

import gc
import json
import signal
import socket
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

import pytest

import finegrain as fg
from finegrain.errors import BadValueError
from finegrain.server.errors import AddressError
from finegrain.server.run import COLLECTIONS, rare_collections, serve

if TYPE_CHECKING:
    from pathlib import Path

_SERVE = """
import sys, finegrain as fg
from finegrain.server.run import serve
serve(fg.open(sys.argv[1]), "127.0.0.1", 0, on_listening=lambda url: print(url, flush=True))
"""


def test_taken_port_is_one_clear_error_and_the_workspace_is_closed(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressError, match=f"Cannot listen on 127.0.0.1:{port}: .*--port"):
            serve(fg.open(tmp_path / "shop"), "127.0.0.1", port)
    fg.open(tmp_path / "shop").close()


@pytest.mark.parametrize("port", [-1, 70_000])
def test_port_that_cannot_be_is_refused(tmp_path: Path, port: int) -> None:
    with pytest.raises(BadValueError, match="port"):
        serve(fg.open(tmp_path / "shop"), "127.0.0.1", port)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_stops_the_server_well_and_lets_the_next_one_in(tmp_path: Path, number: signal.Signals) -> None:
    home = tmp_path / "shop"
    server = subprocess.Popen([sys.executable, "-c", _SERVE, str(home)], stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    with server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        with urllib.request.urlopen(f"{url}/healthz", timeout=30) as answer:  # noqa: S310 - our own server
            assert json.load(answer) == {"status": "ok", "version": fg.__version__}
        server.send_signal(number)
        assert server.wait(timeout=30) == 0
    fg.open(home).close()


def test_nothing_is_written_outside_the_workspace(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    command = [sys.executable, "-c", _SERVE, str(tmp_path / "shop")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=elsewhere) as server:
        assert server.stdout is not None
        with urllib.request.urlopen(f"{server.stdout.readline().strip()}/login", timeout=30) as answer:  # noqa: S310 - our own server
            assert answer.status == 200
        server.terminate()
        server.wait(timeout=30)
    assert list(elsewhere.iterdir()) == []


def test_cycles_are_looked_for_rarely_while_it_serves_and_as_before_after_that() -> None:
    before = gc.get_threshold()
    with rare_collections():
        gc.freeze()
        assert gc.get_threshold() == COLLECTIONS
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)
