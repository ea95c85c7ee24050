"""How long the command line takes to answer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.figure import Figures, figure, median_seconds

ROUNDS = 11


def figures() -> Figures:
    """Measure ``finegrain --help``."""
    command = [str(Path(sys.executable).with_name("finegrain")), "--help"]
    run_once(command)
    value = median_seconds(lambda: run_once(command), ROUNDS)
    note = f"Whole process of `finegrain --help`, from start to exit; median of {ROUNDS} runs after one to warm the file cache."
    return {"cli_help_s": figure(value, "s", "lower", "limit 0.5 s", note)}


def run_once(command: list[str]) -> None:
    """Run the command to its end; fail when it fails."""
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own command
