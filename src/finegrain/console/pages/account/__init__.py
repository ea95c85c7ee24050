"""One's own account: the password, the second factor, the open sessions, the language."""

from __future__ import annotations

from finegrain.console.pages.account import page

__all__ = ["page"]
