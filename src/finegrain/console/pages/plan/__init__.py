"""The page of the tracking plan: declared events, what to declare next, and what violates the plan."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from finegrain.console.pages.plan import exchange, view

ui.add_css((Path(__file__).parent / "plan.css").read_text(encoding="utf-8"), shared=True)

__all__ = ["exchange", "view"]
