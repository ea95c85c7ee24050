"""The numeric core is covered to the last branch: ``python -m tools.covered`` measures it and names what is not.

Kernels run interpreted here (``NUMBA_DISABLE_JIT``), so that their lines are measured and their answers are compared with the
slow twins; ``make test`` compares the compiled ones. Examples of hypothesis are few and always the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]

CORE = (
    "src/finegrain/behaviour/*",
    "src/finegrain/audience/*",
    "src/finegrain/strategy/*",
    "src/finegrain/clock.py",
    "src/finegrain/money.py",
    "src/finegrain/zones.py",
)
"""What has to be covered; migrations of the audience and of goals go both ways in the tests of the ops store."""

TESTS = (
    "tests/unit/base",
    "tests/unit/behaviour",
    "tests/unit/audience",
    "tests/unit/strategy",
    "tests/integration/behaviour/test_index_service.py",
    "tests/integration/behaviour/test_dashboards.py",
    "tests/integration/audience/test_tiers_service.py",
    "tests/integration/audience/test_tiers_saved.py",
    "tests/integration/audience/test_own_schemes.py",
    "tests/integration/audience/test_segments.py",
    "tests/integration/audience/test_rule_segments.py",
    "tests/integration/audience/test_history.py",
    "tests/integration/audience/test_portraits.py",
    "tests/integration/audience/test_sending.py",
    "tests/integration/audience/test_transitions.py",
    "tests/integration/strategy",
    "tests/integration/definitions/test_definitions.py",
    "tests/integration/store/test_ops_migrations.py",
)
"""What covers it; tests over real data are left out, so that every machine measures the same."""

PYTEST = ("-q", "-p", "no:cacheprovider", "--hypothesis-profile=covered", "-k", "not online_retail")
PARALLEL = ("-n", "2", "--dist", "worksteal")


def run(*words: str, folder: str) -> subprocess.CompletedProcess[str]:
    """Run one command of coverage, its data in ``folder``."""
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "COVERAGE_FILE": str(Path(folder) / "coverage")}
    command = [sys.executable, "-m", "coverage", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def measure(tests: tuple[str, ...], core: tuple[str, ...]) -> tuple[int, str]:
    """Run ``tests`` and measure ``core``; give the exit code, 0 when every line and branch was run, and what to read."""
    missing = [path for path in tests if not (ROOT / path).exists()]
    if missing:
        return 4, f"There are no tests at {', '.join(missing)}."
    with tempfile.TemporaryDirectory() as folder:
        tested = run("run", "-m", "pytest", *tests, *PYTEST, *PARALLEL, folder=folder)
        if tested.returncode:
            return tested.returncode, tested.stdout + tested.stderr
        run("combine", "--quiet", folder, folder=folder)
        include = f"--include={','.join(core)}"
        told = run("report", include, "--show-missing", "--skip-covered", "--fail-under=100", "--precision=2", folder=folder)
        return told.returncode, told.stdout + told.stderr


def main() -> int:
    """Measure the core and print what is not covered; give the exit code."""
    code, text = measure(TESTS, CORE)
    print(text.rstrip())
    return code


if __name__ == "__main__":
    sys.exit(main())
