"""The pages on which administrators say who may do what, and see what was changed: users, tokens, the audit log."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from finegrain.console.pages.settings import audit, audit_files, tokens, users

ui.add_css((Path(__file__).parent / "settings.css").read_text(encoding="utf-8"), shared=True)

__all__ = ["audit", "audit_files", "tokens", "users"]
