"""The ops store's engine: opens the database, brings it to the newest schema, and hands out sessions."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from finegrain.store.errors import NoDriverError
from finegrain.store.ops import turns
from finegrain.store.ops.address import database_url, shown
from finegrain.store.ops.failures import as_ours
from finegrain.store.ops.migrate import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import URL, Engine, MetaData

_ONE_STATE = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class OpsStore:
    """One relational database that holds what we know and decided about people.

    Args:
        address: ``sqlite:///path``, or ``postgresql://user:password@host:port/database``.
        rooms: the rooms' migration folders, lower floors first.
        declared: all tables of these rooms, for a database that is new; without them it is migrated from nothing.
        wait_s: how long a writer waits for another one; a large import writes for half a minute.

    Attributes:
        address: where it is, as operators may see it, without a password.
        session_info: what every writing session is given as its ``info``.

    Raises:
        BadValueError: it is not such an address.
        NoDriverError: PostgreSQL's driver is not installed.
        OpsStoreBusyError: another process makes or changes its tables.
        OpsStoreError: the database cannot be opened.
        NewerWorkspaceError: a newer finegrain wrote it.
    """

    def __init__(self, address: str, rooms: Sequence[Path], *, declared: MetaData | None = None, wait_s: float = 120) -> None:
        url = database_url(address)
        self.address = shown(url)
        self._wait_s = wait_s
        self.session_info: dict[str, Any] = {}
        self._joint = threading.local()
        self.engine = _make_engine(url, wait_s)
        one_state = _ONE_STATE if self.engine.dialect.name == "postgresql" else {}
        self._reading = self.engine.execution_options(finegrain_reading=True, **one_state)
        try:
            with self._translating(SQLAlchemyError):
                migrate(self.engine, rooms, declared)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a transaction: committed when the block ends, rolled back when it raises.

        From its first statement on nobody else writes, so that what it reads holds until it is committed.

        Raises:
            OpsStoreBusyError: another writer did not end in time.
            OpsStoreError: the database refused, for want of disk, rights or a connection.
        """
        joint: Session | None = getattr(self._joint, "session", None)
        if joint is None:
            with self._translating(), self._writing() as session, session.begin():
                yield session
            return
        with self._translating():
            yield joint
            joint.flush()
            joint.expire_all()

    @contextmanager
    def together(self, *, keep: bool = True) -> Iterator[None]:
        """Let all that this thread writes in the block be one transaction: kept when the block ends, dropped when it raises.

        With ``keep`` false it is dropped in any case, for those who only want to know what it would do.

        What it reads in the block it reads with what it has written; everybody else sees none of it before it is kept, and
        does not write meanwhile.

        Raises:
            OpsStoreBusyError: another writer did not end in time.
            OpsStoreError: the database refused, for want of disk, rights or a connection.
        """
        with self.session() as session:
            self._joint.session = session
            try:
                yield
                if not keep:
                    session.rollback()
            finally:
                del self._joint.session

    def _writing(self) -> Session:
        return Session(self.engine, expire_on_commit=False, info=self.session_info)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a transaction that only reads: it sees one state, and never waits for a writer.

        Raises:
            OpsStoreError: the database cannot be read.
        """
        joint: Session | None = getattr(self._joint, "session", None)
        if joint is not None:
            with self._translating():
                yield joint
            return
        with self._translating(), Session(self._reading) as session:
            yield session

    @contextmanager
    def _translating(self, *more: type[SQLAlchemyError]) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            ours = as_ours(error, self.address, self._wait_s, every=isinstance(error, more))
            if ours is None:
                raise
            raise ours from error

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _make_engine(url: URL, wait_s: float) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url)
        event.listen(engine, "connect", partial(_prepare_sqlite, wait_s))
        event.listen(engine, "begin", _begin)
        return engine
    try:
        # A server may have been restarted since a connection was last used: it is tried before it is trusted.
        engine = create_engine(url, pool_pre_ping=True, connect_args=turns.connect_options(url))
    except ImportError as error:
        raise NoDriverError(url=shown(url)) from error
    event.listen(engine, "connect", partial(turns.prepare, wait_s))
    event.listen(engine, "begin", turns.take_turn)
    return engine


def _prepare_sqlite(wait_s: float, connection: Any, _record: object) -> None:
    # pysqlite opens transactions late and behind our back; SQLAlchemy's documented cure is to open them ourselves.
    connection.isolation_level = None
    settings = {"cache_size": "-65536", "journal_mode": "WAL", "synchronous": "FULL", "foreign_keys": "ON"}
    for name, value in {**settings, "busy_timeout": str(int(wait_s * 1000))}.items():
        connection.execute(f"PRAGMA {name}={value}")


def _begin(connection: Any) -> None:
    reading = connection.get_execution_options().get("finegrain_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
