"""The working part of the tiers page: table, form, chart, matrix and list, kept in step with one address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.tiers.chart import ShareChart
from finegrain.console.pages.tiers.matrix import Matrix
from finegrain.console.pages.tiers.own_rules import own_rules
from finegrain.console.pages.tiers.people_panel import PeoplePanel
from finegrain.console.pages.tiers.threshold_form import ThresholdForm
from finegrain.console.pages.tiers.tier_table import TierTable
from finegrain.console.pages.tiers.view import TiersView, load
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.latest import Latest
from finegrain.errors import FinegrainError
from finegrain.i18n import _, current_language

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from finegrain.audience.tiers.contract import Threshold
    from finegrain.console.widgets.latest import Settle


class TiersDesk:
    """The parts of the page, built once and changed in place.

    Args:
        view: what is shown at first.
        problem: what is wrong with the thresholds that the address asked for; the saved ones are shown then.
        on_view: is called with each new view, so that the head of the page keeps in step.
    """

    def __init__(self, view: TiersView, problem: FinegrainError | None, on_view: Callable[[TiersView], Any]) -> None:
        self._address = view.address
        self._view = view
        self._on_view = on_view
        self._box = ui.element("div").classes("fg-desk")
        self._latest = Latest(self._box, self._complain, task="compute tiers")
        with self._box:
            self._build()
        self._show(view)
        if problem:
            self._form.complain(problem)
        self._panel.show(view)

    def _build(self) -> None:
        address = self._address
        with ui.element("div").classes("fg-desk-figures"):
            with card(_("Tiers")):
                self._table = TierTable(self.open)
            with card(_("Who brings the revenue")):
                self._chart = ShareChart(self.open)
            with card():
                self._matrix = Matrix(address.scheme, address.by, on_by=self._cross, on_cell=self.open)
        with card(classes="fg-desk-form"):
            own = workspace().schemes.find(address.scheme)
            if own is not None:
                own_rules(own)
            with ui.element("div") as thresholds:
                self._form = ThresholdForm(
                    self._view.thresholds, address.draft, on_edit=self._edited, on_save=self._save, on_suggest=self._suggest
                )
            thresholds.set_visibility(own is None)
        self._panel = PeoplePanel(self._closed)

    @property
    def view(self) -> TiersView:
        """What is shown."""
        return self._view

    def open(self, tier: str, cell: str = "") -> None:
        """List the people of a tier, or of one cell of the matrix."""
        self._go(tier=tier, cell=cell)
        self._view = TiersView(self._address, self._view.as_of, self._view.thresholds, self._view.matrix)
        self._panel.show(self._view)

    def move_to(self, as_of: str) -> None:
        """Show another moment; empty for the workspace's own."""
        self._go(as_of=as_of)
        self._recompute()

    def _closed(self) -> None:
        self._go(tier="", cell="")

    def _cross(self, by: Any) -> None:
        self._go(by=by, cell="")
        self._recompute()

    def _edited(self, draft: dict[str, str]) -> None:
        self._go(draft=draft)
        self._recompute()

    def _go(self, **changes: Any) -> None:
        self._address = self._address.but(**changes)
        ui.navigate.history.replace(self._address.url())

    def _recompute(self) -> None:
        self._latest.ask(self._load)

    async def _load(self, settle: Settle) -> None:
        view = await work(load, workspace(), self._address)
        settle(lambda: self._show(view))

    def _show(self, view: TiersView) -> None:
        self._view = view
        self._table.show(view)
        self._chart.show(view)
        self._matrix.show(view)
        self._form.settled(view.result.notes)
        self._on_view(view)

    def _complain(self, error: Exception) -> None:
        if isinstance(error, FinegrainError):
            self._form.complain(error)
        else:
            _notify_failure(error)

    async def _save(self) -> None:
        scheme, draft, reset = self._address.scheme, self._form.draft, self._form.holds_defaults
        tiering = workspace().tiering

        def store() -> Sequence[Threshold]:
            return tiering.reset_thresholds(scheme) if reset else tiering.save_thresholds(scheme, draft)

        try:
            thresholds = await work(store)
        except FinegrainError as error:
            self._form.complain(error)
            return
        self._form.saved(thresholds)
        self._edited(self._form.draft)
        ui.notify(_("Thresholds saved. All figures of this scheme follow them now."), type="positive")

    async def _suggest(self) -> None:
        scheme, as_of = self._address.scheme, self._view.as_of

        try:
            found = await work(workspace().tiering.suggest, scheme, as_of)
        except FinegrainError as error:
            _notify_failure(error)
        else:
            self._form.suggest(found)


def _notify_failure(error: Exception) -> None:
    unforeseen = _("Something went wrong. The server's log names the cause.")
    ui.notify(error.message(current_language()) if isinstance(error, FinegrainError) else unforeseen, type="negative")
