"""Questions as of a moment see nothing that came at or after it, whatever is asked, on both engines."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twins.behaviour import Happening
from tests.twins.logs import FIRST, SQL_WORLDS, ZONE, clickhouse_world, embedded_world, event_logs

if TYPE_CHECKING:
    from tests.twins.logs import World

SERIES = [{"event": "*", "measure": "unique"}, {"event": "A"}, {"event": "*", "measure": "max", "property": "price"}]
QUESTIONS: dict[str, dict[str, Any]] = {
    "funnel": {"steps": ["A", "B"], "window": "2d"},
    "retention": {"start": "A", "returns": "*", "periods": 3},
    "trends": {"series": SERIES},
    "lifecycle": {"event": "A"},
    "stickiness": {"event": "*"},
    "paths": {"start": "A", "scope": "window", "window": "2d"},
    "intervals": {"start": "A", "end": "B", "window": "2d"},
    "distribution": {"event": "A", "measure": "events", "zero": True},
    "attribution": {"conversion": "B", "touches": ["A"], "lookback": "2d"},
}
moments = st.integers(0, 8 * 24).map(lambda hours: FIRST + timedelta(hours=hours))


def answer(here: World, kind: str, as_of: datetime) -> Any:
    """Ask one question over a period that lasts longer than the log."""
    return here.service.answer(kind, {"period": "2024-03-29..2024-04-08", **QUESTIONS[kind]}, as_of).to_dict()


@given(log=event_logs(), as_of=moments, kind=st.sampled_from(sorted(QUESTIONS)))
def test_later_events_make_no_difference(log: list[Happening], as_of: datetime, kind: str) -> None:
    names = [Happening("x", name, FIRST) for name in "AB"]
    before = [one for one in log if one.at < as_of]
    assert answer(embedded_world(names + log), kind, as_of) == answer(embedded_world(names + before), kind, as_of)


@settings(max_examples=25)
@given(log=event_logs(), as_of=moments, kind=st.sampled_from(sorted(QUESTIONS)))
def test_sql_answers_the_same_as_of_any_moment(log: list[Happening], as_of: datetime, kind: str) -> None:
    whole = [Happening("x", name, FIRST) for name in "AB"] + log
    assert answer(clickhouse_world(whole), kind, as_of) == answer(embedded_world(whole), kind, as_of)


@pytest.mark.parametrize("engine", SQL_WORLDS)
def test_all_time_ends_with_the_present(engine: str) -> None:
    days = [datetime(2024, 3, day, 12, tzinfo=ZONE.info) for day in (29, 30, 31)]
    here = SQL_WORLDS[engine]([Happening("x", "A", at) for at in days])
    found = [here.service.trends({"period": "all", "series": ["A"]}, at) for at in (*days, FIRST - timedelta(days=2))]
    assert [one.total.lines[0].values for one in found] == [(0,), (1, 0), (1, 1, 0), (0,)]
