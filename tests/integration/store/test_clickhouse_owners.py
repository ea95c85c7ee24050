"""Whose an event is, in SQL: the last owner of its distinct id up to its time, as the people room says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp
from tests.integration.store.test_event_store_laws import START, Fact, table

from finegrain.store.events.clickhouse import ClickHouseEventStore
from finegrain.store.events.clickhouse.columns import DIALECT, NOBODY, column, first_person, person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

NEVER = -(2**63)
ZERO_US = int((START - START.replace(year=1970)).total_seconds() * 1_000_000)
Spans = dict[str, list[tuple[int, int]]]
"""Of each id the minutes from which somebody owns it, with the person; the first begins at ``NEVER``."""


@dataclass(frozen=True)
class Owned:
    """What the people room answers."""

    distinct_ids: pa.Array
    from_us: NDArray[np.int64]
    person_ids: NDArray[np.int64]


def owned(spans: Spans) -> Owned:
    """Give spans as the people room does."""
    rows = [(key, start, person_id) for key, owners in spans.items() for start, person_id in owners]
    starts = [start if start == NEVER else ZERO_US + start * 60_000_000 for _key, start, _person in rows]
    return Owned(
        pa.array([row[0] for row in rows], pa.string()), np.array(starts, np.int64), np.array([row[2] for row in rows], np.int64)
    )


@pytest.fixture
def store(events_url: str) -> Iterator[ClickHouseEventStore]:
    """An empty store."""
    store = ClickHouseEventStore(events_url, threads=1)
    yield store
    store.close()


def people(store: ClickHouseEventStore) -> list[int]:
    """Give the person of each event, in order of arrival."""
    query = exp.select(person()).from_("events").order_by(column("seq"))
    return [row[0] for row in store.connection.rows(query.sql(dialect=DIALECT))]


def log(*minutes: tuple[str, int]) -> pa.Table:
    """Give events of ids at minutes."""
    return table([Fact(who, "Page Viewed", minute, {}) for who, minute in minutes])


owners_of_one = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 4)), max_size=3, unique_by=lambda row: row[0]).map(sorted)
ownerships = st.dictionaries(
    st.sampled_from("xyz"), st.tuples(st.integers(1, 4), owners_of_one).map(lambda both: [(NEVER, both[0]), *both[1]]), min_size=1
)


@given(updates=st.lists(st.tuples(ownerships, st.booleans()), min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
def test_the_owner_is_the_last_one_up_to_the_event(store: ClickHouseEventStore, updates: list[tuple[Spans, bool]]) -> None:
    minutes = [(who, minute) for who in "xyz" for minute in (0, 7, 25, 50)]
    store.append(log(*minutes))
    store.owners.update(owned({}), (0, 0), whole=True)
    known: Spans = {}
    for number, (changed, whole) in enumerate(updates):
        store.owners.update(owned(changed), (number, 7), whole=whole)
        known = changed if whole else {**known, **changed}
        expected = [
            next((owner for start, owner in reversed(known.get(who, [])) if start <= minute), NOBODY) for who, minute in minutes
        ]
        assert people(store) == expected
        assert store.owners.watermark() == (number, 7)


def test_owners_and_watermark_are_there_after_reopening(store: ClickHouseEventStore, events_url: str) -> None:
    store.append(log(("x", 0), ("x", 9)))
    assert store.owners.watermark() == ()
    store.owners.update(owned({"x": [(NEVER, 3), (5, 4)]}), (12, 34))
    again = ClickHouseEventStore(events_url, threads=1)
    assert people(again) == [3, 4]
    assert again.owners.watermark() == (12, 34)
    again.close()


def test_an_owner_begins_with_the_very_microsecond(store: ClickHouseEventStore) -> None:
    batch = table([Fact("x", "A", 5, {}), Fact("x", "A", 5, {})])
    times = [START + timedelta(minutes=5) - timedelta(microseconds=1), START + timedelta(minutes=5)]
    store.append(batch.set_column(batch.schema.get_field_index("time"), "time", pa.array(times, pa.timestamp("us"))))
    store.owners.update(owned({"x": [(NEVER, 1), (5, 2)]}), (1, 1))
    assert people(store) == [1, 2]


def test_the_first_owner_is_found_without_a_time(store: ClickHouseEventStore) -> None:
    store.append(log(("x", 9)))
    store.owners.update(owned({"x": [(NEVER, 1), (5, 2)]}), (1, 1))
    query = exp.select(first_person("e")).from_(exp.to_table("events", alias="e"))
    assert store.connection.rows(query.sql(dialect=DIALECT)) == [(1,)]


def test_an_update_that_was_cut_off_is_made_good_by_the_next(store: ClickHouseEventStore) -> None:
    store.append(log(("x", 9), ("y", 9)))
    store.owners.update(owned({"x": [(NEVER, 1)], "y": [(NEVER, 1)]}), (1, 1))
    # Written, and its state not.
    store.connection.run("INSERT INTO owners VALUES ('x', 5, [], [], 2)")
    store.owners.update(owned({"x": [(NEVER, 6)]}), (2, 2), whole=True)
    assert people(store) == [6, NOBODY]
