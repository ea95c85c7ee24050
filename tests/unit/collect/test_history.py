"""What counts as history, which never triggers a message."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from finegrain.collect.pipeline.contract import Arrival
from finegrain.collect.pipeline.rows import Rows
from finegrain.collect.wire.contract import DecodedRequest, EventCall

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "age", "history"),
    [
        (False, timedelta(0), False),
        (True, timedelta(0), True),
        (False, timedelta(days=1), False),
        (False, timedelta(days=1, microseconds=1), True),
    ],
)
def test_history_is_what_the_sender_says_or_what_is_older_than_a_day(said: bool, age: timedelta, history: bool) -> None:
    call = EventCall("m1", "u1", "A", NOON - age, {}, said)
    rows = Rows(Arrival(DecodedRequest(None, ((0, call),), (), 1), "web", "segment", NOON))
    assert rows.historical == [history]
