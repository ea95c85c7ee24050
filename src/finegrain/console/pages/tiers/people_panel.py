"""The people behind a number: a panel at the side of the tiers page that lists them, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.pages.analysis.words import people_text
from finegrain.console.pages.people.address import PeopleAddress
from finegrain.console.pages.people.among import people_among, people_columns
from finegrain.console.pages.people.download import download_link
from finegrain.console.pages.people.panel import SidePanel
from finegrain.console.pages.tiers.view import people_behind
from finegrain.console.widgets.states import button_link, error_state
from finegrain.console.widgets.tables import Column
from finegrain.errors import FinegrainError
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.console.pages.tiers.view import TiersView


class PeoplePanel:
    """The panel; closed until a number is clicked.

    Args:
        on_close: is called when the reader closes it.
    """

    def __init__(self, on_close: Callable[[], object]) -> None:
        self._panel = SidePanel(on_close)

    def show(self, view: TiersView) -> None:
        """List the people that the address of ``view`` names; close when it names none."""
        if not view.address.tier:
            self._panel.close()
            return
        try:
            self._fill(view)
        except FinegrainError as error:  # a link names a tier that these thresholds do not have
            self._panel.open(_("People"))
            with self._panel.box:
                error_state(error)

    def _fill(self, view: TiersView) -> None:
        address = view.address
        count = len(people_behind(view, address.tier, address.cell))
        tiers = [(address.scheme, view.result.tier(address.tier).name)]
        if address.cell:
            tiers.append((address.by, view.matrix.column_result.tier(address.cell).name))
        self._panel.open(" · ".join(_(name) for _scheme, name in tiers), people_text(count))
        with self._panel.box:
            with ui.element("div").classes("fg-panel-tools"):
                download_link(_("Export as CSV"), address.people_url())
                if not address.draft:
                    keys = {address.scheme: address.tier} | ({address.by: address.cell} if address.cell else {})
                    button_link(_("Search in the list"), PeopleAddress(tiers=keys, as_of=address.as_of).url(), primary=False)
            people_among(
                lambda: people_behind(view, address.tier, address.cell), view.as_of, moment=address.as_of, columns=_columns()
            )


def _columns() -> tuple[Column, ...]:
    person, purchases, revenue, last_purchase, _last_event = people_columns()
    return person, purchases, revenue, Column("average", _("Average order value"), "number"), last_purchase
