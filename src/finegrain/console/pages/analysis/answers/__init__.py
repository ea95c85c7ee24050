"""How the answer of each kind reads: its pictures, its table, its figures, and what is said about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from finegrain.console.pages.analysis.answers.attribution import AttributionAnswer
from finegrain.console.pages.analysis.answers.churn import ChurnAnswer
from finegrain.console.pages.analysis.answers.distribution import DistributionAnswer
from finegrain.console.pages.analysis.answers.funnel import FunnelAnswer
from finegrain.console.pages.analysis.answers.intervals import IntervalsAnswer
from finegrain.console.pages.analysis.answers.lifecycle import LifecycleAnswer
from finegrain.console.pages.analysis.answers.paths import PathsAnswer
from finegrain.console.pages.analysis.answers.process import ProcessAnswer
from finegrain.console.pages.analysis.answers.retention import RetentionAnswer
from finegrain.console.pages.analysis.answers.stickiness import StickinessAnswer
from finegrain.console.pages.analysis.answers.trends import TrendsAnswer

if TYPE_CHECKING:
    from finegrain.console.pages.analysis.contract import Figure, NamedTable, Picture, ResultTable, Selection, Told

__all__ = ["ANSWERS", "Answering", "Reporting", "Teaching"]


class Answering(Protocol):
    """Reads the answers of one kind."""

    def is_empty(self, result: Any) -> bool:
        """Say whether nobody did what was asked about."""
        ...

    def pictures(self, result: Any) -> list[Picture]:
        """Give its charts, the main one first."""
        ...

    def table(self, result: Any) -> ResultTable:
        """Give its figures as a table."""
        ...

    def figures(self, result: Any) -> list[Figure]:
        """Give the few figures that sum it up."""
        ...

    def notes(self, result: Any) -> list[str]:
        """Say what was left out and why, and what is not final."""
        ...

    def title(self, result: Any, select: Selection) -> str:
        """Say who the people behind a number are."""
        ...


@runtime_checkable
class Reporting(Protocol):
    """Reads answers that are a report: sentences, and several tables."""

    def sentences(self, result: Any) -> list[Told]:
        """Give the report."""
        ...

    def further(self, result: Any) -> list[NamedTable]:
        """Give the tables beside the main one, the most telling first."""
        ...


@runtime_checkable
class Teaching(Protocol):
    """Reads answers that are empty for other reasons than that nothing happened."""

    def nothing(self, result: Any) -> tuple[str, str]:
        """Say what is missing, and what to do about it."""
        ...


ANSWERS: dict[str, Answering] = {
    "trends": TrendsAnswer(),
    "funnel": FunnelAnswer(),
    "retention": RetentionAnswer(),
    "paths": PathsAnswer(),
    "intervals": IntervalsAnswer(),
    "distribution": DistributionAnswer(),
    "attribution": AttributionAnswer(),
    "lifecycle": LifecycleAnswer(),
    "stickiness": StickinessAnswer(),
    "churn": ChurnAnswer(),
    "process": ProcessAnswer(),
}
