"""The working part of an analysis page: form, answer and list of people, kept in step with one address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.pages.analysis.answering import answer
from finegrain.console.pages.analysis.explain import ExplainPanel
from finegrain.console.pages.analysis.form import QueryForm, told
from finegrain.console.pages.analysis.parts.period import PeriodPart
from finegrain.console.pages.analysis.people_panel import PeoplePanel
from finegrain.console.pages.analysis.result_pane import ResultPane
from finegrain.console.text import work
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.latest import Latest
from finegrain.console.widgets.states import empty_state, error_state, skeleton
from finegrain.errors import FinegrainError
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.console.pages.analysis.address import AnalysisAddress
    from finegrain.console.pages.analysis.answering import Answer
    from finegrain.console.pages.analysis.catalogue import Catalogue
    from finegrain.console.pages.analysis.contract import Preset, Selection
    from finegrain.console.pages.analysis.kinds import Analysis
    from finegrain.console.widgets.latest import Settle


class AnalysisDesk:
    """The parts of the page, built once and changed in place.

    Args:
        analysis: the kind.
        address: what is asked at first; its query is one that the form can take.
        catalogue: what pickers offer.
        presets: questions to begin with.
        problem: what is wrong with the address that was opened, if anything is.
        on_address: is called with each new address, so that the head of the page keeps in step.
    """

    def __init__(
        self,
        analysis: Analysis,
        address: AnalysisAddress,
        catalogue: Catalogue,
        presets: list[Preset],
        *,
        problem: FinegrainError | None,
        on_address: Callable[[AnalysisAddress], Any],
    ) -> None:
        self._analysis, self._address, self._catalogue = analysis, address, catalogue
        self._on_address = on_address
        self._answer: Answer | None = None
        self._box = ui.element("div").classes("fg-analysis")
        self._latest = Latest(self._box, self._fail, task="answer a question")
        with self._box:
            with card(classes="fg-analysis-ask"):
                self._presets(presets)
                self._form_box = ui.element("div")
            with ui.element("div").classes("fg-stack fg-analysis-result").props("aria-live=polite") as self._result_box:
                self._status = ui.element("div").classes("fg-analysis-status")
                self._pane = ResultPane(analysis.name, self.open, self._all_time)
                self._explain = ExplainPanel()
        self._panel = PeoplePanel(self._closed, self._saved)
        self._draw_form()
        self._waiting()
        self._opening_problem = problem
        self._form.complain(problem)
        # The address of a page that was opened without a question holds the one that it shows, in its shortest form.
        self._go(address.but(query=self._form.values()) if self._form.is_complete else address)
        self._ask(pause=False)

    @property
    def address(self) -> AnalysisAddress:
        """What is shown."""
        return self._address

    def open(self, select: Selection) -> None:
        """List the people behind a number."""
        if self._answer is None:
            return
        self._go(self._answer.address.but(select=select))
        self._answer = self._answer.at(self._address)
        self._panel.show(self._answer)

    def take(self, query: dict[str, Any]) -> None:
        """Ask another question of the same kind: the form is drawn anew."""
        self._go(self._address.but(query=query, select=None))
        self._draw_form()
        self._ask(pause=False)

    def _presets(self, presets: list[Preset]) -> None:
        if not presets:
            return
        with ui.element("div").classes("fg-presets").props("role=group") as box:
            box.props["aria-label"] = _("Questions to begin with")
            for preset in presets:
                self._preset(preset)

    def _preset(self, preset: Preset) -> None:
        ui.button(preset.name, on_click=lambda: self.take(preset.query), color=None).props("flat dense").classes("fg-preset")

    def _draw_form(self) -> None:
        self._form_box.clear()
        with self._form_box:
            self._form = QueryForm(self._address.query or {}, self._catalogue, self._edited)
            self._form.build(self._analysis.draw)

    def _edited(self) -> None:
        if not self._form.is_complete:
            self._latest.drop()
            return
        self._go(self._address.but(query=self._form.values(), select=None))
        self._ask()

    def _all_time(self) -> None:
        period = self._form.part("period")
        if isinstance(period, PeriodPart):
            period.put("all")

    def _go(self, address: AnalysisAddress) -> None:
        self._address = address
        ui.navigate.history.replace(address.url())
        self._on_address(address)

    def _closed(self) -> None:
        if self._address.select is not None:
            self._go(self._address.but(select=None))

    def _saved(self, name: str) -> None:
        self._catalogue.segments.setdefault(name, name)
        self._form.offer()

    def _waiting(self) -> None:
        with self._status:
            skeleton("88px")
            skeleton("360px", lines=8)

    def _ask(self, *, pause: bool = True) -> None:
        self._latest.ask(self._load, pause=pause)

    async def _load(self, settle: Settle) -> None:
        found = await work(answer, self._address)
        settle(lambda: self._show(found))

    def _show(self, found: Answer) -> None:
        self._answer = found
        self._status.clear()
        self._box.classes(remove="fg-stale")
        self._form.complain(self._opening_problem)
        self._opening_problem = None
        self._pane.show(found)
        self._explain.show(found)
        if found.address.select is not None:
            self._panel.show(found)

    def _fail(self, error: Exception) -> None:
        self._status.clear()
        if isinstance(error, FinegrainError):
            self._form.complain(error)
            self._box.classes(add="fg-stale")
            if self._answer is None:
                with self._status, card():
                    empty_state("edit_note", _("This question cannot be answered yet"), told(error))
            return
        with self._status:
            error_state(error, retry=lambda: self._ask(pause=False))
