"""The pages of the catalogue: which events are sent, and the properties of each."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from finegrain.console.pages.catalogue import event, listing

ui.add_css((Path(__file__).parent / "catalogue.css").read_text(encoding="utf-8"), shared=True)

__all__ = ["event", "listing"]
