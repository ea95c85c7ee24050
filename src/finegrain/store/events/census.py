"""What the events of a range hold: names, sources and properties, counted by the engine, read row by row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finegrain.store.sqlfiles import read_sql

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

_SQL = Path(__file__).parent / "sql"
_ROWS_AT_ONCE = 2_000

TIME_PATTERN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?( ?(Z|[+-][0-9]{2}:?[0-9]{2}))?)?"
"""Text that reads as a time: a day in ISO form, with or without a time of day and an offset."""

SAMPLES = 12
SAMPLE_CHARS = 1_000
_OPTIONS = {"time_pattern": f'"{TIME_PATTERN}"', "samples": SAMPLES, "sample_chars": SAMPLE_CHARS}


@dataclass(frozen=True, slots=True)
class EventUse:
    """How often one source sent one event; instants are microseconds since 1970 in UTC."""

    event: str
    source: str
    first_seq: int
    count: int
    first_received_us: int
    last_received_us: int


@dataclass(frozen=True, slots=True)
class PropertyUse:
    """What one property of one event of one source held.

    Attributes:
        count: events that carry it; ``texts`` and so on tell how many of them hold what; the rest are numbers.
        times: those among ``texts`` that read as a time.
        samples: newest values as JSON text, at most ``SAMPLES``, each cut off after ``SAMPLE_CHARS`` characters.
    """

    event: str
    source: str
    name: str
    last_received_us: int
    count: int
    texts: int
    times: int
    booleans: int
    lists: int
    objects: int
    nulls: int
    samples: list[str]


@dataclass(frozen=True)
class Census:
    """What a range of events holds, in order of first arrival; both can be read once."""

    events: Iterator[EventUse]
    properties: Iterator[PropertyUse]


def take_census(connection: duckdb.DuckDBPyConnection, after_seq: int, until_seq: int) -> Census:
    """Count what the events with ``after_seq < seq ≤ until_seq`` hold; nothing is computed before it is read."""
    between = {"after_seq": after_seq, "until_seq": until_seq}
    events = (EventUse(*row) for row in _rows(connection, "census_events", between))
    properties = (PropertyUse(*row) for row in _rows(connection, "census_properties", between | _OPTIONS))
    return Census(events, properties)


def property_uses(engine: duckdb.DuckDBPyConnection, after_seq: int, until_seq: int) -> Iterator[PropertyUse]:
    """Count what the properties of the relation ``events`` hold in a range; the engine serves nothing else meanwhile."""
    between = {"after_seq": after_seq, "until_seq": until_seq}
    return (PropertyUse(*row) for row in _fetched(engine, "census_properties", between | _OPTIONS))


def count_volumes(
    connection: duckdb.DuckDBPyConnection, edges_us: Sequence[int], event: str | None, source: str | None
) -> dict[str, list[int]]:
    """Count the events of each name that happened between neighbouring edges; see the contract."""
    parameters = {"edges": list(edges_us), "first": edges_us[0], "last": edges_us[-1], "event": event, "source": source}
    volumes: dict[str, list[int]] = {}
    for name, place, count in _rows(connection, "volumes", parameters):
        volumes.setdefault(name, [0] * (len(edges_us) - 1))[place] = count
    return volumes


def _rows(connection: duckdb.DuckDBPyConnection, name: str, parameters: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        yield from _fetched(cursor, name, parameters)


def _fetched(cursor: duckdb.DuckDBPyConnection, name: str, parameters: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    cursor.execute(read_sql(_SQL, name), parameters)
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        yield from rows
