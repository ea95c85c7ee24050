"""Rows written by one statement are those that a statement for each would have written, on each engine."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from sqlalchemy import delete, event, select

from finegrain.people import writing
from finegrain.people.tables import EdgeTable, PersonTable, TraitTable
from finegrain.store.ops import OpsStore
from finegrain.store.ops.rows import ROWS_AT_ONCE, insert_rows, read_rows, update_rows
from finegrain.workspace import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Table

TRAITS, PEOPLE, EDGES = (cast("Table", table.__table__) for table in (TraitTable, PersonTable, EdgeTable))
AT = datetime(2024, 5, 1, 12, 30, 15, 123456, tzinfo=UTC)
VALUES = ["plain", 'it\'s "quoted" \\ 用户 😀', "", "\x01\x1f\x7f", "null", "1", 1, -(2**53), 1.5, True, None, [1, {"a": None}]]


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    """Open a transaction in which three people are known, with the numbers 1 to 3."""
    store = OpsStore(url, MIGRATIONS)
    with store.session() as session:
        writing.register(session, ["a", "b", "c"], AT)
        yield session.connection()
    store.close()


@pytest.fixture
def connection(ops_url: str) -> Iterator[Connection]:
    """A transaction on each engine in turn."""
    with opened(ops_url) as connection:
        yield connection


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Connection]:
    """A transaction on SQLite, which alone takes rows as one text."""
    with opened(f"sqlite:///{tmp_path / 'ops.sqlite'}") as connection:
        yield connection


def trait(person: int, name: str, value: Any = None, at: datetime = AT) -> dict[str, Any]:
    return {"person_id": person, "name": name, "value": value, "text": str(value), "set_at": at, "source": "店"}


def kept(connection: Connection) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(select(TRAITS).order_by(TRAITS.c.person_id, TRAITS.c.name)).mappings()]


def test_values_of_every_kind_are_read_as_they_were_written(connection: Connection) -> None:
    rows = [trait(1, f"t{place:02}", value) for place, value in enumerate(VALUES)]
    insert_rows(connection, TRAITS, rows)
    assert kept(connection) == rows


def test_a_null_character_cuts_off_nothing(on_sqlite: Connection) -> None:
    rows = [trait(1, "one", "be\0hind"), trait(2, "other", "after")]
    insert_rows(on_sqlite, TRAITS, rows)
    assert kept(on_sqlite) == rows
    changed = [{**row, "text": "x\0y"} for row in rows]
    update_rows(on_sqlite, TRAITS, changed, key=("person_id", "name"))
    assert kept(on_sqlite) == changed


@pytest.mark.parametrize("count", [0, 1, 2])
def test_only_the_rows_of_the_key_change_and_only_what_is_given(connection: Connection, count: int) -> None:
    rows = [trait(person, name, "old") for person in (1, 2, 3) for name in ("city", "plan")]
    insert_rows(connection, TRAITS, rows)
    changed = [{"person_id": person, "name": "plan", "value": {"of": person}} for person in (1, 3)[:count]]
    update_rows(connection, TRAITS, changed, key=("person_id", "name"))
    new = {(row["person_id"], row["name"]): row["value"] for row in changed}
    assert kept(connection) == [{**row, "value": new.get((row["person_id"], row["name"]), "old")} for row in rows]


def test_instants_and_nothing_are_written_by_a_number(connection: Connection) -> None:
    later = AT + timedelta(days=1)
    update_rows(connection, PEOPLE, [{"id": 1, "traits_at": later}, {"id": 2, "traits_at": None}], key="id")
    found = connection.execute(select(PEOPLE.c.traits_at).order_by(PEOPLE.c.id)).scalars().all()
    assert found == [later, None, None]


def test_truth_values_and_lists_come_back_with_numbers_of_their_own(connection: Connection) -> None:
    link = {"kind": "identify", "from_id": "a", "to_id": "b", "from_login": False, "to_login": True, "at": AT, "again": [1, 2]}
    rows = [{**link, "number": 0, "source": "s", "message_id": key, "dropped_at": None, "dropped_by": ""} for key in ("m1", "m2")]
    insert_rows(connection, EDGES, rows)
    found = [dict(row) for row in connection.execute(select(EDGES).order_by(EDGES.c.message_id)).mappings()]
    assert len({row.pop("id") for row in found}) == 2
    assert found == rows


@pytest.mark.parametrize("table", [TRAITS, PEOPLE, EDGES])
@pytest.mark.parametrize("count", [0, 3])
def test_rows_are_read_as_the_driver_reads_them(connection: Connection, table: Table, count: int) -> None:
    link = {
        "kind": "identify",
        "from_id": "a",
        "to_id": "b",
        "from_login": False,
        "to_login": True,
        "at": AT,
        "again": [1, 2**53],
    }
    edges = [
        {**link, "number": 2**62, "source": "s", "message_id": f"m{n}", "dropped_at": None, "dropped_by": ""} for n in range(3)
    ]
    insert_rows(connection, EDGES, edges)
    insert_rows(connection, TRAITS, [trait(1, f"t{place:02}", value) for place, value in enumerate(VALUES)])
    query = select(table).order_by(*(column.desc() for column in table.primary_key)).limit(count)
    assert read_rows(connection, query, {}) == [tuple(row) for row in connection.execute(query)]
    assert len(read_rows(connection, query, {})) == count


def test_null_characters_are_read(on_sqlite: Connection) -> None:
    insert_rows(on_sqlite, TRAITS, [trait(1, "one", "be\0hind")])
    assert read_rows(on_sqlite, select(TRAITS.c.value, TRAITS.c.text), {}) == [("be\0hind", "be\0hind")]


def test_many_rows_are_read_by_letting_go_of_the_interpreter_once(on_sqlite: Connection) -> None:
    fetched: list[int] = []
    insert_rows(on_sqlite, TRAITS, [trait(1, f"t{place}", place) for place in range(1_000)])
    event.listen(on_sqlite, "before_cursor_execute", lambda *given: fetched.append(str(given[2]).count("json_group_array(")))
    assert len(read_rows(on_sqlite, select(TRAITS.c.name), {})) == 1_000
    assert fetched == [1]


def test_many_rows_are_few_statements(on_sqlite: Connection) -> None:
    many: list[bool] = []
    event.listen(on_sqlite, "before_cursor_execute", lambda *given: many.append(given[5]))
    insert_rows(on_sqlite, TRAITS, [trait(1, f"t{place}", place) for place in range(ROWS_AT_ONCE + 2)])
    assert many == [False, False]
    assert len(kept(on_sqlite)) == ROWS_AT_ONCE + 2


def test_rows_are_read_as_a_statement_of_their_own_reads_them(connection: Connection) -> None:
    fractions = [0.1 + 0.2, 1 / 3, -1.797693134862315e308, 5e-324]
    values = [*VALUES, 2**63 - 1, -(2**63), {"deep": [0.1 + 0.2]}]
    for part in (values, [*values, *fractions], fractions):
        connection.execute(delete(TRAITS))
        insert_rows(connection, TRAITS, [trait(1, f"n{place}", value) for place, value in enumerate(part)])
        query = select(TRAITS.c.value, TRAITS.c.set_at, TRAITS.c.name).order_by(TRAITS.c.text.desc(), TRAITS.c.name)
        assert read_rows(connection, query, {}) == [tuple(row) for row in connection.execute(query)]
        assert {name: value for value, _, name in read_rows(connection, query, {})}["n0"] == part[0]


def test_no_rows_and_nothing_in_a_column_are_read(connection: Connection) -> None:
    query = select(PEOPLE.c.id, PEOPLE.c.traits_at).order_by(PEOPLE.c.id.desc())
    assert read_rows(connection, query, {}) == [(3, None), (2, None), (1, None)]
    assert read_rows(connection, query.where(PEOPLE.c.id > 3), {}) == []


def test_a_null_character_is_read(on_sqlite: Connection) -> None:
    insert_rows(on_sqlite, TRAITS, [trait(1, "a\0b", "c\0d")])
    assert read_rows(on_sqlite, select(TRAITS.c.name, TRAITS.c.value), {}) == [("a\0b", "c\0d")]
