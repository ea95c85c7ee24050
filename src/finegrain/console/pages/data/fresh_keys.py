"""Keys that were just made, held in memory until the page of their source has shown them once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from nicegui import app

if TYPE_CHECKING:
    from datetime import datetime

    from finegrain.collect.sources.contract import NewKey

HELD_FOR = timedelta(minutes=5)
_held: dict[tuple[str, str], tuple[datetime, str]] = {}


def hold_key(made: NewKey) -> None:
    """Hold a key for the browser that asked for it."""
    _held[_browser(), made.source.name] = (made.source.key_made_at, made.key)


def take_key(name: str, now: datetime) -> str | None:
    """Give the key of a source to the browser that made it, once; None when there is none to show."""
    for place in [place for place, (made_at, _key) in _held.items() if made_at < now - HELD_FOR]:
        del _held[place]
    found = _held.pop((_browser(), name), None)
    return found[1] if found else None


def _browser() -> str:
    return str(app.storage.browser["id"])
