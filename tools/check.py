"""Run every check that is not a test, all of them even when one fails: what ``make check`` does."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent

CHECKS: dict[str, tuple[str, ...]] = {
    "lint": (str(BIN / "ruff"), "check"),
    "format": (str(BIN / "ruff"), "format", "--check"),
    "types": (str(BIN / "mypy"),),
    "floors": (str(BIN / "lint-imports"), "--no-logo"),
    "catalogues": (sys.executable, "-m", "tools.messages"),
    "generated pages": (sys.executable, "-m", "tools.pages"),
    "links": (sys.executable, "-m", "tools.links"),
    "words": (sys.executable, "-m", "tools.words"),
    "covered core": (sys.executable, "-m", "tools.covered"),
}


def run(name: str, command: tuple[str, ...]) -> bool:
    """Run one check and print its findings when it fails."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    passed = done.returncode == 0
    print(f"{'ok    ' if passed else 'FAILED'} {name} ({time.perf_counter() - started:.1f} s)", flush=True)
    if not passed:
        print(done.stdout + done.stderr, flush=True)
    return passed


def main(names: list[str]) -> int:
    """Run the checks called ``names``, or all; give the exit code."""
    results = [run(name, command) for name, command in CHECKS.items() if not names or name in names]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
