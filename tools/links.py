"""The links of all documents: each must lead to a file that is there, and to a heading that is in it."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
SOURCE = re.compile(r'<(?:img|source)[^>]* src(?:set)?="([^"]+)"')
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
OUTSIDE = ("http://", "https://", "mailto:")


def documents() -> list[Path]:
    """Give the Markdown files that git tracks or would track."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def links(path: Path) -> list[str]:
    """Give the targets of all links and images of a document, code left out."""
    text = CODE.sub("", path.read_text(encoding="utf-8"))
    return [*LINK.findall(text), *SOURCE.findall(text)]


@cache
def anchors(path: Path) -> frozenset[str]:
    """Give the anchors of a document's headings, as GitHub forms them."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return frozenset(re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in HEADING.findall(text))


def broken(path: Path) -> Iterator[str]:
    """Give the links of a document that lead nowhere."""
    for target in links(path):
        if target.startswith(OUTSIDE):
            continue
        name, _hash, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            yield target


def main() -> int:
    """Print every broken link; give the exit code."""
    found = [(path, target) for path in documents() for target in broken(path)]
    for path, target in found:
        print(f"{path.relative_to(ROOT)}: {target} leads nowhere")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
