"""One workspace: opens its folder and hands out the services. The only place where rooms are wired together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

import finegrain
from finegrain.access.service import Access
from finegrain.audience.audiences import Audiences
from finegrain.audience.directory import PeopleDirectory
from finegrain.audience.history.service import HistoryService
from finegrain.audience.portraits.service import PortraitService
from finegrain.audience.rules.service import RuleService
from finegrain.audience.segments.service import SegmentService
from finegrain.audience.sending.service import SendingService
from finegrain.audience.tiers.own.service import SchemeService
from finegrain.audience.tiers.service import TierService
from finegrain.audience.transitions.service import TransitionService
from finegrain.behaviour.dashboards.service import DashboardService
from finegrain.behaviour.queries.embedded import EmbeddedEngine
from finegrain.behaviour.queries.service import QueryService
from finegrain.behaviour.service import IndexService
from finegrain.clock import SystemClock
from finegrain.collect.catalogue.service import CatalogueService
from finegrain.collect.imports.service import ImportService
from finegrain.collect.items.service import ItemService
from finegrain.collect.pipeline.collector import Collector
from finegrain.collect.pipeline.refused import RefusedService
from finegrain.collect.plan.service import PlanService
from finegrain.collect.sources.service import SourceService
from finegrain.collect.uploads import Uploads
from finegrain.definitions.kinds import Rooms
from finegrain.definitions.service import DefinitionService
from finegrain.people.consents import ConsentService
from finegrain.people.service import PeopleService
from finegrain.present import Present
from finegrain.settings import load_settings
from finegrain.store.errors import NotAWorkspaceError, OpsElsewhereError
from finegrain.store.events import DuckDBEventStore
from finegrain.store.folder import WorkspaceFolder, holds_workspace
from finegrain.store.ops import Base, OpsStore
from finegrain.strategy.goals.service import GoalService
from finegrain.zones import Zone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from types import TracebackType

    import numpy as np
    from numpy.typing import NDArray

    from finegrain.audience.tiers.contract import SchemeName
    from finegrain.audience.tiers.matrix import MatrixResult
    from finegrain.audience.tiers.result import TierResult
    from finegrain.behaviour.attribution.result import AttributionResult
    from finegrain.behaviour.churn.result import ChurnResult
    from finegrain.behaviour.distribution.result import DistributionResult
    from finegrain.behaviour.funnel.result import FunnelResult
    from finegrain.behaviour.intervals.result import IntervalResult
    from finegrain.behaviour.overview import OverviewResult
    from finegrain.behaviour.paths.result import PathsResult
    from finegrain.behaviour.process.result import ProcessResult
    from finegrain.behaviour.queries.contract import Selection
    from finegrain.behaviour.queries.engine import QueryEngine
    from finegrain.behaviour.retention.result import RetentionResult
    from finegrain.behaviour.trends.lasting_result import LifecycleResult, StickinessResult
    from finegrain.behaviour.trends.result import TrendsResult
    from finegrain.clock import Clock
    from finegrain.collect.imports.contract import ImportSummary, ProgressCallback
    from finegrain.collect.mapping.contract import ImportKind
    from finegrain.store.events import EventStore
    from finegrain.store.events.clickhouse import ClickHouseEventStore

_PACKAGE = Path(finegrain.__file__).parent
MIGRATIONS = tuple(
    _PACKAGE / room / "migrations" for room in ("access", "people", "collect", "behaviour", "audience", "strategy")
)


def open(  # noqa: A001 - fg.open reads as what it does
    home: str | Path, *, clock: Clock | None = None, create: bool = True, **settings: object
) -> Workspace:
    """Open the workspace folder ``home``.

    Args:
        home: the folder; made when missing, unless ``create`` is False.
        clock: where the present time comes from; the machine's clock by default.
        create: whether a missing folder may be made.
        **settings: settings that win over environment and ``finegrain.toml``.

    Raises:
        NotAWorkspaceError: the folder does not exist and ``create`` is False, or it cannot be one, or its journal cannot be read.
        WorkspaceBusyError: it is open elsewhere.
        NewerWorkspaceError: a newer finegrain wrote it.
        BadSettingError: a setting is not allowed.
        OpsElsewhereError: it holds an ops store, and the settings name another one.
        EventsElsewhereError: it holds events, and the settings name another store for them.
        EventsUrlMissingError: its events are in a database, and the settings name none.
        StorageError: a store cannot be opened.
    """
    path = Path(home)
    if not create and not path.is_dir():
        raise NotAWorkspaceError(home=path, reason="there is no such folder")
    return Workspace(path, clock=clock or SystemClock(), settings=settings)


def is_workspace(home: Path) -> bool:
    """Tell whether a workspace was opened in the folder ``home`` before."""
    return holds_workspace(home)


class Workspace:
    """An open workspace, held until ``close``; usable as a context manager.

    Attributes:
        home: the folder.
        settings: the settings as they were when it was opened.
        zone: the zone in which days are counted.
        currency: the currency of all amounts.
        events, ops: the stores.
        access, people, consents, index, imports, sources, collector, health, refused, items, catalogue, plan, uploads, tiering,
            directory, rules, segments, schemes, history, transitions, portraits, sending, queries, dashboards, goals,
            drafts, definitions: the services of the rooms.
    """

    def __init__(self, home: Path, *, clock: Clock, settings: dict[str, object]) -> None:
        self.home = home
        self.clock = clock
        self.settings = load_settings(home, **settings)
        self.zone = Zone(self.settings.zone)
        self.currency = self.settings.currency
        self._folder = WorkspaceFolder(home)
        try:
            self._open_stores()
        except BaseException:
            self._folder.release()
            raise
        self._wire_people()
        self._wire_collecting()
        self._wire_audience()
        self._wire_moves()
        self._wire_questions()
        self._wire_strategy()
        try:
            self.collector.recover()
        except BaseException as error:
            self.close()
            if isinstance(error, OSError):
                raise NotAWorkspaceError(home=home, reason=error) from error
            raise

    def _wire_people(self) -> None:
        self.access = Access(self.home, self.ops, self.settings, self.clock)
        self.drafts = self.access.drafts
        self.people = PeopleService(self.ops, self.clock)
        self.consents = ConsentService(self.ops, self.clock)
        self.index = IndexService(self.events, self.people, self._folder.index, self.currency)
        self._present = Present(self.clock, self.zone, self.index.data_end, follows_data=self.settings.as_of == "auto")

    def _wire_collecting(self) -> None:
        self.imports = ImportService(self.events, self.ops, self.people, self.settings, self.clock)
        self.sources = SourceService(self.ops, self.clock)
        self.catalogue = CatalogueService(self.events, self.ops, self.clock)
        self.plan = PlanService(self.ops, self.clock, self.catalogue)
        self.collector = Collector(
            self.events, self.ops, self.settings, self.clock, journal=self._folder.journal, checker=self.plan.checker
        )
        self.people.on_change(self.collector.forget_links)
        self.health = self.collector.health
        self.items = ItemService(self.ops)
        self.refused = RefusedService(self.ops, self.collector, self.clock)
        self.uploads = Uploads(self._folder.uploads, self.clock, max_bytes=self.settings.import_max_upload_bytes)

    def _wire_audience(self) -> None:
        self.tiering = TierService(self.index, self.ops, self.zone, self.currency)
        self.directory = PeopleDirectory(self.people, self.index, self.tiering)
        self.rules = RuleService(self.index, self.people, self.tiering, self.consents, zone=self.zone, currency=self.currency)
        self.segments = SegmentService(self.ops, self.people, self.rules, self.clock, self.as_of)
        self.schemes = SchemeService(self.ops, self.tiering, self.rules, self.segments, clock=self.clock, present=self.as_of)
        self.portraits = PortraitService(self.ops, self.people, self.rules, self.tiering, self.as_of)

    def _wire_moves(self) -> None:
        self.history = HistoryService(
            self.ops,
            self.people,
            self.index,
            self.rules,
            self.tiering,
            schemes=self.tiering.names,
            clock=self.clock,
            zone=self.zone,
            present=self.as_of,
            daily=self.settings.segment_history_days,
        )
        self.transitions = TransitionService(
            self.ops,
            self.events,
            self.people,
            self.rules,
            segments=self.segments,
            clock=self.clock,
            enabled=self.settings.transition_events,
            language=self.settings.language,
        )
        self.history.watch(self.transitions)
        self.sending = SendingService(
            self.ops,
            self.access.vault,
            self.people,
            self.segments,
            clock=self.clock,
            present=self.as_of,
            allow_private=self.settings.webhook_private,
        )

    def _wire_questions(self) -> None:
        self.queries = QueryService(
            self._query_engine(),
            self.people,
            Audiences(self.people, self.tiering, self.segments),
            zone=self.zone,
            currency=self.currency,
            session_minutes=self.settings.session_minutes,
        )
        self.dashboards = DashboardService(self.ops, self.queries, self.clock)

    def _wire_strategy(self) -> None:
        self.goals = GoalService(
            self.ops,
            self.people,
            self.index,
            self.tiering,
            self.segments,
            rules=self.rules,
            zone=self.zone,
            currency=self.currency,
            clock=self.clock,
        )
        self.schemes.named_by(self.goals.tiers_named)
        rooms = Rooms(self.people, self.tiering, self.schemes, self.segments, self.goals, self.plan, self.as_of)
        self.definitions = DefinitionService(self.ops, rooms, self.rules)

    def _open_stores(self) -> None:
        self.events = self._open_events()
        try:
            self.ops = OpsStore(self._ops_address(), MIGRATIONS, declared=Base.metadata)
        except BaseException:
            self.events.close()
            raise

    def _open_events(self) -> EventStore:
        settings = self.settings
        address = settings.events_url.get_secret_value()
        self._folder.choose_events(elsewhere=bool(address))
        window = {"window_days": settings.collect_window_days, "window_events": settings.collect_window_events}
        if not address:
            memory, threads = settings.duckdb_memory_bytes, settings.duckdb_threads
            return DuckDBEventStore(self._folder.events, memory_bytes=memory, threads=threads, **window)
        from finegrain.store.events.clickhouse import ClickHouseEventStore

        store = ClickHouseEventStore(address, threads=settings.duckdb_threads, **window)
        self._folder.remember_events(store.address)
        return store

    def _query_engine(self) -> QueryEngine:
        if not self.settings.events_url.get_secret_value():
            return EmbeddedEngine(self.index.snapshot)
        from finegrain.behaviour.queries.sql.engine import ClickHouseEngine

        return ClickHouseEngine(cast("ClickHouseEventStore", self.events), self.people, self.index.snapshot)

    def _ops_address(self) -> str:
        named, own = self.settings.ops_url.get_secret_value(), self._folder.ops
        if named and own.exists():
            raise OpsElsewhereError(home=self.home, file=own.name)
        return named or f"sqlite:///{own}"

    def close(self) -> None:
        """Store what was sent, close the stores and let the next process in; closing twice does no harm."""
        self.collector.close()
        self.access.close()
        self.index.close()
        self.events.close()
        self.ops.close()
        self._folder.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def as_of(self, moment: str | date | datetime | None = None) -> datetime:
        """Give the moment for which figures are shown, aware, in UTC; see ``Present.moment``.

        Args:
            moment: a moment, a date (its first instant) or either as a text in ISO form, in the project's zone where it names
                none; ``"now"``; or None for what the setting ``as_of`` says.

        Raises:
            BadValueError: the text is not a moment, or one that UTC cannot hold.
        """
        return self._present.moment(moment)

    def tiers(
        self,
        scheme: SchemeName,
        as_of: str | date | datetime | None = None,
        thresholds: dict[str, Any] | None = None,
    ) -> TierResult:
        """Sort everybody into the tiers of ``scheme`` as of a moment; see ``TierService.compute``."""
        return self.tiering.compute(scheme, self.as_of(as_of), thresholds)

    def matrix(self, rows: SchemeName, columns: SchemeName, as_of: str | date | datetime | None = None) -> MatrixResult:
        """Cross two schemes as of a moment; see ``TierService.matrix``."""
        return self.tiering.matrix(rows, columns, self.as_of(as_of))

    def segment(self, name: str, as_of: str | date | datetime | None = None) -> NDArray[np.int64]:
        """Give the ids of the people in a segment as of a moment, ascending; see ``SegmentService.members``."""
        return self.segments.members(name, self.as_of(as_of))

    def overview(self, first: date, last: date) -> OverviewResult:
        """Give the shop's figures from civil day ``first`` to ``last``, both included; see ``behaviour.overview``."""
        from finegrain.behaviour.overview import overview

        return overview(self.index.current(), self.zone, first, last)

    def funnel(self, *, as_of: str | date | datetime | None = None, **query: Any) -> FunnelResult:
        """Say how far people come along steps: ``ws.funnel(steps=["Product Viewed", "Order Completed"], window="7d")``.

        Args:
            as_of: the present; see ``as_of``.
            **query: the fields of ``FunnelQuery``. An event may be given by its name alone, a breakdown by its property's.
        """
        return self.queries.funnel(query, self.as_of(as_of))

    def retention(self, *, as_of: str | date | datetime | None = None, **query: Any) -> RetentionResult:
        """Say how many come back: ``ws.retention(start="Signed Up", returns="Order Completed", granularity="week")``.

        Args:
            as_of: the present; see ``as_of``.
            **query: the fields of ``RetentionQuery``.
        """
        return self.queries.retention(query, self.as_of(as_of))

    def people_behind(
        self, kind: str, select: Selection | Mapping[str, Any], *, as_of: str | date | datetime | None = None, **query: Any
    ) -> NDArray[np.int64]:
        """List those behind a number of an answer: ``ws.people_behind("trends", {"bucket": 2}, series=["Signed Up"])``.

        Args:
            kind: the method that answers.
            select: which number; see ``QueryService.people``.
            as_of: the present; see ``as_of``.
            **query: the fields of the question, as that method takes them.
        """
        return self.queries.people(kind, query, select, self.as_of(as_of))

    def intervals(self, *, as_of: str | date | datetime | None = None, **query: Any) -> IntervalResult:
        """Say how long it takes: ``ws.intervals(start="Order Completed", end="Order Completed", window="90d")``.

        Args:
            as_of: the present; see ``as_of``.
            **query: the fields of ``IntervalQuery``.
        """
        return self.queries.intervals(query, self.as_of(as_of))

    def distribution(self, *, as_of: str | date | datetime | None = None, **query: Any) -> DistributionResult:
        """Say how many do something how often: ``ws.distribution(event="Order Completed", breaks=[1, 2, 5])``.

        Args:
            as_of: the present; see ``as_of``.
            **query: the fields of ``DistributionQuery``.
        """
        return self.queries.distribution(query, self.as_of(as_of))

    def trends(self, *, as_of: str | date | datetime | None = None, **query: Any) -> TrendsResult:
        """Say how figures go over time: ``ws.trends(series=[{"event": "Order Completed", "measure": "unique"}])``.

        Args:
            as_of: the present; see ``as_of``.
            **query: the fields of ``TrendsQuery``. An event may be given by its name alone, a breakdown by its property's.
        """
        return self.queries.trends(query, self.as_of(as_of))

    def lifecycle(self, *, as_of: str | date | datetime | None = None, **query: Any) -> LifecycleResult:
        """Say how people come, stay, leave and come back: ``ws.lifecycle(event="*", granularity="week")``.

        Args:
            as_of: the present; see ``as_of``.
            **query: the fields of ``LifecycleQuery``. An event may be given by its name alone, a breakdown by its property's.
        """
        return self.queries.lifecycle(query, self.as_of(as_of))

    def stickiness(self, *, as_of: str | date | datetime | None = None, **query: Any) -> StickinessResult:
        """Say how often people come back: ``ws.stickiness(event="Order Completed", period="30d")``.

        Args:
            as_of: the present; see ``as_of``.
            **query: the fields of ``StickinessQuery``. An event may be given by its name alone, a breakdown by its property's.
        """
        return self.queries.stickiness(query, self.as_of(as_of))

    def paths(self, *, as_of: str | date | datetime | None = None, **query: Any) -> PathsResult:
        """Say which ways people take after an event, or to one: ``ws.paths(start="Product Viewed", depth=5)``.

        Args:
            as_of: the present; see ``as_of``.
            **query: the fields of ``PathsQuery``. An event may be given by its name alone, a breakdown by its property's.
        """
        return self.queries.paths(query, self.as_of(as_of))

    def attribution(self, *, as_of: str | date | datetime | None = None, **query: Any) -> AttributionResult:
        """Say to which touches conversions are owed: ``ws.attribution(conversion="Order Completed", touches=["Ad Clicked"])``.

        Args:
            as_of: the present; see ``as_of``.
            **query: the fields of ``AttributionQuery``. An event may be given by its name alone, a breakdown by its property's.
        """
        return self.queries.attribution(query, self.as_of(as_of))

    def process(self, *, as_of: str | date | datetime | None = None, **query: Any) -> ProcessResult:
        """Diagnose a process: ``ws.process(preset="purchase", breakdowns=["platform"])``.

        Args:
            as_of: the present; see ``as_of``.
            **query: the fields of ``ProcessQuery``. An event may be given by its name alone, a breakdown by its property's.
        """
        return self.queries.process(query, self.as_of(as_of))

    def churn(self, *, as_of: str | date | datetime | None = None, **query: Any) -> ChurnResult:
        """Say what marks people who went silent: ``ws.churn(silence="90d", lookback="28d")``.

        Args:
            as_of: the present; see ``as_of``.
            **query: the fields of ``ChurnQuery``. An event may be given by its name alone.
        """
        return self.queries.churn(query, self.as_of(as_of))

    def import_orders(self, *paths: str | Path, progress: ProgressCallback | None = None, **options: Any) -> ImportSummary:
        """Import order files, their columns guessed; options as in ``ImportService.preview``."""
        return self._import("orders", paths, progress, options)

    def import_events(self, *paths: str | Path, progress: ProgressCallback | None = None, **options: Any) -> ImportSummary:
        """Import event files, their columns guessed; options as in ``ImportService.preview``."""
        return self._import("events", paths, progress, options)

    def import_people(self, *paths: str | Path, progress: ProgressCallback | None = None, **options: Any) -> ImportSummary:
        """Import files of people and their traits, columns guessed; options as in ``ImportService.preview``."""
        return self._import("people", paths, progress, options)

    def _import(
        self, kind: ImportKind, paths: tuple[str | Path, ...], progress: ProgressCallback | None, options: dict[str, Any]
    ) -> ImportSummary:
        files = [Path(path) for path in paths]
        preview = self.imports.preview(files[0], kind, **options)
        return self.imports.run(files, kind, preview.mapping, progress=progress)
