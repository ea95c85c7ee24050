"""One card of a dashboard: its title, the answer of its question, and the controls to arrange it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nicegui import ui

from finegrain.behaviour.dashboards.contract import HEIGHTS, WIDTHS
from finegrain.console.holder import workspace
from finegrain.console.masked import shown_result
from finegrain.console.pages.analysis.address import AnalysisAddress
from finegrain.console.pages.analysis.answers import ANSWERS
from finegrain.console.pages.analysis.charts import figures_of, picture_of, table_of
from finegrain.console.widgets.charts import ThemedChart
from finegrain.console.widgets.loading import Loaded
from finegrain.console.widgets.states import skeleton
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.behaviour.dashboards.contract import Card, Dashboard
    from finegrain.console.pages.analysis.contract import Figure, Picture, ResultTable

MOST_FIGURES = 3
_MANY, _LOWEST_PX, _HIGHEST_PX = 1.5, 100, 900
CONTROLS: tuple[tuple[str, str, str], ...] = (
    ("earlier", "arrow_back", N_("Move “{title}” forward")),
    ("later", "arrow_forward", N_("Move “{title}” back")),
    ("narrower", "unfold_less_double", N_("Make “{title}” narrower")),
    ("wider", "unfold_more_double", N_("Make “{title}” wider")),
    ("lower", "expand_less", N_("Make “{title}” lower")),
    ("higher", "expand_more", N_("Make “{title}” higher")),
    ("rename", "edit", N_("Rename “{title}”")),
    ("remove", "delete", N_("Take “{title}” off")),
)
"""What can be done with a card while a dashboard is arranged: name, icon, words."""


@dataclass(frozen=True)
class CardAnswer:
    """What a card shows.

    Attributes:
        result: the answer.
        figures: the few that sum it up.
        table: its figures, for files.
        picture: its main chart; None where there is nothing to draw.
        empty: whether nobody did what was asked about.
    """

    result: Any
    figures: list[Figure]
    table: ResultTable
    picture: Picture | None
    empty: bool


def card_answer(board: Dashboard, card: Card) -> CardAnswer:
    """Answer a card, for the reader who looks.

    Raises:
        FinegrainError: its question can no longer be answered.
    """
    ws = workspace()
    result = shown_result(ws.dashboards.answer(board, card, ws.as_of()))
    figures = figures_of(card.kind, result)[:MOST_FIGURES]
    empty = ANSWERS[card.kind].is_empty(result)
    return CardAnswer(result, figures, table_of(card.kind, result), picture_of(card.kind, result), empty)


class BoardCard:
    """One card on the page.

    Args:
        board: the dashboard.
        card: what is shown.
        on_control: told which control was used.
    """

    def __init__(self, board: Dashboard, card: Card, on_control: Callable[[BoardCard, str], object]) -> None:
        self.board, self.card = board, card
        self.answer: CardAnswer | None = None
        self.chart: ThemedChart | None = None
        self._on_control = on_control
        with ui.element("section") as self.box:
            self.box.props["data-card"] = str(card.id)
            with ui.element("div").classes("fg-card-head fg-board-head"):
                with ui.element("h2").classes("fg-h2"):
                    self._link = ui.element("a").classes("fg-board-title fg-board-text")
                    with self._link:
                        self._title = ui.label()
                with ui.element("div").classes("fg-board-controls") as self._controls:
                    self._draw_controls()
            self._loaded = Loaded(self._fetch, self._show, waiting=lambda: skeleton("160px", lines=4), classes="fg-board-body")
        self.resize(card)

    def _draw_controls(self) -> None:
        ui.icon("drag_indicator").classes("fg-board-handle").props('aria-hidden="true"')
        self._buttons = {}
        for name, icon, _words in CONTROLS:
            button = ui.button(icon=icon, on_click=lambda name=name: self._on_control(self, name), color=None)
            self._buttons[name] = button.props("flat dense round").classes("fg-mini")

    def resize(self, card: Card) -> None:
        """Show another title or size."""
        self.card = card
        self.box.classes(replace=f"fg-card fg-board-card fg-board-w{card.width} fg-board-h{card.height}")
        self._title.text = card.title
        self._link.props["href"] = AnalysisAddress(card.kind, self.query).url()
        self.box.props["aria-label"] = card.title
        for name, _icon, words in CONTROLS:
            self._buttons[name].props["aria-label"] = _(words, title=card.title)
        for name, off in (
            ("narrower", card.width == WIDTHS[0]),
            ("wider", card.width == WIDTHS[-1]),
            ("lower", card.height == HEIGHTS[0]),
            ("higher", card.height == HEIGHTS[-1]),
        ):
            self._buttons[name].set_enabled(not off)

    @property
    def query(self) -> dict[str, Any]:
        """The question as it is asked: over the dashboard's period where it has one."""
        return {**self.card.query, **({"period": self.board.period} if self.board.period else {})}

    def arrange(self, *, on: bool) -> None:
        """Show or hide the controls."""
        self._controls.set_visibility(on)

    def ask(self, board: Dashboard) -> None:
        """Ask again, perhaps over another period."""
        self.board = board
        self._link.props["href"] = AnalysisAddress(self.card.kind, self.query).url()
        self._loaded.reload()

    def _fetch(self) -> CardAnswer:
        return card_answer(self.board, self.card)

    def _show(self, answer: CardAnswer) -> None:
        self.answer, self.chart = answer, None
        if answer.empty:
            ui.label(_("Nothing of this happened in the period.")).classes("fg-hint fg-board-text")
            return
        with ui.element("div").classes("fg-board-figures"):
            for figure in answer.figures:
                with ui.element("div"):
                    ui.label(figure.label).classes("fg-kpi-label fg-board-text")
                    ui.label(figure.text).classes("fg-board-figure fg-board-text")
        if answer.picture:
            self._draw(answer.picture)

    def _draw(self, picture: Picture) -> None:
        self.chart = chart = ThemedChart(picture.build, label=self.card.title, height="100%")
        # A course or bars fit any height; many rows do not, and are scrolled, as are ways through many positions.
        many = picture.height_px > _MANY * _room(self.card)
        lowest = min(picture.height_px, _HIGHEST_PX) if many else _LOWEST_PX
        chart.style(f"min-height:{lowest}px;min-width:{picture.least_width_px}px")
        if many or picture.least_width_px:
            # What can be scrolled must be reached by keyboard.
            self._loaded.box.props("tabindex=0 role=group").props["aria-label"] = self.card.title
        chart.on_point_click(lambda event: self._clicked(event.data))

    def _clicked(self, data: Any) -> None:
        door = data.get("door") if isinstance(data, dict) else None
        select = door if isinstance(door, dict) else None
        ui.navigate.to(AnalysisAddress(self.card.kind, self.query, select=select).url())


def _room(card: Card) -> int:
    """Give about how many pixels a chart has in a card, as the style sheet gives rows."""
    return card.height * 190 - 110
