"""Answers that a page asks for with every change of a form, of which only the latest is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from nicegui import background_tasks

from finegrain.console.widgets.loading import report

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from nicegui import ui

Settle = Callable[[Callable[[], object]], bool]
"""Shows an answer by what it is given, and says whether it did: not when another was asked for meanwhile."""
PAUSE_S = 0.15
"""How long typing must rest before it is asked."""


class Latest:
    """Asks in the background, and drops what was overtaken.

    Args:
        box: is greyed while an answer is under way; nothing is shown any more once it is deleted.
        fail: shows an error, in the place of an answer.
        task: what is done, for the log.
    """

    def __init__(self, box: ui.element, fail: Callable[[Exception], object], *, task: str) -> None:
        self._box, self._fail, self._task = box, fail, task
        self._turn = 0

    def ask(self, load: Callable[[Settle], Awaitable[object]], *, pause: bool = True) -> None:
        """Ask anew.

        Args:
            load: finds the answer, off the event loop, and settles it.
            pause: whether to wait until typing rests.
        """
        self._turn += 1
        background_tasks.create(self._run(self._turn, load, pause=pause), name=self._task, context=self._box)

    def drop(self) -> None:
        """Show nothing of what is under way: it answers a question that is no more."""
        self._turn += 1
        self._box.classes(remove="fg-busy")

    async def _run(self, turn: int, load: Callable[[Settle], Awaitable[object]], *, pause: bool) -> None:
        if pause:
            await asyncio.sleep(PAUSE_S)
            if turn != self._turn:
                return
        self._box.classes(add="fg-busy")
        settle = partial(self._settle, turn)
        try:
            await load(settle)
        except Exception as error:  # noqa: BLE001 - whatever it was, the page must say so
            failure = report(error)
            settle(lambda: self._fail(failure))

    def _settle(self, turn: int, show: Callable[[], object]) -> bool:
        if turn != self._turn or self._box.is_deleted:
            return False
        self._box.classes(remove="fg-busy")
        show()
        return True
