"""The answer beside the form: figures, charts, what is said about them, and the table; brought up to date in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.console.pages.analysis.answers import ANSWERS, Reporting, Teaching
from finegrain.console.pages.analysis.result_table import ResultTableView
from finegrain.console.pages.people.download import download_link
from finegrain.console.widgets.cards import card
from finegrain.console.widgets.charts import ThemedChart
from finegrain.console.widgets.states import empty_state
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.console.pages.analysis.answering import Answer
    from finegrain.console.pages.analysis.contract import Figure, Picture, Selection, Told
    from finegrain.console.theme import Palette

# Runs in the browser: the chart lies on its canvas, and a picture without ground would be black in most programs.
_SAVE_PNG = """() => {
  const chart = getElement(%d).chart;
  const ground = getComputedStyle(document.body).getPropertyValue('--fg-card').trim();
  const link = document.createElement('a');
  link.href = chart.getDataURL({type: 'png', pixelRatio: 2, backgroundColor: ground});
  link.download = '%s.png';
  link.click();
}"""


class PictureCard:
    """One chart with its heading and the button that saves it as a picture.

    Args:
        picture: what is shown at first.
        name: of the file, in ASCII.
        on_people: is called with a selection when a part of the chart is clicked.
    """

    def __init__(self, picture: Picture, name: str, on_people: Callable[[Selection], Any]) -> None:
        self._picture, self._on_people = picture, on_people
        with card(classes="fg-picture"):
            with ui.element("div").classes("fg-card-head"):
                with ui.element("h2").classes("fg-h2"):
                    self._title = ui.label(picture.title)
                with ui.element("div").classes("fg-row"):
                    self._hint = ui.label(picture.hint).classes("fg-hint fg-narrow-hide")
                    save = ui.button(icon="image", color=None).props("flat dense round").classes("fg-mini")
                    save.props["aria-label"] = _("Save the chart as PNG")
                    save.tooltip(_("Save the chart as PNG"))
            with ui.element("div").classes("fg-picture-scroll") as self._scroll:
                self._chart = ThemedChart(self._build, label=picture.title, height=f"{picture.height_px}px")
            self._size(picture)
            self._chart.on_point_click(lambda event: self._clicked(event.data))
        save.on("click", js_handler=_SAVE_PNG % (self._chart.id, name))

    def show(self, picture: Picture) -> None:
        """Show another picture in its place."""
        self._picture = picture
        self._title.text, self._hint.text = picture.title, picture.hint
        self._size(picture)
        self._chart.repaint()

    def _size(self, picture: Picture) -> None:
        self._chart.style(f"height:{picture.height_px}px;min-width:{picture.least_width_px}px")
        if picture.least_width_px:
            # What can be scrolled must be reached by keyboard.
            self._scroll.props("tabindex=0 role=group").props["aria-label"] = picture.title

    def _build(self, colours: Palette) -> dict[str, Any]:
        return self._picture.build(colours)

    def _clicked(self, data: Any) -> None:
        door = data.get("door") if isinstance(data, dict) else None
        if isinstance(door, dict):
            self._on_people(door)


class ResultPane:
    """All of an answer.

    Args:
        kind: name of the kind of query.
        on_people: is called with a selection when a number is clicked.
        on_all_time: is called when the reader asks for all time, because nothing happened in the period.
    """

    def __init__(self, kind: str, on_people: Callable[[Selection], Any], on_all_time: Callable[[], Any]) -> None:
        self._reads = ANSWERS[kind]
        self._kind, self._on_people, self._on_all_time = kind, on_people, on_all_time
        self._shape: object = None
        self._cards: list[PictureCard] = []
        self._empty = ui.element("div").classes("fg-analysis-status")
        with ui.element("div").classes("fg-stack") as self._full:
            self._figures = ui.element("div").classes("fg-kpis fg-analysis-kpis")
            self._report = ui.element("div").classes("fg-analysis-status")
            self._pictures = ui.element("div").classes("fg-stack")
            self._notes = ui.element("div").classes("fg-answer-notes")
            self._further = ui.element("div").classes("fg-analysis-status")
            with card(classes="fg-answer-table"):
                with ui.element("div").classes("fg-card-head"):
                    with ui.element("h2").classes("fg-h2"):
                        ui.label(_("Figures"))
                    self._export = download_link(_("Export as CSV"), "")
                self._table = ResultTableView(_("Figures"), on_people)
        self._full.set_visibility(False)

    def show(self, answer: Answer) -> None:
        """Show an answer."""
        result = answer.result
        nothing = self._reads.is_empty(result)
        self._full.set_visibility(not nothing)
        self._empty.clear()
        if nothing:
            with self._empty, card():
                self._draw_empty(answer)
            return
        self._draw_figures(self._reads.figures(result))
        self._draw_pictures(self._reads.pictures(result), result)
        self._draw_notes(answer)
        if isinstance(self._reads, Reporting):
            self._draw_report(self._reads, result)
        self._table.show(answer.table)
        self._export.props["href"] = answer.address.figures_url()

    def _draw_empty(self, answer: Answer) -> None:
        asked = answer.result.asked
        title = _("Nothing of this happened from {first} to {last}", first=asked.first, last=asked.last)
        text = _("Take a longer period, or loosen the conditions and the audience.")
        if isinstance(self._reads, Teaching):
            title, text = self._reads.nothing(answer.result)
        empty_state("query_stats", title, text, actions=None if asked.query.period == "all" else self._draw_all_time)

    def _draw_all_time(self) -> None:
        ui.button(_("Ask of all time"), on_click=self._on_all_time, color=None).classes("fg-outlined")

    def _draw_figures(self, figures: list[Figure]) -> None:
        self._figures.clear()
        with self._figures:
            for figure in figures:
                self._draw_figure(figure)

    def _draw_figure(self, figure: Figure) -> None:
        with card(classes="fg-kpi"):
            ui.label(figure.label).classes("fg-kpi-label")
            select = figure.select
            if select is None:
                ui.label(figure.text).classes("fg-kpi-value")
            else:
                button = ui.element("button").classes("fg-kpi-value fg-door").props("type=button")
                button.props["aria-label"] = _("{label}: {value}, show the people", label=figure.label, value=figure.text)
                button.on("click", lambda: self._on_people(select))
                with button:
                    ui.label(figure.text)
            ui.label(figure.note or " ").classes("fg-kpi-note")

    def _draw_report(self, reads: Reporting, result: Any) -> None:
        self._report.clear()
        with self._report, card(_("Report"), classes="fg-report"), ui.element("ol"):
            for told in reads.sentences(result):
                self._draw_sentence(told)
        self._further.clear()
        with self._further:
            for named in reads.further(result):
                if named.table.rows:
                    with card(named.title):
                        ResultTableView(named.title, self._on_people).show(named.table)

    def _draw_sentence(self, told: Told) -> None:
        select = told.select
        with ui.element("li").classes(f"fg-told fg-told-{told.weight}"):
            ui.label(told.text)
            if select is not None:
                button = ui.button(_("Show the people"), on_click=lambda: self._on_people(select), color=None).props("flat dense")
                button.classes("fg-add").props["aria-label"] = _("{sentence} Show the people", sentence=told.text)

    def _draw_pictures(self, pictures: list[Picture], result: Any) -> None:
        # Charts are merged into what stands there, so that one of another shape has to begin anew.
        shape = (len(pictures), bool(getattr(result, "groups", ())))
        if shape == self._shape:
            for old, picture in zip(self._cards, pictures, strict=True):
                old.show(picture)
            return
        self._shape = shape
        self._pictures.clear()
        with self._pictures:
            self._cards = [
                PictureCard(picture, f"{self._kind}-{place}", self._on_people) for place, picture in enumerate(pictures, start=1)
            ]

    def _draw_notes(self, answer: Answer) -> None:
        self._notes.clear()
        with self._notes:
            for note in self._reads.notes(answer.result):
                with ui.element("div").classes("fg-answer-note"):
                    ui.icon("info").props('aria-hidden="true"')
                    ui.label(note)
