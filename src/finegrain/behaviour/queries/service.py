"""Answers questions about behaviour: reads and checks them, works out whom and when they are about, asks the engine."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from finegrain.behaviour.queries.contract import Selection
from finegrain.behaviour.queries.kinds import kind_of
from finegrain.behaviour.queries.periods import Days, read_period
from finegrain.behaviour.queries.reading import check_query, check_trait, filters_of, read_query
from finegrain.behaviour.queries.scope import Scope, Traits
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.attribution.query import AttributionQuery
    from finegrain.behaviour.attribution.result import AttributionResult
    from finegrain.behaviour.churn.query import ChurnQuery
    from finegrain.behaviour.churn.result import ChurnResult
    from finegrain.behaviour.distribution.query import DistributionQuery
    from finegrain.behaviour.distribution.result import DistributionResult
    from finegrain.behaviour.funnel.query import FunnelQuery
    from finegrain.behaviour.funnel.result import FunnelResult
    from finegrain.behaviour.intervals.query import IntervalQuery
    from finegrain.behaviour.intervals.result import IntervalResult
    from finegrain.behaviour.paths.query import PathsQuery
    from finegrain.behaviour.paths.result import PathsResult
    from finegrain.behaviour.process.query import ProcessQuery
    from finegrain.behaviour.process.result import ProcessResult
    from finegrain.behaviour.queries.contract import Query
    from finegrain.behaviour.queries.engine import AudienceSource, QueryEngine, TraitSource
    from finegrain.behaviour.retention.query import RetentionQuery
    from finegrain.behaviour.retention.result import RetentionResult
    from finegrain.behaviour.trends.lasting_result import LifecycleResult, StickinessResult
    from finegrain.behaviour.trends.query import LifecycleQuery, StickinessQuery, TrendsQuery
    from finegrain.behaviour.trends.result import TrendsResult
    from finegrain.zones import Zone

_Q = TypeVar("_Q", bound="Query")


class QueryService:
    """The behaviour queries of one workspace. Safe to use from several threads.

    Args:
        engine: what finds the answers.
        traits: what is known of people.
        audiences: whom tiers and segments hold.
        zone: in which days are counted.
        currency: of amounts.
        session_minutes: a session ends when so long passes without an event.
    """

    def __init__(
        self,
        engine: QueryEngine,
        traits: TraitSource,
        audiences: AudienceSource,
        *,
        zone: Zone,
        currency: str,
        session_minutes: int,
    ) -> None:
        self._engine = engine
        self._traits = traits
        self._audiences = audiences
        self._zone = zone
        self._currency = currency
        self._session_gap_us = session_minutes * 60_000_000

    def answer(self, kind: str, query: Query | Mapping[str, Any], as_of: datetime) -> Any:
        """Answer a query of any kind; the methods below are this, with the kind's own types.

        Args:
            kind: one of ``KINDS``.
            query: the question, or its fields as JSON values.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such kind, tier, segment or trait.
        """
        found = kind_of(kind)
        asked = self._read(found.query, query)
        scope = self.scope(asked, as_of)
        return found.result(asked, scope, getattr(self._engine, kind)(scope, asked))

    def people(
        self, kind: str, query: Query | Mapping[str, Any], selection: Selection | Mapping[str, Any], as_of: datetime
    ) -> NDArray[np.int64]:
        """Give the ids of the people behind a number of an answer, ascending, each once.

        Where people are counted they are as many as the number says; behind one that the answer does not hold there is nobody.

        Args:
            kind: one of ``KINDS``.
            query: the question, or its fields as JSON values.
            selection: which number: the kind's ``selection``, or its fields as JSON values.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take, or there is no such number.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such kind, tier, segment or trait.
        """
        found = kind_of(kind)
        chosen = selection if isinstance(selection, Selection) else read_query(found.selection, selection)
        listing = getattr(self._engine, f"{kind}_people", None)
        people: NDArray[np.int64]
        if listing is None:
            people = self.answer(kind, query, as_of).people(**vars(chosen))
        else:
            asked = self._read(found.query, query)
            scope = self.scope(asked, as_of)
            chosen.check(asked, scope)
            people = listing(scope, asked, chosen)
        return people

    def funnel(self, query: FunnelQuery | Mapping[str, Any], as_of: datetime) -> FunnelResult:
        """Say how far people come along steps; see ``answer``."""
        found: FunnelResult = self.answer("funnel", query, as_of)
        return found

    def retention(self, query: RetentionQuery | Mapping[str, Any], as_of: datetime) -> RetentionResult:
        """Say how many of those who started come back; see ``answer``."""
        found: RetentionResult = self.answer("retention", query, as_of)
        return found

    def intervals(self, query: IntervalQuery | Mapping[str, Any], as_of: datetime) -> IntervalResult:
        """Say how long it takes from one event to the next; see ``answer``."""
        found: IntervalResult = self.answer("intervals", query, as_of)
        return found

    def distribution(self, query: DistributionQuery | Mapping[str, Any], as_of: datetime) -> DistributionResult:
        """Say how people are spread by what they did; see ``answer``."""
        found: DistributionResult = self.answer("distribution", query, as_of)
        return found

    def trends(self, query: TrendsQuery | Mapping[str, Any], as_of: datetime) -> TrendsResult:
        """Say how figures go over time; see ``answer``."""
        found: TrendsResult = self.answer("trends", query, as_of)
        return found

    def lifecycle(self, query: LifecycleQuery | Mapping[str, Any], as_of: datetime) -> LifecycleResult:
        """Say how people come, stay, leave and come back; see ``answer``."""
        found: LifecycleResult = self.answer("lifecycle", query, as_of)
        return found

    def stickiness(self, query: StickinessQuery | Mapping[str, Any], as_of: datetime) -> StickinessResult:
        """Say how often people come back; see ``answer``."""
        found: StickinessResult = self.answer("stickiness", query, as_of)
        return found

    def paths(self, query: PathsQuery | Mapping[str, Any], as_of: datetime) -> PathsResult:
        """Say which ways people take after an event, or to one; see ``answer``."""
        found: PathsResult = self.answer("paths", query, as_of)
        return found

    def attribution(self, query: AttributionQuery | Mapping[str, Any], as_of: datetime) -> AttributionResult:
        """Say to which touches conversions are owed; see ``answer``."""
        found: AttributionResult = self.answer("attribution", query, as_of)
        return found

    def process(self, query: ProcessQuery | Mapping[str, Any], as_of: datetime) -> ProcessResult:
        """Diagnose a process: how it runs, where it loses people, and which repair would be worth most; see ``answer``."""
        found: ProcessResult = self.answer("process", query, as_of)
        return found

    def churn(self, query: ChurnQuery | Mapping[str, Any], as_of: datetime) -> ChurnResult:
        """Say what marks people who went silent, against comparable people who stayed; see ``answer``."""
        found: ChurnResult = self.answer("churn", query, as_of)
        return found

    def _read(self, kind: type[_Q], query: _Q | Mapping[str, Any]) -> _Q:
        known = self._engine.event_names()
        asked = (query if isinstance(query, kind) else read_query(kind, query)).resolved(known)  # type: ignore[arg-type]
        check_query(asked, known, self._zone)
        asked.check()
        return asked

    def scope(self, query: Query, as_of: datetime) -> Scope:
        """Work out whom and when a question is about.

        Args:
            query: the question; checked before.
            as_of: the present, aware.

        Raises:
            BadPeriodError: the period cannot be read.
            UnknownNameError: there is no such tier, segment or trait.
        """
        today = self._zone.day_of(as_of - timedelta(microseconds=1))
        data = self._engine.data_days(self._zone) if query.period == "all" else None
        days = read_period(query.period, today, data and Days(min(data.first, today), min(data.last, today)))
        period = days.period(self._zone)
        return Scope(
            zone=self._zone,
            days=days,
            start_us=period.start_us,
            end_us=period.end_us,
            now_us=to_us(as_of),
            session_gap_us=self._session_gap_us,
            currency=self._currency,
            audience=None if query.audience is None else self._audiences.people_in(query.audience, as_of),
            filters=query.filters,
            breakdown=query.breakdown,
            traits=self._traits_of(query),
        )

    def _traits_of(self, query: Query) -> Traits:
        named = [(condition.property, condition.as_it_was) for condition in filters_of(query) if condition.of == "person"]
        named += [(breakdown.property, False) for breakdown in query.splits if breakdown.of == "person"]
        if named:
            known = self._traits.trait_names()
            for name, _past in named:
                check_trait(name, known)
        return Traits(
            {name: self._traits.trait_values(name) for name, past in named if not past},
            {name: self._traits.trait_history(name) for name, past in named if past},
        )
