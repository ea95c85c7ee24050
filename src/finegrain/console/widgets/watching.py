"""Parts of a page that look again every few seconds, and change what they show in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from nicegui import ui

from finegrain.console.text import work
from finegrain.console.widgets.loading import report

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Watch(Generic[T]):
    """Fetches again and again, one look after the other.

    When a look fails, what is shown stays as it was, and the next look may go well.

    Args:
        fetch: gives the figures; runs in a thread, in the user's language, so it must not touch the page.
        show: draws them in place; runs on the event loop.
        every_s: seconds between two looks.
    """

    def __init__(self, fetch: Callable[[], T], show: Callable[[T], object], *, every_s: float) -> None:
        self._fetch = fetch
        self._show = show
        ui.timer(every_s, self.look, immediate=False)

    async def look(self) -> None:
        """Look now."""
        try:
            found = await work(self._fetch)
        except Exception as error:  # noqa: BLE001 - whatever it was, the log says so and the page lives on
            report(error)
            return
        if found is not None:  # it is while the server stops
            self._show(found)
