"""Answers questions about behaviour: reads and checks them, works out whom and when they are about, asks the engine."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from finegrain.behaviour.queries.periods import read_period
from finegrain.behaviour.queries.reading import check_query, check_trait, filters_of, read_query
from finegrain.behaviour.queries.scope import Scope, Traits
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.behaviour.attribution.contract import AttributionSelection
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
    from finegrain.behaviour.paths.contract import PathsSelection
    from finegrain.behaviour.paths.query import PathsQuery
    from finegrain.behaviour.paths.result import PathsResult
    from finegrain.behaviour.process.query import ProcessQuery
    from finegrain.behaviour.process.result import ProcessResult
    from finegrain.behaviour.queries.contract import Query
    from finegrain.behaviour.queries.engine import AudienceSource, QueryEngine, TraitSource
    from finegrain.behaviour.retention.contract import RetentionCell
    from finegrain.behaviour.retention.query import RetentionQuery
    from finegrain.behaviour.retention.result import RetentionResult
    from finegrain.behaviour.trends.contract import LifecycleSelection, StickinessSelection, TrendSelection
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

    def funnel(self, query: FunnelQuery | Mapping[str, Any], as_of: datetime) -> FunnelResult:
        """Say how far people come along steps.

        Args:
            query: the question, or its fields as JSON values.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such tier, segment or trait.
        """
        from finegrain.behaviour.funnel.query import FunnelQuery
        from finegrain.behaviour.funnel.result import funnel_result

        asked = self._read(FunnelQuery, query)
        scope = self.scope(asked, as_of)
        return funnel_result(asked, scope, self._engine.funnel(scope, asked))

    def retention(self, query: RetentionQuery | Mapping[str, Any], as_of: datetime) -> RetentionResult:
        """Say how many of those who started come back.

        Args:
            query: the question, or its fields as JSON values.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such tier, segment or trait.
        """
        from finegrain.behaviour.retention.query import RetentionQuery
        from finegrain.behaviour.retention.result import retention_result

        asked = self._read(RetentionQuery, query)
        scope = self.scope(asked, as_of)
        return retention_result(asked, scope, self._engine.retention(scope, asked))

    def retention_people(
        self, query: RetentionQuery | Mapping[str, Any], cell: RetentionCell, as_of: datetime
    ) -> NDArray[np.int64]:
        """Give the ids of the people in one cell of ``retention``, ascending, each once; nobody where groups are counted.

        Where people are counted they are as many as the cell's count, the cohort's size, or their difference.

        Args:
            query: the question, or its fields as JSON values.
            cell: whom to list.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take, or there is no such cell.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such tier, segment or trait.
        """
        from finegrain.behaviour.retention.query import RetentionQuery
        from finegrain.behaviour.retention.result import check_cell

        asked = self._read(RetentionQuery, query)
        scope = self.scope(asked, as_of)
        check_cell(asked, scope, cell)
        return self._engine.retention_people(scope, asked, cell)

    def intervals(self, query: IntervalQuery | Mapping[str, Any], as_of: datetime) -> IntervalResult:
        """Say how long it takes from one event to the next.

        Args:
            query: the question, or its fields as JSON values.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such tier, segment or trait.
        """
        from finegrain.behaviour.intervals.query import IntervalQuery
        from finegrain.behaviour.intervals.result import interval_result

        asked = self._read(IntervalQuery, query)
        scope = self.scope(asked, as_of)
        return interval_result(asked, scope, self._engine.intervals(scope, asked))

    def distribution(self, query: DistributionQuery | Mapping[str, Any], as_of: datetime) -> DistributionResult:
        """Say how people are spread by what they did.

        Args:
            query: the question, or its fields as JSON values.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such tier, segment or trait.
        """
        from finegrain.behaviour.distribution.query import DistributionQuery
        from finegrain.behaviour.distribution.result import distribution_result

        asked = self._read(DistributionQuery, query)
        scope = self.scope(asked, as_of)
        return distribution_result(asked, scope, self._engine.distribution(scope, asked))

    def trends(self, query: TrendsQuery | Mapping[str, Any], as_of: datetime) -> TrendsResult:
        """Say how figures go over time.

        Args:
            query: the question, or its fields as JSON values.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such tier, segment or trait.
        """
        from finegrain.behaviour.trends.query import TrendsQuery
        from finegrain.behaviour.trends.result import trends_result

        asked = self._read(TrendsQuery, query)
        scope = self.scope(asked, as_of)
        return trends_result(asked, scope, self._engine.trends(scope, asked))

    def trends_people(
        self, query: TrendsQuery | Mapping[str, Any], selection: TrendSelection, as_of: datetime
    ) -> NDArray[np.int64]:
        """Give the ids of the people behind a figure of ``trends``, ascending, each once.

        Args:
            query: the question, or its fields as JSON values.
            selection: which figure.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take, or there is no such figure.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such tier, segment or trait.
        """
        from finegrain.behaviour.trends.query import TrendsQuery

        asked = self._read(TrendsQuery, query)
        return self._engine.trends_people(self.scope(asked, as_of), asked, selection)

    def lifecycle(self, query: LifecycleQuery | Mapping[str, Any], as_of: datetime) -> LifecycleResult:
        """Say how people come, stay, leave and come back.

        Args:
            query: the question, or its fields as JSON values.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such tier, segment or trait.
        """
        from finegrain.behaviour.trends.lasting_result import lifecycle_result
        from finegrain.behaviour.trends.query import LifecycleQuery

        asked = self._read(LifecycleQuery, query)
        scope = self.scope(asked, as_of)
        return lifecycle_result(asked, scope, self._engine.lifecycle(scope, asked))

    def lifecycle_people(
        self, query: LifecycleQuery | Mapping[str, Any], selection: LifecycleSelection, as_of: datetime
    ) -> NDArray[np.int64]:
        """Give the ids of the people behind a figure of ``lifecycle``, ascending, each once.

        Args:
            query: the question, or its fields as JSON values.
            selection: which figure.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take, or there is no such figure.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such tier, segment or trait.
        """
        from finegrain.behaviour.trends.query import LifecycleQuery

        asked = self._read(LifecycleQuery, query)
        return self._engine.lifecycle_people(self.scope(asked, as_of), asked, selection)

    def stickiness(self, query: StickinessQuery | Mapping[str, Any], as_of: datetime) -> StickinessResult:
        """Say how often people come back.

        Args:
            query: the question, or its fields as JSON values.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such tier, segment or trait.
        """
        from finegrain.behaviour.trends.lasting_result import stickiness_result
        from finegrain.behaviour.trends.query import StickinessQuery

        asked = self._read(StickinessQuery, query)
        scope = self.scope(asked, as_of)
        return stickiness_result(asked, scope, self._engine.stickiness(scope, asked))

    def stickiness_people(
        self, query: StickinessQuery | Mapping[str, Any], selection: StickinessSelection, as_of: datetime
    ) -> NDArray[np.int64]:
        """Give the ids of the people behind a figure of ``stickiness``, ascending, each once.

        Args:
            query: the question, or its fields as JSON values.
            selection: which figure.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take, or there is no such figure.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such tier, segment or trait.
        """
        from finegrain.behaviour.trends.query import StickinessQuery

        asked = self._read(StickinessQuery, query)
        return self._engine.stickiness_people(self.scope(asked, as_of), asked, selection)

    def paths(self, query: PathsQuery | Mapping[str, Any], as_of: datetime) -> PathsResult:
        """Say which ways people take after an event, or to one.

        Args:
            query: the question, or its fields as JSON values.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such tier, segment or trait.
        """
        from finegrain.behaviour.paths.query import PathsQuery
        from finegrain.behaviour.paths.result import paths_result

        asked = self._read(PathsQuery, query)
        scope = self.scope(asked, as_of)
        return paths_result(asked, scope, self._engine.paths(scope, asked))

    def paths_people(
        self, query: PathsQuery | Mapping[str, Any], selection: PathsSelection | Mapping[str, Any], as_of: datetime
    ) -> NDArray[np.int64]:
        """Give the ids of the people behind a number of paths, ascending, each once; they are as many as its ``actors``.

        Args:
            query: the question, or its fields as JSON values.
            selection: the node, edge or stop; nobody is behind one that the answer does not hold.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such tier, segment or trait.
        """
        from finegrain.behaviour.paths.contract import PathsSelection
        from finegrain.behaviour.paths.query import PathsQuery

        asked = self._read(PathsQuery, query)
        selected = selection if isinstance(selection, PathsSelection) else read_query(PathsSelection, selection)
        selected.check(asked)
        return self._engine.paths_people(self.scope(asked, as_of), asked, selected)

    def attribution(self, query: AttributionQuery | Mapping[str, Any], as_of: datetime) -> AttributionResult:
        """Say to which touches conversions are owed.

        Args:
            query: the question, or its fields as JSON values.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such tier, segment or trait.
        """
        from finegrain.behaviour.attribution.query import AttributionQuery
        from finegrain.behaviour.attribution.result import attribution_result

        asked = self._read(AttributionQuery, query)
        scope = self.scope(asked, as_of)
        return attribution_result(asked, scope, self._engine.attribution(scope, asked))

    def attribution_people(
        self, query: AttributionQuery | Mapping[str, Any], selection: AttributionSelection | Mapping[str, Any], as_of: datetime
    ) -> NDArray[np.int64]:
        """Give the ids of the people behind a touch's credit, ascending, each once; they are as many as its ``actors``.

        Args:
            query: the question, or its fields as JSON values.
            selection: the model and the touch; nobody is behind one that the answer does not hold.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such tier, segment or trait.
        """
        from finegrain.behaviour.attribution.contract import AttributionSelection
        from finegrain.behaviour.attribution.query import AttributionQuery

        asked = self._read(AttributionQuery, query)
        selected = selection if isinstance(selection, AttributionSelection) else read_query(AttributionSelection, selection)
        selected.check(asked)
        return self._engine.attribution_people(self.scope(asked, as_of), asked, selected)

    def process(self, query: ProcessQuery | Mapping[str, Any], as_of: datetime) -> ProcessResult:
        """Diagnose a process: how it runs, where it loses people, and which repair would be worth most.

        Args:
            query: the question, or its fields as JSON values.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take, or the preset's events do not exist.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such tier, segment or trait.
        """
        from finegrain.behaviour.process.presets import resolved
        from finegrain.behaviour.process.query import ProcessQuery
        from finegrain.behaviour.process.result import process_result

        read = query if isinstance(query, ProcessQuery) else read_query(ProcessQuery, query)
        asked = self._read(ProcessQuery, resolved(read, self._engine.event_names()))
        scope = self.scope(asked, as_of)
        return process_result(asked, scope, self._engine.process(scope, asked))

    def churn(self, query: ChurnQuery | Mapping[str, Any], as_of: datetime) -> ChurnResult:
        """Say what marks people who went silent, against comparable people who stayed.

        Args:
            query: the question, or its fields as JSON values.
            as_of: the present, aware.

        Raises:
            BadQueryError: a field has a value that it cannot take.
            UnknownEventError: an event never happened.
            UnknownNameError: there is no such tier, segment or trait.
        """
        from finegrain.behaviour.churn.query import ChurnQuery
        from finegrain.behaviour.churn.result import churn_result

        asked = self._read(ChurnQuery, query)
        scope = self.scope(asked, as_of)
        return churn_result(asked, scope, self._engine.churn(scope, asked))

    def _read(self, kind: type[_Q], query: _Q | Mapping[str, Any]) -> _Q:
        asked = query if isinstance(query, kind) else read_query(kind, query)  # type: ignore[arg-type]
        check_query(asked, self._engine.event_names(), self._zone)
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
        days = read_period(query.period, today, data)
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
