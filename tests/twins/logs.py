"""Made-up event logs, and what both engines and the slow twins need around them: people, traits, audiences, a place in time."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st
from tests.servers.event_stores import chdb_folder
from tests.twins.behaviour import CURRENCY, FakeEvents, FakePeople, Happening

from finegrain.behaviour.building import build
from finegrain.behaviour.queries.columns import PropertyColumns
from finegrain.behaviour.queries.contract import ANY_EVENT
from finegrain.behaviour.queries.embedded import EmbeddedEngine
from finegrain.behaviour.queries.scope import TraitHistory, TraitValues
from finegrain.behaviour.queries.service import QueryService
from finegrain.behaviour.queries.snapshot import Snapshot
from finegrain.store.events.contract import EVENT_SCHEMA
from finegrain.zones import Zone, to_us

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finegrain.behaviour.queries.contract import Audience, EventMatch, Filter
    from finegrain.behaviour.queries.engine import QueryEngine
    from finegrain.behaviour.queries.sql.engine import ClickHouseEngine
    from finegrain.store.events.clickhouse import ClickHouseEventStore

ZONE = Zone("Europe/Berlin")
FIRST = datetime(2024, 3, 29, tzinfo=UTC)
"""Two days before the clocks go forward in Berlin, on Sunday, 2024-03-31."""
PERIOD = "2024-03-30..2024-04-03"
AS_OF = datetime(2024, 4, 5, 10, tzinfo=UTC)
MESSAGE = "Email Delivered"
OWN = "Tier Changed"
NO_DEEDS = (MESSAGE, OWN)
"""What happens to people, who need not be there, so that it is part of no session; any event (``*``) leaves out the latter."""
PEOPLE = ("x", "y", "z", "quiet")
"""Everybody known; persons 1 to 4. The last one never does anything."""
NAMES = ("A", "B", "C", "D", MESSAGE, OWN)
TRAITS: dict[str, dict[str, Any]] = {"city": {"x": "Ulm", "y": "Bonn", "z": "Ulm"}, "age": {"x": 30, "y": "41"}}
PAST: dict[str, list[tuple[str, datetime, Any]]] = {
    "city": [("x", FIRST, "Bonn"), ("x", FIRST + timedelta(days=3), "Ulm"), ("z", FIRST + timedelta(days=1), "Ulm")]
}


@st.composite
def event_logs(draw: st.DrawFn, most: int = 14) -> list[Happening]:
    """Logs of three people over eight days around a change of clocks: ties, early, late and repeated events, odd properties."""
    hours = st.one_of(st.integers(0, 8), st.integers(24, 60), st.integers(0, 8 * 24))
    times = st.builds(lambda hour, minute: FIRST + timedelta(hours=hour, minutes=minute), hours, st.sampled_from([0, 0, 0, 20]))
    properties = st.fixed_dictionaries(
        {},
        optional={
            "kind": st.sampled_from(["red", "blue", "Red", "", "12", None]),
            "price": st.sampled_from([1, 2.5, 12, -3, "12", "dear", True, None]),
            "day": st.sampled_from(["2024-03-30", "2024-04-01T08:00:00+02:00", "soon"]),
        },
    )
    one = st.builds(Happening, st.sampled_from("xxyz"), st.sampled_from(NAMES), times, properties=properties)
    return draw(st.lists(one, max_size=most))


@dataclass
class FakeTraits:
    """The people room's traits, in dicts."""

    def trait_names(self) -> list[str]:
        """Give the names of all traits."""
        return sorted(TRAITS)

    def trait_values(self, name: str) -> TraitValues:
        """Give today's values."""
        rows = sorted((PEOPLE.index(who) + 1, value) for who, value in TRAITS[name].items())
        return TraitValues(np.array([who for who, _ in rows], np.int64), *_readings([value for _, value in rows]))

    def trait_history(self, name: str) -> TraitHistory:
        """Give the values over time."""
        rows = sorted((PEOPLE.index(who) + 1, to_us(at), value) for who, at, value in PAST[name])
        ids, since = (np.array([row[place] for row in rows], np.int64) for place in (0, 1))
        return TraitHistory(ids, since, *_readings([value for _, _, value in rows]))


def _readings(values: list[Any]) -> tuple[pa.Array, NDArray[np.float64]]:
    return pa.array([text_of(value) for value in values], pa.string()), np.array([number_of(value) for value in values])


