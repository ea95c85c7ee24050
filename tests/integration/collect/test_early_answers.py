"""Requests that are answered before they are stored: they are stored all the same, whatever happens in between."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import finegrain as fg
from finegrain.collect.pipeline import backlog
from finegrain.collect.pipeline.backlog import EARLY_EVENTS
from finegrain.collect.pipeline.collector import Collector
from finegrain.collect.pipeline.contract import Arrival, Receipt
from finegrain.collect.pipeline.errors import CollectorClosedError, NotStoredError
from finegrain.collect.pipeline.records import record_of
from finegrain.collect.pipeline.writer import PATIENCE
from finegrain.collect.plan.contract import EventPlan, PropertyRule
from finegrain.collect.wire import segment
from finegrain.collect.wire.request import WireRequest
from finegrain.store.errors import EventStoreError, NotAWorkspaceError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path

    import pyarrow as pa

    from finegrain.clock import SettableClock
    from finegrain.workspace import Workspace

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
FULL = EventStoreError(path="here", reason="full")


class SlowStore:
    """The events of a workspace behind a door: nothing is stored while it is shut, or while something is wrong."""

    def __init__(self, workspace: Workspace) -> None:
        self._events = workspace.events
        self.entered, self.door = threading.Event(), threading.Event()
        self.wrong: dict[str, Exception] = {}

    def append(self, events: pa.Table) -> Any:
        """Store events; raise what is wrong with one of them, or with all."""
        self.entered.set()
        assert self.door.wait(30)
        for name in events["event"].to_pylist():
            if name in self.wrong:
                raise self.wrong[name]
        return self._events.append(events)


class Bench:
    """A collector over a slow store, and what stands in the workspace below it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.store = SlowStore(workspace)
        self.journal = workspace.home / "own journal"
        self.collector = self.open()

    def open(self, **changed: Any) -> Collector:
        """Give a collector over the same journal, some settings of which may be other ones."""
        ws = self.workspace
        settings = ws.settings.model_copy(update=changed)
        return Collector(self.store, ws.ops, settings, ws.clock, journal=self.journal, checker=ws.plan.checker)  # type: ignore[arg-type]

    def send(self, *message_ids: str, event: str = "A") -> Coroutine[Any, Any, Receipt]:
        """Send one event a message id."""
        calls = [{"type": "track", "event": event, "userId": "u1", "messageId": key} for key in message_ids]
        request = WireRequest("/v1/batch", msgspec.json.encode({"batch": calls}), NOON)
        arrival = Arrival(segment.decode(request), "web", "segment", NOON)
        return self.collector.store(self.collector.prepare(arrival), partial(record_of, request, arrival))

    async def busy(self) -> asyncio.Task[Receipt]:
        """Send a first event, and wait until it is being stored."""
        task = asyncio.ensure_future(self.send("first", event="First"))
        await asyncio.to_thread(self.store.entered.wait, 30)
        return task

    def stored(self) -> dict[str, int]:
        """Give how often each event is stored, once nothing waits any more."""
        self.collector.close()
        return dict(self.workspace.events.event_counts())

    def die_over(self, *sent: Coroutine[Any, Any, Receipt]) -> None:
        """Have requests answered early; then go on with a copy of the journal as it was, as after a kill."""

        async def scenario() -> None:
            first = await self.busy()
            await asyncio.gather(*sent)
            shutil.copytree(self.journal, self.workspace.home / "copied")
            self.store.door.set()
            await first

        asyncio.run(scenario())
        self.stored()
        self.journal = self.workspace.home / "copied"

    def until_the_journal_is_empty(self) -> None:
        """Wait until all that was answered is stored."""
        while self.files()[0].stat().st_size:
            time.sleep(0.01)

    def files(self) -> list[Path]:
        """Give the files of the journal."""
        return sorted(self.journal.glob("*"))


@pytest.fixture
def bench(tmp_path: Path, clock: SettableClock) -> Iterator[Bench]:
    """A collector over an empty shop, whose store waits until it may store."""
    with fg.open(tmp_path / "shop", clock=clock) as workspace:
        bench = Bench(workspace)
        yield bench
        bench.store.door.set()
        bench.collector.close()


