"""The command line as a test meets it: the words in, exit code and both streams out."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from finegrain.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ORDERS = """order_id,user_id,ordered_at,amount
1,ann,2024-01-05 10:00,120.00
2,ben,2024-02-01 09:30,80.50
3,ann,2024-03-20 18:00,60.00
4,,2024-03-21 12:00,10.00
5,cleo,2024-13-45,10.00
"""
"""Three good orders of two people, one without a person, one without a readable time."""


@dataclass(frozen=True)
class Ran:
    """What one command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on stdout."""
        answer: dict[str, Any] = json.loads(self.out)
        return answer


class Run(Protocol):
    """Runs ``finegrain`` with these words."""

    def __call__(self, *words: object) -> Ran:
        """Run it to its end."""
        ...


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which a workspace may be made; English is spoken."""
    monkeypatch.setenv("FINEGRAIN_LANG", "en")
    monkeypatch.setenv("FINEGRAIN_HOME", str(tmp_path / "shop"))
    return tmp_path / "shop"


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line, in this process, in the workspace ``home``."""
    del home

    def call(*words: object) -> Ran:
        capsys.readouterr()
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return call


@pytest.fixture
def orders_file(tmp_path: Path) -> Path:
    """Five rows of orders, two of them bad."""
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """Imports a file of orders or events, once for all tests; gives the folder of the workspace, for copies."""

    @cache
    def import_(kind: str, content: str) -> Path:
        folder = tmp_path_factory.mktemp("imported")
        (folder / f"{kind}.csv").write_text(content, encoding="utf-8")
        assert main(["--home", str(folder / "shop"), "import", kind, str(folder / f"{kind}.csv"), "--json"]) == 0
        return folder / "shop"

    return import_


@pytest.fixture
def shop(run: Run, home: Path, orders_file: Path, request: pytest.FixtureRequest) -> Run:
    """The command line, in a workspace with the orders imported; on each engine where the test asks for that."""
    if "each_engine" in request.fixturenames:
        assert run("import", "orders", orders_file, "--json").code == 0
    else:
        shutil.copytree(request.getfixturevalue("imported")("orders", ORDERS), home)
    return run
