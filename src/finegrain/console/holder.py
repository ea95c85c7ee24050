"""Where a page finds the workspace it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from nicegui import app

if TYPE_CHECKING:
    from finegrain.workspace import Workspace


def hold(workspace: Workspace) -> None:
    """Let the pages of this process show ``workspace``."""
    app.state.workspace = workspace


def workspace() -> Workspace:
    """Give the workspace that the console was mounted with."""
    return cast("Workspace", app.state.workspace)