def test_who_sends_alone_is_told_what_became_of_each_event(bench: Bench) -> None:
    bench.store.door.set()
    receipts = [asyncio.run(bench.send("1", "2")), asyncio.run(bench.send("2", "3"))]
    assert receipts == [Receipt(2, 0, ()), Receipt(1, 1, ())]
    assert bench.files() == []


def test_who_sends_while_others_are_stored_is_answered_before(bench: Bench) -> None:
    async def scenario() -> None:
        first = await bench.busy()
        assert await bench.send("1", "2") == Receipt(2, 0, (), early=True)
        assert not first.done()
        bench.store.door.set()
        assert await first == Receipt(1, 0, ())

    asyncio.run(scenario())
    assert bench.stored() == {"First": 1, "A": 2}
    assert bench.files() == []


def test_without_a_journal_everybody_waits_for_the_commit(bench: Bench) -> None:
    bench.collector = bench.open(collect_journal=False)

    async def scenario() -> None:
        first = await bench.busy()
        second = asyncio.ensure_future(bench.send("1", "2"))
        await asyncio.sleep(0.1)
        assert not second.done()
        bench.store.door.set()
        assert [await first, await second] == [Receipt(1, 0, ()), Receipt(2, 0, ())]

    asyncio.run(scenario())
    assert bench.files() == []


def test_answer_times_end_with_the_answer_and_not_with_the_commit(bench: Bench) -> None:
    async def scenario() -> None:
        first = await bench.busy()
        await asyncio.gather(bench.send("1"), bench.send("2"), bench.send("3"))
        await asyncio.sleep(2)
        bench.store.door.set()
        await first

    asyncio.run(scenario())
    bench.stored()
    (minute,) = bench.collector.health.minutes(1)
    assert minute.answer_p50_s is not None
    assert minute.answer_max_s is not None
    assert minute.answer_p50_s < minute.answer_max_s / 2


def test_what_was_answered_is_stored_by_the_next_process(bench: Bench, tmp_path: Path, clock: SettableClock) -> None:
    async def scenario() -> None:
        first = await bench.busy()
        await asyncio.gather(bench.send("1", "2"), bench.send("2", "3"))
        shutil.copytree(bench.journal, tmp_path / "other" / "journal")
        bench.store.door.set()
        await first

    asyncio.run(scenario())
    with fg.open(tmp_path / "other", clock=clock) as other:
        assert dict(other.events.event_counts()) == {"A": 3}
        assert list((tmp_path / "other" / "journal").iterdir()) == []


def test_a_store_that_refuses_is_tried_again_by_itself(bench: Bench) -> None:
    async def scenario() -> None:
        first = await bench.busy()
        assert (await bench.send("1")).early
        bench.store.wrong = {name: EventStoreError(path="here", reason="full") for name in ("First", "A")}
        bench.store.door.set()
        with pytest.raises(NotStoredError):
            await first
        with pytest.raises(NotStoredError):
            await bench.send("2")  # who sends while the stores refuse is told so, and not answered early
        bench.store.wrong = {}
        await asyncio.to_thread(bench.until_the_journal_is_empty)

    asyncio.run(scenario())
    assert bench.stored() == {"A": 1}


def test_what_a_store_refuses_until_the_end_stays_for_the_next_process(bench: Bench) -> None:
    async def scenario() -> None:
        first = await bench.busy()
        assert (await bench.send("1")).early
        bench.store.wrong = {name: EventStoreError(path="here", reason="full") for name in ("First", "A")}
        bench.store.door.set()
        with pytest.raises(NotStoredError):
            await first

    asyncio.run(scenario())
    assert bench.stored() == {}
    bench.store.wrong = {}
    bench.collector = bench.open()
    bench.collector.recover()
    assert bench.stored() == {"A": 1}
    assert bench.files() == []


