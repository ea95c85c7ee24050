"""The pages about what is sent: sources, the live view, refused items and the collector's health."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from finegrain.console.pages.data import health, live, refused, refused_files, source, sources

ui.add_css((Path(__file__).parent / "data.css").read_text(encoding="utf-8"), shared=True)

__all__ = ["health", "live", "refused", "refused_files", "source", "sources"]
