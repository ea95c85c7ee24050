"""The kinds of queries by name: what each is asked with, and how the people behind its numbers are chosen."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from finegrain.behaviour.queries.contract import Selection
from finegrain.errors import UnknownNameError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.behaviour.queries.contract import Query
    from finegrain.behaviour.queries.scope import Scope


@dataclass(frozen=True)
class BarSelection(Selection):
    """Whom to list of an answer in bars.

    Attributes:
        bar: number of the bar, from 0; None for any.
        group: place in ``groups``, from 0; None for all.
    """

    bar: int | None = None
    group: int | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of query, named as the engines' method that finds out what it asks; all by module and name, loaded on first use.

    Attributes:
        asks: its question, a subclass of ``Query``.
        answers: the function that makes an answer of what an engine found out.
        chooses: the ``Selection`` of people. The engines' method ``<kind>_people`` takes it where there is one; else the answer's
            method ``people`` takes its fields.
    """

    asks: str
    answers: str
    chooses: str

    @property
    def query(self) -> type[Query]:
        """The class of its question."""
        found: type[Query] = _loaded(self.asks)
        return found

    @property
    def result(self) -> Callable[[Any, Scope, Any], Any]:
        """What makes an answer of the question, its scope and what an engine found out."""
        found: Callable[[Any, Scope, Any], Any] = _loaded(self.answers)
        return found

    @property
    def selection(self) -> type[Selection]:
        """The class that chooses people."""
        found: type[Selection] = _loaded(self.chooses)
        return found


KINDS: dict[str, Kind] = {
    "funnel": Kind("funnel.query:FunnelQuery", "funnel.result:funnel_result", "funnel.contract:FunnelSelection"),
    "retention": Kind("retention.query:RetentionQuery", "retention.result:retention_result", "retention.contract:RetentionCell"),
    "trends": Kind("trends.query:TrendsQuery", "trends.result:trends_result", "trends.contract:TrendSelection"),
    "paths": Kind("paths.query:PathsQuery", "paths.result:paths_result", "paths.contract:PathsSelection"),
    "intervals": Kind("intervals.query:IntervalQuery", "intervals.result:interval_result", "queries.kinds:BarSelection"),
    "distribution": Kind(
        "distribution.query:DistributionQuery", "distribution.result:distribution_result", "queries.kinds:BarSelection"
    ),
    "attribution": Kind(
        "attribution.query:AttributionQuery", "attribution.result:attribution_result", "attribution.contract:AttributionSelection"
    ),
    "lifecycle": Kind(
        "trends.query:LifecycleQuery", "trends.lasting_result:lifecycle_result", "trends.contract:LifecycleSelection"
    ),
    "stickiness": Kind(
        "trends.query:StickinessQuery", "trends.lasting_result:stickiness_result", "trends.contract:StickinessSelection"
    ),
    "churn": Kind("churn.query:ChurnQuery", "churn.result:churn_result", "churn.contract:ChurnSelection"),
    "process": Kind("process.query:ProcessQuery", "process.result:process_result", "process.contract:ProcessSelection"),
}
"""Every kind, in the order in which they are shown."""


def kind_of(name: str) -> Kind:
    """Give a kind by name.

    Raises:
        UnknownNameError: there is none.
    """
    if name not in KINDS:
        raise UnknownNameError(kind=Phrase("query"), name=name, allowed=", ".join(KINDS))
    return KINDS[name]


def _loaded(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(f"finegrain.behaviour.{module}"), name)