def test_a_request_that_breaks_the_store_is_set_aside_and_takes_no_other_with_it(bench: Bench) -> None:
    async def scenario() -> None:
        first = await bench.busy()
        bench.store.wrong = {"Odd": RuntimeError("a fault of ours")}
        await asyncio.gather(bench.send("1"), bench.send("2", event="Odd"), bench.send("3"))
        bench.store.door.set()
        await first

    asyncio.run(scenario())
    assert bench.stored() == {"First": 1, "A": 2}
    assert [path.name for path in bench.files()] == ["aside"]


def test_a_request_that_a_store_refuses_for_ever_blocks_no_other(bench: Bench) -> None:
    async def scenario() -> None:
        first = await bench.busy()
        bench.store.wrong = {"Odd": FULL}
        await asyncio.gather(bench.send("1"), bench.send("2", event="Odd"), bench.send("3"))
        bench.store.door.set()
        await first
        answers = await asyncio.gather(*(bench.send(f"late {number}") for number in range(2 * PATIENCE)), return_exceptions=True)
        assert all(isinstance(answer, Receipt | NotStoredError) for answer in answers)
        await asyncio.to_thread(bench.until_the_journal_is_empty)
        assert (await bench.send("last")).stored == 1

    asyncio.run(scenario())
    assert set(bench.stored()) == {"First", "A"}
    assert "aside" in [path.name for path in bench.files()]


def test_a_store_that_is_down_for_long_makes_no_request_guilty(bench: Bench) -> None:
    async def scenario() -> None:
        first = await bench.busy()
        await asyncio.gather(*(bench.send(str(number)) for number in range(15)))
        bench.store.wrong = {"First": FULL, "A": FULL}
        bench.store.door.set()
        with pytest.raises(NotStoredError):
            await first
        for number in range(3 * PATIENCE):
            with pytest.raises(NotStoredError):
                await bench.send(f"late {number}")
        bench.store.wrong = {}

    asyncio.run(scenario())
    assert bench.stored() == {"A": 15}
    assert "aside" not in [path.name for path in bench.files()]


def test_what_cannot_be_read_again_is_set_aside(bench: Bench) -> None:
    request = WireRequest("/v1/batch", b'{"batch":[]}', NOON)
    rows = bench.collector.prepare(Arrival(segment.decode(request), "web", "segment", NOON))
    bench.die_over(bench.collector.store(rows, lambda: b"a record of another version"))
    bench.collector = bench.open()
    bench.collector.recover()
    assert [path.name for path in bench.files()] == ["aside"]


def test_a_journal_that_cannot_be_written_is_no_answer(bench: Bench) -> None:
    async def scenario() -> None:
        first = await bench.busy()
        bench.journal.write_text("a file where the folder should be")
        with pytest.raises(NotStoredError):
            await bench.send("1")
        bench.store.door.set()
        await first

    asyncio.run(scenario())


def test_only_so_much_is_answered_early(bench: Bench) -> None:
    async def scenario() -> None:
        first = await bench.busy()
        many = [f"m{number}" for number in range(2_000)]
        for part in range(EARLY_EVENTS // len(many)):
            assert (await bench.send(*(f"{part} {key}" for key in many))).early
        late = asyncio.ensure_future(bench.send("late"))
        await asyncio.sleep(0.1)
        assert not late.done()
        bench.store.door.set()
        assert (await late).stored == 1
        await first

    asyncio.run(scenario())
    assert bench.stored() == {"First": 1, "A": EARLY_EVENTS + 1}


def test_bytes_of_what_was_answered_early_count_as_waiting(bench: Bench) -> None:
    async def scenario() -> None:
        first = await bench.busy()
        await bench.send("1")
        assert bench.collector.budget.taken > 50
        bench.store.door.set()
        await first

    asyncio.run(scenario())
    bench.stored()
    assert bench.collector.budget.taken == 0
    with pytest.raises(CollectorClosedError):
        asyncio.run(bench.send("2"))


def test_who_waits_behind_more_than_a_group_of_what_is_refused_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "GROUP_EVENTS", 2)

    async def scenario() -> None:
        first = await bench.busy()
        await asyncio.gather(*(bench.send(f"{number} a", f"{number} b") for number in range(3)))
        bench.store.wrong = {"First": FULL, "A": FULL}
        bench.store.door.set()
        with pytest.raises(NotStoredError):
            await first
        with pytest.raises(NotStoredError):
            await asyncio.wait_for(bench.send("late"), 10)
        bench.store.wrong = {}

    asyncio.run(scenario())
    assert bench.stored() == {"A": 6}


