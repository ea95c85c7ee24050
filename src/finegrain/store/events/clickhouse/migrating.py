"""Brings the tables of a ClickHouse to the newest version, and its dictionaries to the login of the day."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from finegrain.store.errors import NewerWorkspaceError
from finegrain.store.events.clickhouse.connection import identifier, literal
from finegrain.store.sqlfiles import migration_files, read_sql

if TYPE_CHECKING:
    from finegrain.store.events.clickhouse.connection import Connection

_HERE = Path(__file__).parent
_SQL = _HERE / "sql"
DICTIONARIES = ("first_owners", "later_owners")


def migrate(connection: Connection) -> None:
    """Make or upgrade the tables and dictionaries. Each statement may be run again, so that a cut-off migration is repeated.

    Raises:
        NewerWorkspaceError: a newer finegrain wrote them.
        EventStoreError: the database refused.
    """
    for statement in _statements(read_sql(_SQL, "schema_version")):
        connection.run(statement)
    found = int(connection.value("SELECT max(version) FROM schema_version"))
    migrations = migration_files(_HERE / "migrations")
    if found > migrations[-1][0]:
        raise NewerWorkspaceError(home=connection.address.shown, found=found, known=migrations[-1][0])
    for number, text in migrations:
        if number > found:
            for statement in _statements(text):
                connection.run(statement)
            connection.run(f"INSERT INTO schema_version VALUES ({number})")
    for name in DICTIONARIES:
        connection.run(_dictionary(connection, name))


def _dictionary(connection: Connection, name: str) -> str:
    # The server reads the tables as the user of the address: its own default user may have a password, or be gone.
    address = connection.address
    login = f"USER {literal(address.user)} PASSWORD {literal(address.password)} " if address.user else ""
    return read_sql(_SQL, name).format(login=login, database=identifier(address.database)).rstrip().rstrip(";")


def _statements(text: str) -> list[str]:
    return [statement.strip() for statement in text.split(";\n") if statement.strip()]
