"""One measured figure of ``results.json``, and the time that work takes."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")
Figures = dict[str, dict[str, Any]]
"""Figures by name; the name ends in the unit where there is one."""


def figure(value: float, unit: str, better: Literal["higher", "lower"], against: str, note: str) -> dict[str, Any]:
    """Give one figure as ``results.json`` keeps it, to three significant digits; more would be noise.

    Args:
        value: what was measured.
        unit: its unit; ``"×"`` for a ratio.
        better: in which direction it gets better.
        against: what it is compared with: another engine for a ratio, the limit to keep for a bare figure.
        note: what exactly was measured.
    """
    return {"value": float(f"{value:.3g}"), "unit": unit, "better": better, "against": against, "note": note}


def seconds(work: Callable[[], object]) -> float:
    """Give the wall-clock seconds that ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_bytes(work: Callable[[], _T]) -> tuple[_T, int]:
    """Give what ``work`` gives, and the most memory that this process had at once meanwhile; Linux alone tells."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    found = work()
    facts = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return found, int(facts["VmHWM"].split()[0]) * 1024


def median_seconds(work: Callable[[], object], rounds: int) -> float:
    """Give the median wall-clock seconds over several rounds."""
    return statistics.median(seconds(work) for _ in range(rounds))
