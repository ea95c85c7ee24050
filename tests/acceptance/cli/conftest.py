"""The command line as a test meets it: the words in, exit code and both streams out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from finegrain.cli import main

if TYPE_CHECKING:
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


@pytest.fixture
def shop(run: Run, orders_file: Path) -> Run:
    """The command line, in a workspace with the orders imported."""
    assert run("import", "orders", orders_file, "--json").code == 0
    return run
