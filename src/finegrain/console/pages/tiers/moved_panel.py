"""The people behind a move from one tier to another: a panel at the side that lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.console.holder import workspace
from finegrain.console.pages.analysis.words import people_text
from finegrain.console.pages.people.among import people_among
from finegrain.console.pages.people.panel import SidePanel
from finegrain.console.pages.tiers.history_reading import key_of, moved_people

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.console.pages.tiers.history_address import HistoryAddress
    from finegrain.console.pages.tiers.history_reading import HistoryView


class MovedPanel:
    """The panel; closed until a move is clicked.

    Args:
        on_close: is called when the reader closes it.
    """

    def __init__(self, on_close: Callable[[], object]) -> None:
        self._panel = SidePanel(on_close)

    def show(self, view: HistoryView, address: HistoryAddress) -> None:
        """List the people of the move that the address names; close when it names none."""
        was, now = key_of(address.was), key_of(address.now)
        if not address.was or not {was, now} <= set(view.names):
            self._panel.close()
            return
        count = self._panel.open(f"{view.names[was]} → {view.names[now]}")

        def total(found: int) -> None:
            count.text = people_text(found)

        with self._panel.box:
            people_among(lambda: moved_people(workspace(), address), view.as_of, total)
