"""Taking a part of a page away when one of its own buttons asks for it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nicegui import ui


@contextmanager
def taken_away(part: ui.element) -> Iterator[None]:
    """Delete ``part``, and go on in what was around it until the block ends.

    The handler of a button works where the button is. Once that is deleted, and freed, nothing there can tell the reader's
    language or reach the page any more.
    """
    if part.parent_slot is None:
        raise ValueError("the page itself cannot be taken away")
    around = part.parent_slot.parent
    part.delete()
    with around:
        yield
