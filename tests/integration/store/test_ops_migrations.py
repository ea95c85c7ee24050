"""Every room's migrations lead down again as well as up, and leave nothing behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect

from finegrain.store.ops import migrate
from finegrain.store.ops.address import database_url
from finegrain.store.ops.migrate import SCRIPTS, current_revisions
from finegrain.workspace import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine


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
