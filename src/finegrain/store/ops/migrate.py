"""The migration runner: each room brings an Alembic branch of its own, and all are brought to their heads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

from finegrain.store.errors import NewerWorkspaceError
from finegrain.store.ops.address import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

SCRIPTS = Path(__file__).parent / "alembic"


def migrate(engine: Engine, rooms: Sequence[Path]) -> None:
    """Bring the database to the newest schema of every room, all or nothing on engines that can.

    A migration file is named like its revision (``people_0001.py`` holds revision ``people_0001``), so that an up-to-date
    database is recognised by names alone, without loading Alembic.

    Raises:
        NewerWorkspaceError: the database holds revisions that this version does not know.
    """
    known = {path.stem for room in rooms for path in room.glob("*_[0-9]*.py")}
    heads = {max(path.stem for path in room.glob("*_[0-9]*.py")) for room in rooms}
    found = current_revisions(engine)
    if found - known:
        raise NewerWorkspaceError(home=shown(engine.url), found=max(found - known), known=max(known))
    if found != heads:
        _upgrade(engine, rooms)


def current_revisions(engine: Engine) -> set[str]:
    """Give the revisions that the database holds; empty for a new one."""
    with engine.execution_options(finegrain_reading=True).connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return set()
        return set(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def _upgrade(engine: Engine, rooms: Sequence[Path]) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(room) for room in rooms))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "heads")
