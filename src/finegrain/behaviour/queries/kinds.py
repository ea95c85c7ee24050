"""The kinds of queries by name: what each is asked with, and how the people behind its numbers are chosen."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from finegrain.behaviour.queries.reading import read_query
from finegrain.errors import UnknownNameError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.contract import Query
    from finegrain.behaviour.queries.service import QueryService


@dataclass(frozen=True)
class BarSelection:
    """Whom to list of an answer in bars.

    Attributes:
        bar: number of the bar, from 0; None for any.
        group: place in ``groups``, from 0; None for all.
    """

    bar: int | None = None
    group: int | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of query, named as its method of ``QueryService``; both classes by module and name, to be loaded on first use.

    Attributes:
        asks: its question, a subclass of ``Query``.
        chooses: the dataclass that chooses people. The service's method ``<kind>_people`` takes it where there is one; else the
            result's method ``people`` takes its fields.
    """

    asks: str
    chooses: str

    @property
    def query(self) -> type[Query]:
        """The class of its question."""
        found: type[Query] = _loaded(self.asks)
        return found

    @property
    def selection(self) -> type[Any]:
        """The class that chooses people."""
        found: type[Any] = _loaded(self.chooses)
        return found


_HERE = "finegrain.behaviour"
KINDS: dict[str, Kind] = {
    "funnel": Kind(f"{_HERE}.funnel.query:FunnelQuery", f"{_HERE}.funnel.contract:FunnelSelection"),
    "retention": Kind(f"{_HERE}.retention.query:RetentionQuery", f"{_HERE}.retention.contract:RetentionCell"),
    "trends": Kind(f"{_HERE}.trends.query:TrendsQuery", f"{_HERE}.trends.contract:TrendSelection"),
    "paths": Kind(f"{_HERE}.paths.query:PathsQuery", f"{_HERE}.paths.contract:PathsSelection"),
    "intervals": Kind(f"{_HERE}.intervals.query:IntervalQuery", f"{__name__}:BarSelection"),
    "distribution": Kind(f"{_HERE}.distribution.query:DistributionQuery", f"{__name__}:BarSelection"),
    "attribution": Kind(f"{_HERE}.attribution.query:AttributionQuery", f"{_HERE}.attribution.contract:AttributionSelection"),
    "lifecycle": Kind(f"{_HERE}.trends.query:LifecycleQuery", f"{_HERE}.trends.contract:LifecycleSelection"),
    "stickiness": Kind(f"{_HERE}.trends.query:StickinessQuery", f"{_HERE}.trends.contract:StickinessSelection"),
    "churn": Kind(f"{_HERE}.churn.query:ChurnQuery", f"{_HERE}.churn.contract:ChurnSelection"),
    "process": Kind(f"{_HERE}.process.query:ProcessQuery", f"{_HERE}.process.contract:ProcessSelection"),
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


def ask(service: QueryService, name: str, values: Mapping[str, Any], as_of: datetime) -> Any:
    """Answer a query of any kind.

    Args:
        service: answers it.
        name: the kind.
        values: its fields as JSON values.
        as_of: the present, aware.

    Raises:
        UnknownNameError: there is no such kind, tier, segment or trait.
        BadQueryError: a field has a value that it cannot take.
        UnknownEventError: an event never happened.
    """
    kind_of(name)
    return getattr(service, name)(values, as_of)


def people_behind(
    service: QueryService, name: str, values: Mapping[str, Any], selection: Mapping[str, Any], as_of: datetime
) -> NDArray[np.int64]:
    """Give the ids of the people behind a number of an answer, ascending, each once.

    Args:
        service: answers the query.
        name: the kind.
        values: its fields as JSON values.
        selection: which number, as the fields of the kind's ``selection``.
        as_of: the present, aware.

    Raises:
        UnknownNameError: there is no such kind, tier, segment or trait.
        BadQueryError: a field has a value that it cannot take, or there is no such number.
        UnknownEventError: an event never happened.
    """
    chosen = read_query(kind_of(name).selection, selection)
    listing = getattr(service, f"{name}_people", None)
    found: NDArray[np.int64] = (
        listing(values, chosen, as_of) if listing is not None else ask(service, name, values, as_of).people(**vars(chosen))
    )
    return found


def _loaded(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