@dataclass
class FakeAudiences:
    """Audiences by ids alone."""

    def people_in(self, audience: Audience, as_of: datetime) -> NDArray[np.int64]:  # noqa: ARG002 - the contract's names
        """Give the numbers of the people named."""
        return np.array(sorted(PEOPLE.index(who) + 1 for who in audience.people), np.int64)


@dataclass
class World:
    """A log with an engine over it, and the service that asks it."""

    log: list[Happening]
    engine: QueryEngine
    service: QueryService = field(init=False)

    def __post_init__(self) -> None:
        self.service = QueryService(self.engine, FakeTraits(), FakeAudiences(), zone=ZONE, currency=CURRENCY, session_minutes=30)


def embedded_world(log: list[Happening]) -> World:
    """Give the engine on kernels over a log."""
    return World(log, embedded_engine(log, _people()))


def embedded_engine(log: list[Happening], people: FakePeople) -> EmbeddedEngine:
    """Give the engine on kernels over what some people did."""
    snapshot = snapshot_of(log, people)
    return EmbeddedEngine(lambda: snapshot)


def _people() -> FakePeople:
    return FakePeople(dict.fromkeys(PEOPLE, FIRST))


def snapshot_of(log: list[Happening], people: FakePeople) -> Snapshot:
    """Give the index over a log, with its columns."""
    events = FakeEvents(list(log))
    state = build(events, people, CURRENCY)
    return Snapshot(state.index, state.log, PropertyColumns(events, Path("/nowhere")))


_ENGINES: list[ClickHouseEventStore] = []


def clickhouse_store() -> ClickHouseEventStore:
    """Give the one database in this process that all tests of SQL share."""
    from finegrain.store.events.clickhouse import ClickHouseEventStore

    if not _ENGINES:
        _ENGINES.append(ClickHouseEventStore(f"chdb://{chdb_folder()}?database=twins", threads=1))
    return _ENGINES[0]


def clickhouse_world(log: list[Happening]) -> World:
    """Give the engine on ClickHouse over a log; one database in this process serves all, emptied each time."""
    return World(log, clickhouse_engine(log, _people()))


def clickhouse_engine(log: list[Happening], people: FakePeople) -> ClickHouseEngine:
    """Give the engine on ClickHouse over what some people did."""
    from finegrain.behaviour.queries.sql.engine import ClickHouseEngine

    store = clickhouse_store()
    for table in ("events", "owners", "owner_states"):
        store.connection.run(f"TRUNCATE TABLE {table}")
    store.append(_table(log))
    return ClickHouseEngine(store, people, lambda: snapshot_of(log, people))


def _table(log: list[Happening]) -> pa.Table:
    global _NUMBER  # noqa: PLW0603 - no message id comes twice, whatever the log
    rows = []
    for one in log:
        _NUMBER += 1
        at = one.at.astimezone(UTC).replace(tzinfo=None)
        properties = json.dumps(one.properties)
        rows.append([f"m{_NUMBER}", one.who, one.event, at, at, "twin", False, properties])
    columns = [[row[place] for row in rows] for place in range(len(EVENT_SCHEMA))]
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, EVENT_SCHEMA, strict=True)], EVENT_SCHEMA)


_NUMBER = 0

Make = Callable[[list[Happening]], World]
WORLDS: dict[str, Make] = {"embedded": embedded_world}
"""The engines that answer all queries."""
SQL_WORLDS: dict[str, Make] = {**WORLDS, "clickhouse": clickhouse_world}
"""Those that answer the queries that there is SQL for."""


def text_of(value: Any) -> str | None:
    """Give a value as the text that engines see; None where there is none."""
    if value is None:
        return None
    return value if isinstance(value, str) else json.dumps(value)


def number_of(value: Any) -> float:
    """Give a value as the number that engines see; NaN where it is none."""
    if isinstance(value, list | dict) or value is None:
        return math.nan
    try:
        return float(value)
    except ValueError:
        return math.nan


@dataclass(frozen=True)
class TwinEvent:
    """One event as the twins see it: whose, when, and its place in the order of arrival."""

    who: str
    at_us: int
    arrival: int
    name: str
    properties: dict[str, Any]


