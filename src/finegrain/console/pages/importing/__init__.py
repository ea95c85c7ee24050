"""The pages that bring files in: upload, check the columns, import, see what became of every row."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from finegrain.console.pages.importing import draft, home, refused, result

ui.add_css((Path(__file__).parent / "importing.css").read_text(encoding="utf-8"), shared=True)

__all__ = ["draft", "home", "refused", "result"]
