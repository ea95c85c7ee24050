"""Packages of the vendors' SDKs from npm, in a folder of the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_S = 180


def npm(folder: Path, *words: str) -> str:
    """Run ``npm`` in ``folder`` and give what it printed; without npm the test is skipped, but not in CI."""
    program = shutil.which("npm")
    if program is None:
        _skip("npm is not installed")
    ran = subprocess.run([str(program), *words], cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    if ran.returncode != 0:
        _skip(f"npm {' '.join(words)} failed: {ran.stderr[-300:]}")
    return ran.stdout


def install(folder: Path, *packages: str) -> None:
    """Install packages with what they need into ``folder``."""
    npm(folder, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", *packages)


def unpack(folder: Path, package: str) -> Path:
    """Fetch one package without what it needs, and give the folder of its files."""
    archive = npm(folder, "pack", "--silent", package).split()[-1]
    with tarfile.open(folder / archive) as files:
        files.extractall(folder / package, filter="data")
    return folder / package / "package"


def _skip(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
