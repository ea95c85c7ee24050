"""Compiling ahead of the first question: what is asked calls every kernel, and a server does it beside itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from tests.clients.collector import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_KERNELS = """
import importlib, json, pkgutil, sys
from numba.core.registry import CPUDispatcher
import finegrain as fg
from finegrain import behaviour
from finegrain.server.kernel_questions import make_shop, questions

modules = [importlib.import_module(found.name) for found in pkgutil.walk_packages(behaviour.__path__, "finegrain.behaviour.")]

def signatures():
    return {
        f"{module.__name__}.{name}": len(one.signatures)
        for module in modules
        for name, one in vars(module).items()
        if isinstance(one, CPUDispatcher) and one.py_func.__module__ == module.__name__ and one.stats.cache_path
    }

with fg.open(sys.argv[1]) as shop:
    make_shop(shop)
    [ask() for ask in questions(shop)]
called = signatures()
with fg.open(sys.argv[1]) as shop:
    [ask() for ask in questions(shop)]
print(json.dumps([called, signatures()]))
"""
"""How often each kernel is compiled for an index that is built, and then for one that is read from its files."""


def test_the_questions_call_every_kernel_in_every_way(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _KERNELS, str(tmp_path / "shop")]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, timeout=500)
    called, later = json.loads(ran.stdout)
    assert {name for name, signatures in called.items() if not signatures} == set()
    assert later == called


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server whose installation has compiled nothing yet."""
    for folder in ("shop", "temporary"):
        (tmp_path / folder).mkdir()
    places = {"NUMBA_CACHE_DIR": str(tmp_path / "code"), "TMPDIR": str(tmp_path / "temporary")}
    server = Server(tmp_path / "shop", "", environment=places)
    server.start()
    yield server
    if server.process:
        server.kill()


def test_a_server_compiles_beside_itself_until_it_stops(server: Server, tmp_path: Path) -> None:
    until(lambda: list((tmp_path / "code").rglob("being-compiled")))
    server.stop()
    assert not list((tmp_path / "code").rglob("being-compiled"))
    assert not list((tmp_path / "temporary").iterdir())


def test_who_compiles_ends_when_its_server_was_killed(server: Server, tmp_path: Path) -> None:
    until(lambda: list((tmp_path / "code").rglob("being-compiled")))
    server.kill()
    until(lambda: not list((tmp_path / "code").rglob("being-compiled")))
    assert not list((tmp_path / "code").rglob("compiled-*"))


def test_where_kernels_run_interpreted_nothing_is_marked_as_compiled(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "code"), "NUMBA_DISABLE_JIT": "1"}
    command = [sys.executable, "-c", "from finegrain.server.compiling import compile_kernels; print(compile_kernels())"]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, timeout=120)
    assert ran.stdout == "False\n"
    assert not list(tmp_path.rglob("compiled-*"))


def until(condition: Callable[[], object]) -> None:
    """Wait until ``condition`` holds, four minutes at most: the machine may be busy."""
    for _try in range(2_400):
        if condition():
            return
        time.sleep(0.1)
    pytest.fail("it did not happen in four minutes")
