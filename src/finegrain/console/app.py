"""Mounts the console into a FastAPI application."""

from __future__ import annotations

import importlib
import os
import pkgutil
import secrets
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi import FastAPI, Request
    from starlette.responses import Response

    from finegrain.workspace import Workspace

RECONNECT_TIMEOUT_S = 60.0
"""How long a page survives without its browser: a laptop that wakes up finds its page as it was."""

SESSION_MAX_AGE_S = 365 * 24 * 3600


def mount(app: FastAPI, workspace: Workspace) -> None:
    """Mount the console at ``/`` of ``app``, last of its routes, to show ``workspace``.

    A process has one console, since NiceGUI keeps its pages on one application of its own. Sessions and the secret that signs
    them are kept in the folder ``console`` of the workspace.

    Args:
        app: the server; its other routes must be there already.
        workspace: stays open as long as the server runs; the caller closes it.
    """
    folder = workspace.home / "console"
    folder.mkdir(mode=0o700, exist_ok=True)
    os.environ["NICEGUI_STORAGE_PATH"] = str(folder)

    from nicegui import app as pages_app
    from nicegui import ui
    from nicegui.storage import Storage

    from finegrain.access.acting import resolve_actor_with
    from finegrain.console import holder, pages, session, text, theme
    from finegrain.console.logo import LOGO
    from finegrain.i18n import resolve_language_with

    Storage.path = folder.resolve()  # where NiceGUI was imported before, the variable above came too late
    holder.hold(workspace)
    resolve_language_with(text.client_language)
    resolve_actor_with(session.acting_now)
    theme.set_house_style()
    ui.add_css(theme.style_sheet(), shared=True)
    for module in pkgutil.iter_modules(pages.__path__):
        importlib.import_module(f"{pages.__name__}.{module.name}")
    importlib.import_module("finegrain.console.login.routes")
    pages_app.on_startup(session.watch)
    pages_app.add_exception_handler(404, _not_found)
    ui.run_with(
        app,
        title="finegrain",
        favicon=LOGO,
        reconnect_timeout=RECONNECT_TIMEOUT_S,
        tailwind=False,
        show_welcome_message=False,
        storage_secret=_secret(folder / "secret"),
        session_middleware_kwargs={"max_age": SESSION_MAX_AGE_S, "same_site": "lax"},
    )


async def _not_found(request: Request, error: Exception) -> Response:
    from fastapi.exception_handlers import http_exception_handler

    from finegrain.console.frame import framed_response
    from finegrain.console.widgets.states import not_found_state
    from finegrain.i18n import N_

    if request.url.path.startswith("/_nicegui") and isinstance(error, HTTPException):
        return await http_exception_handler(request, error)
    return framed_response(request, 404, not_found_state, title=N_("Page not found"))


def _secret(path: Path) -> str:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")