def test_who_waits_for_room_while_a_store_refuses_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "EARLY_EVENTS", 2)

    async def scenario() -> None:
        first = await bench.busy()
        assert (await bench.send("1", "2")).early
        late = asyncio.ensure_future(bench.send("3"))
        await asyncio.sleep(0.1)
        bench.store.wrong = {"First": FULL, "A": FULL}
        bench.store.door.set()
        for refused in (first, asyncio.wait_for(late, 10)):
            with pytest.raises(NotStoredError):
                await refused
        bench.store.wrong = {}

    asyncio.run(scenario())
    assert bench.stored() == {"A": 2}


def test_opening_does_not_wait_for_a_store_that_refuses_what_was_left(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "GROUP_EVENTS", 2)

    bench.die_over(*(bench.send(f"{number} a", f"{number} b") for number in range(3)))
    bench.store.wrong = {"A": FULL}
    bench.collector = bench.open()
    recovering = threading.Thread(target=bench.collector.recover, daemon=True)
    recovering.start()
    recovering.join(10)
    still_waits, bench.store.wrong = recovering.is_alive(), {}
    assert not still_waits
    assert bench.stored() == {"First": 1, "A": 6}
    assert bench.files() == []


def test_who_is_told_that_the_collector_stops_is_not_stored_later(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        first = await bench.busy()
        closing = threading.Thread(target=bench.collector.close)
        journal, append = bench.collector._journal, bench.collector._journal.append

        def closes_meanwhile(*arguments: Any) -> Any:
            closing.start()
            while bench.collector.ready():
                time.sleep(0.001)
            return append(*arguments)

        monkeypatch.setattr(journal, "append", closes_meanwhile)
        with pytest.raises(CollectorClosedError):
            await bench.send("1")
        bench.store.door.set()
        await first
        await asyncio.to_thread(closing.join)

    asyncio.run(scenario())
    assert bench.stored() == {"First": 1}
    assert bench.files() == []


def test_a_journal_that_cannot_be_read_is_told_and_the_workspace_is_free_again(tmp_path: Path, clock: SettableClock) -> None:
    in_the_way = tmp_path / "shop" / "journal" / "00000001.journal"
    in_the_way.mkdir(parents=True)
    with pytest.raises(NotAWorkspaceError, match=in_the_way.name):
        fg.open(tmp_path / "shop", clock=clock)
    in_the_way.rmdir()
    fg.open(tmp_path / "shop", clock=clock).close()


def test_nothing_is_set_aside_because_the_plan_cannot_be_read(bench: Bench) -> None:
    def refuse() -> None:
        raise FULL

    bench.die_over(bench.send("1"))
    ws = bench.workspace
    closed = Collector(ws.events, ws.ops, ws.settings, ws.clock, journal=bench.journal, checker=refuse)
    with pytest.raises(EventStoreError):
        closed.recover()
    closed.close()
    assert [path.suffix for path in bench.files()] == [".journal"]


def test_violations_count_once_however_often_the_events_are_tried(bench: Bench) -> None:
    ws = bench.workspace
    ws.plan.declare(EventPlan("A", properties=(PropertyRule("total", "number", required=True),)))

    async def scenario() -> None:
        first = await bench.busy()
        assert (await bench.send("1")).early
        bench.store.wrong = {"First": FULL, "A": FULL}
        bench.store.door.set()
        for refused in (first, bench.send("2", event="First"), bench.send("3", event="First")):
            with pytest.raises(NotStoredError):
                await refused
        bench.store.wrong = {}

    asyncio.run(scenario())
    assert bench.stored() == {"A": 1}
    assert [(each.event, each.count) for each in ws.plan.violations()] == [("A", 1)]
