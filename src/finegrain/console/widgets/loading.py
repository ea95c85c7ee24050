"""Parts of a page that load after the frame stands, off the event loop, and can load again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Generic, TypeVar

from nicegui import background_tasks, ui

from finegrain.console.text import work
from finegrain.console.widgets.states import error_state, skeleton
from finegrain.errors import FinegrainError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
log = logging.getLogger(__name__)


def report(error: Exception) -> Exception:
    """Log ``error`` with its trace unless it is one of ours, which explain themselves; give it back."""
    if not isinstance(error, FinegrainError):
        log.error("a part of a page failed to load", exc_info=error)
    return error


class Loaded(Generic[T]):
    """A place on the page that shows what ``fetch`` gives.

    It stands where it is made, shows ``waiting`` at once, and starts to load. ``reload`` loads again and keeps what is shown
    until the new figures are there; an answer that was overtaken by a later reload is dropped. An error takes the place of
    the content, with its code, its remedy, and a button to try again.

    Args:
        fetch: gives the figures; runs in a thread, in the user's language, so it must not touch the page.
        show: draws them; runs on the event loop, inside the place.
        waiting: draws what holds the place meanwhile.
        classes: CSS classes of the place.
    """

    def __init__(
        self,
        fetch: Callable[[], T],
        show: Callable[[T], object],
        *,
        waiting: Callable[[], object] = skeleton,
        classes: str = "",
    ) -> None:
        self._fetch = fetch
        self._show = show
        self._turn = 0
        self.box = ui.element("div").classes(f"fg-loaded {classes}")
        with self.box:
            waiting()
        self.reload()

    def reload(self) -> None:
        """Load again, because what ``fetch`` depends on has changed."""
        self._turn += 1
        self.box.classes(add="fg-loading").props("aria-busy=true")
        background_tasks.create(self._load(self._turn), name="load a part of a page", context=self.box)

    async def _load(self, turn: int) -> None:
        try:
            result = await work(self._fetch)
        except Exception as error:  # noqa: BLE001 - whatever it was, the page must say so
            failure = report(error)
            self._fill(turn, lambda: error_state(failure, retry=self.reload))
        else:
            self._fill(turn, lambda: self._show(result))

    def _fill(self, turn: int, draw: Callable[[], object]) -> None:
        if turn != self._turn or self.box.is_deleted:
            return
        self.box.clear()
        self.box.classes(remove="fg-loading").props("aria-busy=false")
        with self.box:
            draw()
