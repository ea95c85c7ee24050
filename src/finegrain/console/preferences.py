"""What a user chose for the console, kept per browser session: language and dark mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import app
from nicegui.storage import request_contextvar

from finegrain.console.holder import workspace
from finegrain.i18n import LANGUAGES, Language, normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

_LANGUAGE, _DARK = "language", "dark"


def chosen_language() -> Language:
    """Give the user's language: chosen before, else the browser's best that we speak, else the workspace's setting."""
    chosen = app.storage.user.get(_LANGUAGE)
    if chosen in LANGUAGES:
        return normalise(chosen)
    request = request_contextvar.get()
    header = request.headers.get("accept-language", "") if request else ""
    return next(_spoken(header), workspace().settings.language)


def choose_language(language: Language) -> None:
    """Remember the user's language."""
    app.storage.user[_LANGUAGE] = language


def dark() -> bool:
    """Tell whether the user reads light on dark; False until the user says so."""
    return bool(app.storage.user.get(_DARK, False))


def choose_dark(value: bool) -> None:  # noqa: FBT001 - a switch has one state
    """Remember whether the user reads light on dark."""
    app.storage.user[_DARK] = value


def _spoken(header: str) -> Iterator[Language]:
    # Browsers send tags in order of preference, so the weights add nothing.
    for part in header.split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith(("zh", "en")):
            yield normalise(tag)
