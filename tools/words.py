"""Refuse tracked files that name an address of a package registry, or a path of the machine they were written on."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[1]
BINARY = {".png", ".ico", ".woff2", ".xlsx", ".parquet", ".gz"}

FORBIDDEN: dict[str, str] = {
    "registry address": r"(?:pypi\.(?:org|io)|pythonhosted\.org|--(?:extra-)?index-url\s+\S|find-links\s+\S)",
    "path of one machine": r"(?<![\w.])/(?:work|root|opt|home/\w+|Users/\w+)/\w",
    "unfinished work": r"\b(?:TODO|FIXME|XXX|HACK)\b",
}


class Finding(NamedTuple):
    """A forbidden word and where it stands."""

    path: str
    line: int
    kind: str
    text: str


def tracked_files() -> list[Path]:
    """Give the text files that git tracks."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.suffix not in BINARY and path.is_file()]


def findings(paths: Iterable[Path]) -> Iterator[Finding]:
    """Give every forbidden word in ``paths``."""
    patterns = {kind: re.compile(pattern) for kind, pattern in FORBIDDEN.items()}
    for path in paths:
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            for kind, pattern in patterns.items():
                if pattern.search(line):
                    yield Finding(str(path.relative_to(ROOT)), number, kind, line.strip()[:120])


def main() -> int:
    """Print what was found; give the exit code."""
    found = list(findings(tracked_files()))
    for finding in found:
        print(f"{finding.path}:{finding.line}: {finding.kind}: {finding.text}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
