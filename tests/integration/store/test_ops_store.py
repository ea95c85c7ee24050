"""The ops store: migrations match the tables, and transactions hold."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import sleep
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select, text

import finegrain.workspace  # noqa: F401 - loads the tables of every room
from finegrain.audience.tables import TierThresholdTable
from finegrain.people.tables import DistinctIdTable, PersonTable
from finegrain.store.errors import NewerWorkspaceError, OpsStoreBusyError, OpsStoreError
from finegrain.store.ops import Base, OpsStore
from finegrain.store.ops.migrate import current_revisions
from finegrain.workspace import MIGRATIONS

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)


def test_migrations_make_exactly_the_tables_that_the_code_declares(empty_ops_url: str) -> None:
    ops = OpsStore(empty_ops_url, MIGRATIONS)
    with ops.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    ops.close()
    assert differences == []


def fail_after_writing(session: Session) -> None:
    """Write a person, then raise."""
    session.add(PersonTable(known_since=NOON))
    session.flush()
    raise ZeroDivisionError


def test_a_failed_transaction_leaves_nothing(ops: OpsStore) -> None:
    with pytest.raises(ZeroDivisionError), ops.session() as session:
        fail_after_writing(session)
    with ops.reading() as session:
        assert session.scalar(select(func.count()).select_from(PersonTable)) == 0


def add_person(store: OpsStore) -> None:
    """Add one person in a transaction of its own."""
    with store.session() as session:
        session.add(PersonTable(known_since=NOON))


def test_a_writer_that_waits_too_long_is_told_so(ops_url: str) -> None:
    store = OpsStore(ops_url, MIGRATIONS, wait_s=0.05)
    with store.session() as session:
        session.add(PersonTable(known_since=NOON))
        session.flush()
        with pytest.raises(OpsStoreBusyError, match=r"more than 0\.05 seconds"):
            add_person(store)
    add_person(store)
    with store.reading() as reading:
        assert reading.scalar(select(func.count()).select_from(PersonTable)) == 2
    store.close()


def test_a_database_that_refuses_is_named(ops: OpsStore) -> None:
    with ops.session() as session:
        session.execute(text("DROP TABLE traits"))
    with (
        pytest.raises(OpsStoreError, match=r"no such table: traits|relation \"traits\" does not exist"),
        ops.reading() as session,
    ):
        session.execute(text("SELECT * FROM traits"))


def test_instants_come_back_aware_in_utc(ops: OpsStore) -> None:
    with ops.session() as session:
        session.add(PersonTable(known_since=NOON))
    with ops.reading() as session:
        assert session.scalars(select(PersonTable.known_since)).one() == NOON


def test_readers_do_not_wait_for_a_writer(ops: OpsStore) -> None:
    with ops.session() as writing:
        writing.add(PersonTable(known_since=NOON))
        writing.flush()
        with ops.reading() as reading:
            assert reading.scalar(select(func.count()).select_from(PersonTable)) == 0


def test_a_database_of_a_newer_version_is_refused(empty_ops_url: str) -> None:
    ops = OpsStore(empty_ops_url, MIGRATIONS)
    with ops.session() as session:
        session.execute(text("INSERT INTO alembic_version VALUES ('people_9999')"))
    ops.close()
    with pytest.raises(NewerWorkspaceError, match="people_9999"):
        OpsStore(empty_ops_url, MIGRATIONS)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.sqlite").write_bytes(b"not a database" * 1000)
    with pytest.raises(OpsStoreError, match=r"bad\.sqlite"):
        OpsStore(f"sqlite:///{tmp_path / 'bad.sqlite'}", MIGRATIONS)


def test_two_that_open_an_empty_database_at_once_make_its_tables_once(empty_ops_url: str) -> None:
    with ThreadPoolExecutor(2) as both:
        stores = list(both.map(lambda _: OpsStore(empty_ops_url, MIGRATIONS), range(2)))
    revisions = [current_revisions(store.engine) for store in stores]
    for store in stores:
        store.close()
    assert revisions[0] == revisions[1] != set()


def test_what_a_writer_reads_stays_true_until_it_has_written(ops: OpsStore) -> None:
    def add_next() -> None:
        with ops.session() as session:
            newest = session.scalar(select(func.max(PersonTable.id))) or 0
            sleep(0.02)
            session.add(PersonTable(id=newest + 1, known_since=NOON))

    with ThreadPoolExecutor(4) as writers:
        for done in [writers.submit(add_next) for _ in range(8)]:
            done.result()
    with ops.reading() as session:
        assert session.scalars(select(PersonTable.id).order_by(PersonTable.id)).all() == list(range(1, 9))


def test_a_reading_transaction_sees_one_state(ops: OpsStore) -> None:
    with ops.reading() as reading:
        assert reading.scalar(select(func.count()).select_from(PersonTable)) == 0
        add_person(ops)
        assert reading.scalar(select(func.count()).select_from(PersonTable)) == 0


@pytest.mark.parametrize("value", [{"a": "\x00 \ud800 😀"}, 1.5, 2**62, None, ["王伟", True]], ids=repr)
def test_values_of_any_kind_come_back_as_they_were(ops: OpsStore, value: object) -> None:
    with ops.session() as session:
        session.add(TierThresholdTable(scheme="s", name="n", value=value))
    with ops.reading() as session:
        assert session.scalars(select(TierThresholdTable.value)).one() == value


def test_what_no_engine_holds_can_be_looked_for(ops: OpsStore) -> None:
    add_person(ops)
    with ops.reading() as session:
        assert session.scalars(select(DistinctIdTable).where(DistinctIdTable.distinct_id.in_(["a\x00", "b"]))).all() == []
