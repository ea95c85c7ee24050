"""Property columns: read once, extended as events arrive, kept on disk, and never trusted when damaged or another store's."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.twins.behaviour import CURRENCY, FakeEvents, FakePeople, Happening
from tests.twins.logs import FIRST, PEOPLE

from finegrain.behaviour.building import build
from finegrain.behaviour.queries import columns as module
from finegrain.behaviour.queries.columns import PropertyColumns
from finegrain.behaviour.refreshing import refresh

if TYPE_CHECKING:
    from pathlib import Path

    from finegrain.behaviour.building import IndexState
    from finegrain.store.events import PropertyColumn


def log_of(*kinds: Any) -> FakeEvents:
    return FakeEvents([Happening("x", "A", FIRST, properties={"kind": kind}) for kind in kinds])


def state_of(events: FakeEvents) -> IndexState:
    return build(events, FakePeople(dict.fromkeys(PEOPLE, FIRST)), CURRENCY)


def texts(columns: PropertyColumns, state: IndexState) -> list[str | None]:
    column = columns.text("kind", state.log)
    return [None if code < 0 else column.texts[code].as_py() for code in column.codes.tolist()]


class CountingEvents(FakeEvents):
    """Remembers from where on properties were read."""

    asked: list[int]

    def read_properties(self, column: PropertyColumn, *, after_seq: int = 0) -> Any:
        """Read, and remember."""
        self.asked = [*getattr(self, "asked", []), after_seq]
        return super().read_properties(column, after_seq=after_seq)


def test_a_value_is_read_as_text_and_as_number(tmp_path: Path) -> None:
    events = log_of(*["a", None, 12, "12", True, "a", "nan"])
    state, columns = state_of(events), PropertyColumns(events, tmp_path)
    assert texts(columns, state) == ["a", None, "12", "12", "true", "a", "nan"]
    numbers = columns.number("kind", state.log).values
    assert [None if math.isnan(one) else one for one in numbers.tolist()] == [None, None, 12, 12, 1, None, None]


def test_a_property_that_nobody_sent_has_no_values(tmp_path: Path) -> None:
    events = log_of()
    state, columns = state_of(events), PropertyColumns(events, tmp_path)
    assert texts(columns, state) == []
    assert columns.number("kind", state.log).values.tolist() == []


def test_only_what_arrived_since_is_read(tmp_path: Path) -> None:
    events = CountingEvents(log_of("a", "b").log)
    people = FakePeople(dict.fromkeys(PEOPLE, FIRST))
    early, columns = build(events, people, CURRENCY), PropertyColumns(events, tmp_path)
    assert (texts(columns, early), len(columns.number("kind", early.log).values)) == (["a", "b"], 2)
    events.log.extend(log_of("c", "a").log)
    late = refresh(early, events, people)
    assert texts(columns, late) == ["a", "b", "c", "a"]
    assert len(columns.number("kind", late.log).values) == 4
    assert texts(columns, early) == ["a", "b"]
    assert events.asked == [0, 0, 2, 2]


def test_kept_on_disk_it_is_not_read_again(tmp_path: Path) -> None:
    events = CountingEvents(log_of("a", None, 3).log)
    state, columns = state_of(events), PropertyColumns(events, tmp_path)
    before = texts(columns, state), columns.number("kind", state.log).values
    columns.write(state.log)
    columns.write(state.log)
    again = PropertyColumns(events, tmp_path)
    assert texts(again, state) == before[0]
    assert np.array_equal(again.number("kind", state.log).values, before[1], equal_nan=True)
    assert events.asked == [0, 0]


def test_kept_when_the_log_was_shorter_it_is_extended(tmp_path: Path) -> None:
    events = CountingEvents(log_of("a", "b").log)
    state, columns = state_of(events), PropertyColumns(events, tmp_path)
    texts(columns, state)
    columns.write(state.log)
    events.log.extend(log_of("c").log)
    assert texts(PropertyColumns(events, tmp_path), state_of(events)) == ["a", "b", "c"]
    assert events.asked == [0, 2]


@pytest.mark.parametrize("name", ["manifest.json", "values.npy", "texts.arrow"])
@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_a_damaged_column_is_read_again(tmp_path: Path, name: str, damage: str) -> None:
    events = log_of("a", "b")
    state, columns = state_of(events), PropertyColumns(events, tmp_path)
    texts(columns, state)
    columns.write(state.log)
    (path,) = tmp_path.glob(f"*/{name}")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    if damage == "remove":
        path.unlink()
    else:
        path.write_bytes(content if damage == "flip" else content[:-1])
    assert texts(PropertyColumns(events, tmp_path), state) == ["a", "b"]


def test_a_column_of_another_log_is_not_taken(tmp_path: Path) -> None:
    events, other = log_of("a", "b"), FakeEvents([Happening("y", "A", FIRST, properties={"kind": kind}) for kind in "cd"])
    columns = PropertyColumns(events, tmp_path)
    texts(columns, state_of(events))
    columns.write(state_of(events).log)
    assert texts(PropertyColumns(other, tmp_path), state_of(other)) == ["c", "d"]
    shorter = log_of("a")
    assert texts(PropertyColumns(shorter, tmp_path), state_of(shorter)) == ["a"]


def test_the_column_that_was_not_asked_for_longest_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 2)
    events = CountingEvents(log_of("a").log)
    state, columns = state_of(events), PropertyColumns(events, tmp_path)
    for name in ("kind", "price", "kind", "day", "kind", "price"):
        columns.text(name, state.log)
    assert len(events.asked) == 4  # kind, price, day, and price once more
