"""Fixtures that every test may use."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from tests.servers.event_stores import ChDBEngine, DuckDBEngine
from tests.servers.postgres import NoPostgresError, PostgresServer, start_postgres

from finegrain.clock import SettableClock
from finegrain.store.ops import OpsStore
from finegrain.workspace import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.clients.stocked import CopyOf, Stock

# A test is never failed by the clock: this machine may be busy, and stores are opened inside examples.
_BY_THE_CLOCK = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile("finegrain", deadline=None, suppress_health_check=_BY_THE_CLOCK, print_blob=True)
hypothesis.settings.register_profile(
    "covered", deadline=None, suppress_health_check=_BY_THE_CLOCK, max_examples=20, derandomize=True, database=None
)
hypothesis.settings.load_profile("finegrain")

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture
def shared_data() -> Path:
    """The folder with real data beside the checkout; the test is skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder ../shared/data with real data is not beside this checkout")
    return SHARED_DATA


@pytest.fixture
def clock() -> SettableClock:
    """A clock that stands at noon of 2024-06-01 UTC."""
    return SettableClock(datetime(2024, 6, 1, 12, tzinfo=UTC))


@pytest.fixture(scope="session")
def duckdb_engine(tmp_path_factory: pytest.TempPathFactory) -> DuckDBEngine:
    """DuckDB, whose files go with the tests."""
    return DuckDBEngine(tmp_path_factory.mktemp("duckdb"))


@pytest.fixture(scope="session")
def chdb_engine() -> Iterator[ChDBEngine]:
    """The one ClickHouse that this process can have, whose folder goes with the process."""
    engine = ChDBEngine()
    yield engine
    engine.close()


@pytest.fixture
def events_url(chdb_engine: ChDBEngine) -> str:
    """The address of a ClickHouse database that is not there yet."""
    return chdb_engine.new_place()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server that all tests share; the test is skipped where there is none, and fails in CI."""
    server = _start_postgres()
    yield server
    server.stop()


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of the test's own, for one that stops it."""
    server = _start_postgres()
    yield server
    server.stop()


def _start_postgres() -> PostgresServer:
    try:
        return start_postgres()
    except NoPostgresError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def _migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "ops.sqlite"
    OpsStore(f"sqlite:///{path}", MIGRATIONS).close()
    return path


@pytest.fixture(scope="session")
def _migrated_postgres(postgres: PostgresServer) -> str:
    name = postgres.create_database()
    OpsStore(postgres.url(name), MIGRATIONS).close()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_ops_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table, on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def new_postgres_url(postgres: PostgresServer, _migrated_postgres: str) -> Iterator[Callable[..., str]]:
    """Makes PostgreSQL databases with all tables and no row, or ``like`` that of an address, and gives their addresses."""
    made: list[str] = []

    def new(like: str = _migrated_postgres) -> str:
        made.append(postgres.create_database(like=like.rpartition("/")[2]))
        return postgres.url(made[-1])

    yield new
    for name in made:
        postgres.drop_database(name)


@pytest.fixture
def postgres_url(new_postgres_url: Callable[[], str]) -> str:
    """The address of a PostgreSQL database with all tables and no row."""
    return new_postgres_url()


@pytest.fixture(params=["sqlite", "postgresql"])
def ops_engine(request: pytest.FixtureRequest) -> str:
    """Each engine of the ops store, by its name."""
    return str(request.param)


@pytest.fixture
def new_ops_url(request: pytest.FixtureRequest, ops_engine: str, tmp_path: Path) -> Callable[..., str]:
    """Makes databases with all tables and no row, or ``like`` that of an address, on each engine, and gives their addresses."""
    if ops_engine == "postgresql":
        made: Callable[..., str] = request.getfixturevalue("new_postgres_url")
        return made
    empty, numbers = str(request.getfixturevalue("_migrated_sqlite")), count(1)

    def new(like: str = empty) -> str:
        return f"sqlite:///{shutil.copy(like.removeprefix('sqlite:///'), tmp_path / f'ops{next(numbers)}.sqlite')}"

    return new


@pytest.fixture
def ops_url(new_ops_url: Callable[[], str]) -> str:
    """The address of a database with all tables and no row, on each engine."""
    return new_ops_url()


@pytest.fixture
def new_ops(new_ops_url: Callable[[], str]) -> Iterator[Callable[[], OpsStore]]:
    """Opens empty ops stores, on each engine: for examples that need one each."""
    opened: list[OpsStore] = []

    def new() -> OpsStore:
        opened.append(OpsStore(new_ops_url(), MIGRATIONS))
        return opened[-1]

    yield new
    for store in opened:
        store.close()


@pytest.fixture
def ops(ops_url: str) -> Iterator[OpsStore]:
    """An empty ops store at ``ops_url``, on each engine."""
    store = OpsStore(ops_url, MIGRATIONS)
    yield store
    store.close()


@pytest.fixture(scope="module")
def _stocked() -> dict[str, tuple[Path, str]]:
    return {}


@pytest.fixture
def copy_of(
    request: pytest.FixtureRequest,
    ops_engine: str,
    new_ops_url: Callable[..., str],
    tmp_path: Path,
    _stocked: dict[str, tuple[Path, str]],
) -> CopyOf:
    """Copies a workspace that is stocked once for the tests of a module, on each engine: for shops that take long to make."""

    def copy(stock: Stock) -> tuple[Path, str]:
        if ops_engine not in _stocked:
            home: Path = request.getfixturevalue("tmp_path_factory").mktemp("stocked")
            ops_url = f"sqlite:///{home}.sqlite"
            if ops_engine == "postgresql":
                server: PostgresServer = request.getfixturevalue("postgres")
                ops_url = server.url(server.create_database())  # goes with the server
            stock(home, ops_url)
            _stocked[ops_engine] = home, ops_url
        home, ops_url = _stocked[ops_engine]
        return shutil.copytree(home, tmp_path / "shop"), new_ops_url(like=ops_url)

    return copy


@pytest.fixture(params=["sqlite", "postgresql"])
def each_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets every workspace of the test, also one in another process, keep its ops store on one engine, then on the other.

    It is named to those who open workspaces as an operator names it. The workspaces of one test share the database: there may be
    one folder only.
    """
    monkeypatch.delenv("FINEGRAIN_OPS_URL", raising=False)
    if request.param == "postgresql":
        monkeypatch.setenv("FINEGRAIN_OPS_URL", request.getfixturevalue("postgres_url"))
