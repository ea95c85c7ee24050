"""Runs the measurements and keeps their figures in ``results.json``.

Every module of this folder but the helpers takes part with its function ``figures()``, which gives figures by name. Figures
of modules that were not run, or that failed, keep the values they had.
"""

from __future__ import annotations

import json
import pkgutil
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import benchmarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.figure import Figures

RESULTS = Path(__file__).with_name("results.json")
HELPERS = {"__main__", "bare_collector", "data", "events", "figure", "load", "run", "segments_data", "segments_sql", "standing"}
"""Modules of this folder that measure nothing."""


def main(names: Sequence[str] = ()) -> int:
    """Run the modules ``names`` (all when empty), merge their figures into the file, print the table; give the exit code."""
    known = measuring()
    unknown = sorted(set(names) - set(known))
    if unknown:
        print(f"There is no measurement named {', '.join(unknown)}. Known: {', '.join(known)}.", file=sys.stderr)
        return 2
    results, failed = read(RESULTS), []
    for name in names or known:
        try:
            results = {**results, **import_module(f"benchmarks.{name}").figures()}
        except Exception:  # noqa: BLE001 - one broken measurement must not hide the others
            traceback.print_exc()
            failed.append(name)
        RESULTS.write_text(text(results), encoding="utf-8")
    print(table(results))
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def measuring() -> tuple[str, ...]:
    """Give the names of the modules of this folder that measure something, in alphabetical order."""
    return tuple(sorted(info.name for info in pkgutil.iter_modules(benchmarks.__path__) if info.name not in HELPERS))


def read(path: Path) -> Figures:
    """Give the figures kept in ``path``; empty when there is no such file."""
    if not path.exists():
        return {}
    kept: Figures = json.loads(path.read_text(encoding="utf-8"))
    return kept


def text(results: Figures) -> str:
    """Give the file's contents: keys sorted, one line a fact, so that changes read well."""
    return json.dumps(results, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def table(results: Figures) -> str:
    """Give the figures as a table to read."""
    rows = [
        (name, f"{figure['value']:,g} {figure['unit']}", f"{figure['better']} is better", figure["against"])
        for name, figure in sorted(results.items())
    ]
    widths = [max((len(row[place]) for row in rows), default=0) for place in range(4)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
