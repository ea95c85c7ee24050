"""A workspace of an earlier version, in which each id was a person, brought to links and a log of traits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, insert

from finegrain.people.contract import Link, TraitChange
from finegrain.people.service import PeopleService
from finegrain.store.ops import OpsStore
from finegrain.store.ops.base import Base
from finegrain.store.ops.migrate import SCRIPTS
from finegrain.workspace import MIGRATIONS

if TYPE_CHECKING:
    from sqlalchemy import Table

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def old_columns(name: str, *columns: str) -> Table:
    """Give a table as the earlier version knew it."""
    from sqlalchemy import MetaData, Table

    table = Base.metadata.tables[name]
    return Table(name, MetaData(), *(table.c[column]._copy() for column in columns))


def test_ids_keep_their_people_and_traits_begin_the_log(empty_ops_url: str) -> None:
    engine = create_engine(empty_ops_url)
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(room) for room in MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "people_0002")
        people = [{"id": 1, "known_since": NOON - DAY}, {"id": 2, "known_since": NOON}]
        connection.execute(insert(old_columns("people", "id", "known_since")), people)
        ids = [{"distinct_id": key, "person_id": place, "linked_at": NOON} for place, key in ((1, "dev"), (2, "A"))]
        connection.execute(insert(old_columns("distinct_ids", "distinct_id", "person_id", "linked_at")), ids)
        traits = [
            {"person_id": 1, "name": name, "value": value, "text": "", "set_at": at}
            for name, value, at in (("plan", "pro", NOON), ("tags", ["a"], NOON), ("age", 31, NOON - DAY))
        ]
        connection.execute(insert(old_columns("traits", "person_id", "name", "value", "text", "set_at")), traits)
    engine.dispose()
    ops = OpsStore(empty_ops_url, MIGRATIONS)
    found = PeopleService(ops)
    found.set_traits([TraitChange("dev", {"plan": "old"}, NOON - DAY), TraitChange("A", {"plan": "free"}, NOON + DAY)])
    found.link([Link("identify", "dev", "A", NOON)])
    person = found.get(2)
    assert (person.id, person.known_since) == (1, NOON - DAY)
    assert person.traits == {"age": 31, "plan": "free", "tags": ["a"]}
    assert found.register(["new"], NOON).tolist() == [3]
    ops.close()
