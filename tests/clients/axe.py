"""axe-core in the browser: which rules of accessibility a page breaks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

_SCRIPT = Path(__file__).with_name("node") / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """() => axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.flatMap(
  rule => rule.nodes.map(node => `${rule.impact} ${rule.id}: ${node.target.join(' ')} ${node.html.slice(0, 160)}`)))"""


def serious(page: Page) -> list[str]:
    """Give the serious and critical findings on a page, one an element; without axe the test is skipped, but not in CI."""
    if not _SCRIPT.exists():
        reason = "axe-core is not there: install nodejs and npm, and run tools/node_clients.sh"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    page.add_script_tag(path=_SCRIPT)
    found: list[str] = page.evaluate(_RUN)
    return [finding for finding in found if finding.startswith(("serious", "critical"))]
