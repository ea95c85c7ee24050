"""Every room's migrations lead down again as well as up, leave nothing behind, and make what a new database is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, event, inspect

from finegrain.store.ops import Base, OpsStore, migrate
from finegrain.store.ops.address import database_url
from finegrain.store.ops.migrate import SCRIPTS, current_revisions
from finegrain.workspace import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine


@pytest.fixture
def engine(empty_ops_url: str) -> Iterator[Engine]:
    """A database without any table, on each engine."""
    made = create_engine(database_url(empty_ops_url))
    yield made
    made.dispose()


def tables(engine: Engine) -> set[str]:
    """Give the names of all tables but Alembic's own."""
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def down(engine: Engine, branch: str) -> None:
    """Undo all migrations of one room."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, MIGRATIONS)))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, f"{branch}@base")


def test_going_down_leaves_no_table_and_up_again_all_of_them(engine: Engine) -> None:
    migrate.migrate(engine, MIGRATIONS)
    full = tables(engine)
    for room in reversed(MIGRATIONS):
        down(engine, room.parent.name)
    assert tables(engine) == set()
    assert current_revisions(engine) == set()
    migrate.migrate(engine, MIGRATIONS)
    assert tables(engine) == full


@pytest.mark.parametrize("room", MIGRATIONS, ids=lambda room: room.parent.name)
def test_a_room_can_be_rebuilt_while_the_others_stay(engine: Engine, room: Path) -> None:
    migrate.migrate(engine, MIGRATIONS)
    full = tables(engine)
    down(engine, room.parent.name)
    assert tables(engine) < full
    migrate.migrate(engine, MIGRATIONS)
    assert tables(engine) == full


def test_migrating_twice_does_nothing(engine: Engine) -> None:
    migrate.migrate(engine, MIGRATIONS)
    before = current_revisions(engine)
    migrate.migrate(engine, MIGRATIONS)
    assert current_revisions(engine) == before
    assert {revision.split("_")[0] for revision in before} == {room.parent.name for room in MIGRATIONS}


def described(engine: Engine) -> dict[str, dict[str, Any]]:
    """Give what a database says of each of its tables, in no order: columns, keys, constraints and indexes."""
    inspector = inspect(engine)
    kinds = ("columns", "pk_constraint", "foreign_keys", "unique_constraints", "check_constraints", "indexes", "table_options")
    found = {kind: getattr(inspector, f"get_multi_{kind}")() for kind in kinds}
    names = inspector.get_table_names()
    return {name: {kind: told(engine, found[kind].get((None, name))) for kind in kinds} for name in names}


def told(engine: Engine, what: Any) -> Any:
    """Give what an inspector found, as text, without the order of columns and constraints."""
    if isinstance(what, list):
        return sorted(repr(told(engine, each)) for each in what)
    if isinstance(what, dict):
        return {key: each.compile(engine.dialect) if key == "type" else each for key, each in sorted(what.items())}
    return what


def rows(engine: Engine) -> dict[str, list[dict[str, object]]]:
    """Give all rows of all tables."""
    everything = MetaData()
    everything.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: sorted((dict(row) for row in connection.execute(table.select()).mappings()), key=repr)
            for table in everything.sorted_tables
        }


def clear(engine: Engine) -> None:
    """Drop all tables, Alembic's own too."""
    everything = MetaData()
    everything.reflect(engine)
    everything.drop_all(engine)


def test_a_new_database_is_made_as_all_migrations_make_it(engine: Engine) -> None:
    migrate.migrate(engine, MIGRATIONS)
    migrated = described(engine), rows(engine)
    clear(engine)
    migrate.migrate(engine, MIGRATIONS, Base.metadata)
    assert (described(engine), rows(engine)) == migrated
    assert len(migrated[0]) > len(Base.metadata.tables)


def test_a_new_database_that_another_process_makes_meanwhile_is_left_as_it_is(engine: Engine, empty_ops_url: str) -> None:
    came: list[str] = []

    @event.listens_for(engine, "begin")
    def come_before(connection: Connection) -> None:
        if not connection.get_execution_options().get("finegrain_reading") and not came:
            came.append("once")
            OpsStore(empty_ops_url, MIGRATIONS, declared=Base.metadata).close()

    migrate.migrate(engine, MIGRATIONS, Base.metadata)
    assert came == ["once"]
    assert current_revisions(engine) == {max(path.stem for path in room.glob("*_*.py")) for room in MIGRATIONS}
    assert rows(engine)["audit_head"] == [{"id": 1, "seq": 0, "hash": ""}]
