"""What PostgreSQL alone can do to an ops store: go away and come back, refuse, and give its password away."""

from __future__ import annotations

import logging
import re
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from tests.servers.postgres import PASSWORD

import finegrain as fg
from finegrain.errors import BadValueError
from finegrain.people.service import PeopleService
from finegrain.store.errors import NoDriverError, OpsStoreBusyError, OpsStoreError
from finegrain.store.ops import OpsStore
from finegrain.workspace import MIGRATIONS

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session
    from tests.servers.postgres import PostgresServer

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)


def test_a_server_that_comes_back_is_used_without_opening_the_store_again(own_postgres: PostgresServer) -> None:
    ops = OpsStore(own_postgres.url(), MIGRATIONS)
    people = PeopleService(ops)
    people.register(["a"], NOON)
    own_postgres.halt()
    with pytest.raises(OpsStoreError, match=r"postgres:\*\*\*@127\.0\.0\.1.* refused"):
        people.register(["b"], NOON)
    with pytest.raises(OpsStoreError, match="refused"):
        people.count()
    assert own_postgres.resume()
    people.register(["b"], NOON)
    assert people.count() == 2
    ops.close()


def lose_connection(ops: OpsStore, session: Session) -> None:
    """Add a person, have the server end the connection, and go on."""
    session.execute(text("INSERT INTO people (id, known_since) VALUES (1, now())"))
    own = session.scalar(text("SELECT pg_backend_pid()"))
    with ops.reading() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
    session.execute(text("SELECT 1"))


def test_a_connection_lost_inside_a_transaction_leaves_nothing_of_it(postgres_url: str) -> None:
    ops = OpsStore(postgres_url, MIGRATIONS)
    people = PeopleService(ops)
    with pytest.raises(OpsStoreError, match="terminat"), ops.session() as session:
        lose_connection(ops, session)
    assert people.count() == 0
    people.register(["a"], NOON)
    assert people.count() == 1
    ops.close()


def test_a_writer_that_died_lets_the_next_one_write(postgres_url: str) -> None:
    ops, other = (OpsStore(postgres_url, MIGRATIONS, wait_s=wait_s) for wait_s in (5, 0.05))
    with ops.engine.connect() as held:
        held.execute(text("SELECT 1"))
        with pytest.raises(OpsStoreBusyError):
            PeopleService(other).register(["a"], NOON)
        held.connection.dbapi_connection.close()  # type: ignore[union-attr]
        held.invalidate()
    PeopleService(other).register(["a"], NOON)
    assert PeopleService(other).count() == 1
    ops.close()
    other.close()


def test_a_role_that_may_not_write_is_told_so(postgres_url: str) -> None:
    ops = OpsStore(f"{postgres_url}?options=-c%20role%3Dpg_read_all_data", MIGRATIONS)
    assert PeopleService(ops).count() == 0
    with pytest.raises(OpsStoreError, match="permission denied for table people"):
        PeopleService(ops).register(["a"], NOON)
    ops.close()


def test_an_address_is_shown_without_password_and_options(postgres_url: str) -> None:
    ops = OpsStore(postgres_url + "?application_name=hunter2", MIGRATIONS)
    assert ops.address == re.sub(f":{PASSWORD}@", ":***@", postgres_url)
    ops.close()


def test_a_wrong_password_is_refused_and_never_shown(
    postgres: PostgresServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(OpsStoreError, match=r"postgres:\*\*\*@127\.0\.0\.1") as caught:
        fg.open(tmp_path / "shop", ops_url=postgres.url(password="hunter2"))  # noqa: S106 - the wrong one
    assert "hunter2" not in str(caught.value) + caplog.text
    fg.open(tmp_path / "shop", ops_url="").close()


@pytest.mark.parametrize(
    "address", ["mysql://me:hunter2@host/db?password=hunter2", "shop.sqlite:hunter2", "postgresql://me:hunter2@host:port/db"]
)
def test_an_address_of_another_kind_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(BadValueError, match="postgresql://user:password@host") as caught:
        OpsStore(address, MIGRATIONS)
    assert "hunter2" not in str(caught.value)


def test_a_setting_that_is_no_text_is_refused_without_showing_it(tmp_path: Path) -> None:
    with pytest.raises(fg.FinegrainError, match="ops_url") as caught:
        fg.open(tmp_path / "shop", ops_url=["postgresql://me:hunter2@host/db"])
    assert "hunter2" not in str(caught.value)


def test_without_the_driver_the_remedy_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(NoDriverError, match=r"finegrain\[postgres\]"):
        OpsStore("postgresql://me:hunter2@127.0.0.1:1/db", MIGRATIONS)


def test_nobody_listening_is_told_as_a_sentence() -> None:
    with pytest.raises(OpsStoreError, match=r"127\.0\.0\.1:1/db refused: .*[Cc]onnection refused"):
        OpsStore("postgresql://me:hunter2@127.0.0.1:1/db", MIGRATIONS)
