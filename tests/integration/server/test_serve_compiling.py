"""Compiling ahead of the first question: what is asked calls every kernel, and a server does it beside itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Serving = Callable[[], subprocess.Popen[str]]

_KERNELS = """
import importlib, json, pkgutil, sys
from numba.core.registry import CPUDispatcher
import finegrain as fg
from finegrain import behaviour
from finegrain.server.kernel_questions import DAYS, PEOPLE, answers, ask_each
from finegrain.simulate.demo import build_demo

def signatures():
    return {
        f"{found.name}.{name}": len(one.signatures)
        for found in pkgutil.walk_packages(behaviour.__path__, "finegrain.behaviour.")
        for name, one in vars(importlib.import_module(found.name)).items()
        if isinstance(one, CPUDispatcher) and one.py_func.__module__ == found.name and one.stats.cache_path
    }

with fg.open(sys.argv[1]) as shop:
    build_demo(shop, people=PEOPLE, days=DAYS)
    list(ask_each(shop))
called = signatures()
with fg.open(sys.argv[1]) as shop:
    list(answers(shop, shop.as_of(None)))
print(json.dumps([called, signatures()]))
"""
"""How often each kernel is compiled for an index that is built, and then for one that is read from its files."""
_SERVE = """
import sys, finegrain as fg
from finegrain.server.run import serve
serve(fg.open(sys.argv[1]), "127.0.0.1", 0, on_listening=lambda url: print(url, flush=True))
"""


def test_the_questions_call_every_kernel_in_every_way(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _KERNELS, str(tmp_path / "shop")]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, timeout=500)
    called, later = json.loads(ran.stdout)
    assert {name for name, signatures in called.items() if not signatures} == set()
    assert later == called


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    """Start servers over one workspace whose installation has compiled nothing yet."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "code"), "TMPDIR": str(tmp_path / "temporary")}
    (tmp_path / "temporary").mkdir()

    def serve() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", _SERVE, str(tmp_path / "shop")]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert server.stdout is not None
        server.stdout.readline()
        return server

    return serve


def test_a_server_compiles_beside_itself_until_it_stops(serving: Serving, tmp_path: Path) -> None:
    with serving() as server:
        until(lambda: list((tmp_path / "code").rglob("being-compiled")))
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=60) == 0
    assert not list((tmp_path / "code").rglob("being-compiled"))
    assert not list((tmp_path / "temporary").iterdir())


def test_who_compiles_ends_when_its_server_was_killed(serving: Serving, tmp_path: Path) -> None:
    with serving() as server:
        until(lambda: list((tmp_path / "code").rglob("being-compiled")))
        server.kill()
    until(lambda: not list((tmp_path / "code").rglob("being-compiled")))
    assert not list((tmp_path / "code").rglob("compiled-*"))


def until(condition: Callable[[], object]) -> None:
    """Wait until ``condition`` holds, four minutes at most: the machine may be busy."""
    for _try in range(2_400):
        if condition():
            return
        time.sleep(0.1)
    pytest.fail("it did not happen in four minutes")
