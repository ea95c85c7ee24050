"""The page of one segment: how many, since when, by which rule, who, why, and what they share with others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nicegui import ui

from finegrain.console.holder import workspace
from finegrain.console.pages.people.download import download_link
from finegrain.console.pages.segments.address import PATH, edit_url, people_csv_url
from finegrain.console.pages.segments.explain_card import ExplainCard
from finegrain.console.pages.segments.history_card import SHOWN_DAYS, history_card, history_of
from finegrain.console.pages.segments.people_card import people_card
from finegrain.console.pages.segments.portrait_card import portrait_card
from finegrain.console.pages.segments.preview_pane import overlaps_card, reach_card, short_moment
from finegrain.console.pages.segments.reading import sentence_of
from finegrain.console.widgets.cards import card, kpi
from finegrain.console.widgets.formats import day, number, percent
from finegrain.console.widgets.questions import ask_to_delete
from finegrain.console.widgets.rights import reserved
from finegrain.console.widgets.states import button_link, error_state
from finegrain.errors import FinegrainError
from finegrain.i18n import _

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from finegrain.audience.history.contract import DaySize
    from finegrain.audience.segments.contract import PreviewResult, Segment


@dataclass(frozen=True)
class SegmentFigures:
    """What the page shows of a segment.

    Attributes:
        segment: the segment.
        found: its size, overlaps and reach now.
        people: ids of everybody in it, as many as ``found`` counts; ``(n_people,) int64``.
        sentence: its rule in the reader's language; empty for a list.
        days: how many were in it day by day, as far as that is kept.
    """

    segment: Segment
    found: PreviewResult
    people: NDArray[np.int64]
    sentence: str
    days: tuple[DaySize, ...]


def segment_figures(name: str) -> SegmentFigures | tuple[Segment, FinegrainError]:
    """Give a segment with its figures, or with why there are none: its rule may name what there is no more.

    Raises:
        UnknownSegmentError: there is no such segment.
    """
    segments = workspace().segments
    segment = segments.get(name)
    try:
        found = segments.preview({"segment": name})
        people, days = segments.members(name, found.as_of), history_of(name, found.as_of, SHOWN_DAYS)
        return SegmentFigures(segment, found, people, sentence_of(segment), days)
    except FinegrainError as error:
        return segment, error


def segment_actions(segment: Segment) -> None:
    """Draw the buttons of the page's head."""
    if segment.is_rule:
        button_link(_("Edit"), edit_url(segment.name), icon="edit", primary=False)
    download_link(_("Export as CSV"), people_csv_url(segment.name))
    delete = ui.button(_("Delete"), icon="delete_outline", on_click=lambda: _ask_to_delete(segment), color=None)
    reserved("strategy:write", delete.classes("fg-outlined"))


def _ask_to_delete(segment: Segment) -> None:
    text = _("Its people stay. Analyses and goals that name it can no longer be answered.")
    ask_to_delete(segment.name, text, lambda: workspace().segments.delete(segment.name), PATH)


def show_segment(figures: SegmentFigures | tuple[Segment, FinegrainError], person: str) -> None:
    """Draw the page.

    Args:
        figures: what ``segment_figures`` gave.
        person: the number of a person whose reasons are shown at once; empty for none.
    """
    if isinstance(figures, tuple):
        with card():
            error_state(figures[1])
        return
    segment, found = figures.segment, figures.found
    _kpis(segment, found)
    with ui.element("div").classes("fg-segment-page"):
        with ui.element("div").classes("fg-stack"):
            if segment.is_rule:
                with card(_("Who belongs to it")):
                    ui.label(figures.sentence).classes("fg-tree-sentence")
            history_card(figures.days)
            portrait_card(segment.name, found.as_of)
            if segment.is_rule:
                ExplainCard(segment.name, person)
            people_card(segment, figures.people, found.as_of)
        with ui.element("div").classes("fg-stack"):
            reach_card(found)
            overlaps_card(found, segment.name)


def _kpis(segment: Segment, found: PreviewResult) -> None:
    with ui.element("div").classes("fg-kpis"):
        kpi(_("People"), number(found.people))
        kpi(_("Share of everybody"), percent(found.share), meter=found.share)
        if segment.is_rule:
            tip = _("Found anew every minute, and whenever this page opens.")
            kpi(_("Counted as of"), short_moment(found.as_of), tip=tip)
        else:
            kpi(_("List, made on"), day(workspace().zone.day_of(segment.made_at)))
        kpi(_("Made by"), segment.made_by)