def by_person(log: list[Happening]) -> dict[str, list[TwinEvent]]:
    """Give everybody's events before the present in time order, ties in order of arrival."""
    events = [TwinEvent(one.who, to_us(one.at), place, one.event, one.properties) for place, one in enumerate(log)]
    ordered = sorted((one for one in events if one.at_us < to_us(AS_OF)), key=lambda one: (one.at_us, one.arrival))
    return {who: [one for one in ordered if one.who == who] for who in PEOPLE}


def sessions_of(events: list[TwinEvent]) -> list[list[TwinEvent]]:
    """Cut one person's events, but messages, where half an hour passes without one."""
    sessions: list[list[TwinEvent]] = []
    for one in (one for one in events if one.name not in NO_DEEDS):
        if not sessions or one.at_us - sessions[-1][-1].at_us >= 30 * 60_000_000:
            sessions.append([])
        sessions[-1].append(one)
    return sessions


def actors_of(log: list[Happening], unit: str, group: str = "") -> dict[str, list[TwinEvent]]:
    """Give the events of each person, session or group."""
    people = by_person(log)
    if unit == "sessions":
        return {f"{who}/{place}": part for who, events in people.items() for place, part in enumerate(sessions_of(events))}
    if unit == "groups":
        everything = sorted(itertools.chain(*people.values()), key=lambda one: (one.at_us, one.arrival))
        keys = {text_of(one.properties.get(group)) for one in everything} - {None}
        return {str(key): [one for one in everything if text_of(one.properties.get(group)) == key] for key in keys}
    return people


def matches(event: EventMatch, one: TwinEvent, more: tuple[Filter, ...] = ()) -> bool:
    """Say whether an event is what is asked for, and meets the filters of the whole query."""
    names = (event.event,) if isinstance(event.event, str) else event.event
    named = one.name in names or (ANY_EVENT in names and one.name != OWN)
    own = [passes(condition, one) for condition in event.filters]
    return (
        named and (any(own) if own and event.match == "any" else all(own)) and all(passes(condition, one) for condition in more)
    )


def passes(condition: Filter, one: TwinEvent) -> bool:
    """Say whether an event passes a filter, one operator at a time."""
    value = value_of(condition, one)
    if condition.op.startswith("not_") or condition.op == "is_not":
        positive = "is" if condition.op == "is_not" else condition.op.removeprefix("not_")
        return not _positive(positive, value, condition.value)
    return _positive(condition.op, value, condition.value)


def value_of(condition: Filter, one: TwinEvent) -> Any:
    """Give the value that a filter asks about."""
    if condition.of == "event":
        return one.properties.get(condition.property)
    if not condition.as_it_was:
        return TRAITS[condition.property].get(one.who)
    past = [row[2] for row in PAST[condition.property] if row[0] == one.who and to_us(row[1]) <= one.at_us]
    return past[-1] if past else None


def _positive(op: str, value: Any, wanted: Any) -> bool:
    text, number = text_of(value), number_of(value)
    several = wanted if isinstance(wanted, tuple) else (wanted,)
    found: dict[str, Callable[[], bool]] = {
        "is": lambda: any(_same(one, text, number) for one in several),
        "exists": lambda: text is not None,
        "contains": lambda: text is not None and str(several[0]).lower() in text.lower(),
        "gt": lambda: number > several[0],
        "gte": lambda: number >= several[0],
        "lt": lambda: number < several[0],
        "lte": lambda: number <= several[0],
        "between": lambda: several[0] <= number <= several[1],
    }
    return bool(found[op]()) if op in found else text is not None and _timely(op, text, several[0])


def _same(wanted: Any, text: str | None, number: float) -> bool:
    return number == wanted if isinstance(wanted, int | float) and not isinstance(wanted, bool) else text == text_of(wanted)


_TIMES = {"2024-03-30": "2024-03-30T00:00:00+01:00", "soon": None}


def _timely(op: str, text: str, wanted: str) -> bool:
    if op == "matches":
        return text.startswith(wanted[1:])  # the tests ask for ^prefix alone
    written = _TIMES.get(text, text if text.startswith("2024-04-01T") else None)
    if written is None:
        return False
    at, bound = datetime.fromisoformat(written), datetime.fromisoformat(_TIMES.get(wanted, wanted) or "")
    return at < bound if op == "before" else at > bound
