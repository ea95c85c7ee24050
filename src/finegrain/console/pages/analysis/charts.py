"""The answers of all kinds as charts and as tables, for the pages of the analysis and for dashboards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.console.pages.analysis.answers import ANSWERS
from finegrain.console.theme import palette

if TYPE_CHECKING:
    from finegrain.console.pages.analysis.contract import Figure, ResultTable
    from finegrain.console.theme import Palette


def chart_of(kind: str, result: Any, colours: Palette | None = None) -> dict[str, Any]:
    """Give the ECharts options of an answer's main chart.

    Items of data that have a key ``door`` stand for people: it holds what ``/api/v1/query/<kind>/people`` takes as ``select``.

    Args:
        kind: name of the kind of query.
        result: its answer.
        colours: in which it is drawn; by default those that the current user sees.

    Raises:
        KeyError: there is no such kind.
    """
    return ANSWERS[kind].pictures(result)[0].build(colours or palette())


def height_of(kind: str, result: Any) -> int:
    """Give the height that the main chart needs, in pixels."""
    return ANSWERS[kind].pictures(result)[0].height_px


def table_of(kind: str, result: Any) -> ResultTable:
    """Give the figures of an answer as a table, in the reader's language."""
    return ANSWERS[kind].table(result)


def figures_of(kind: str, result: Any) -> list[Figure]:
    """Give the few figures that sum an answer up, in the reader's language."""
    return ANSWERS[kind].figures(result)
