"""The answers of all kinds as charts and as tables, for the pages of the analysis and for dashboards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.console.pages.analysis.answers import ANSWERS

if TYPE_CHECKING:
    from finegrain.console.pages.analysis.contract import Figure, Picture, ResultTable


def picture_of(kind: str, result: Any) -> Picture | None:
    """Give an answer's main chart, in the reader's language; None where there is nothing to draw.

    Items of data that have a key ``door`` stand for people: it holds what ``/api/v1/query/<kind>/people`` takes as ``select``.
    """
    return next(iter(ANSWERS[kind].pictures(result)), None)


def table_of(kind: str, result: Any) -> ResultTable:
    """Give the figures of an answer as a table, in the reader's language."""
    return ANSWERS[kind].table(result)


def figures_of(kind: str, result: Any) -> list[Figure]:
    """Give the few figures that sum an answer up, in the reader's language."""
    return ANSWERS[kind].figures(result)
