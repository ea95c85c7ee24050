"""The index over real stores: kept current, proof against damage, and right on the real orders of DATA.md."""

from __future__ import annotations

import json
import shutil
import threading
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import hypothesis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from tests.twins.behaviour import CURRENCY, START, Happening, happenings, twin_facts

from finegrain.behaviour import files
from finegrain.behaviour.building import build
from finegrain.behaviour.errors import IndexFolderError
from finegrain.behaviour.facts import facts
from finegrain.behaviour.files import newest_generation, open_index, write_index
from finegrain.behaviour.service import IndexService
from finegrain.people.service import PeopleService
from finegrain.store.events import EVENT_SCHEMA, DuckDBEventStore, PropertyColumn
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from finegrain.store.ops import OpsStore

LATER = START + timedelta(days=60)


@dataclass
class Shop:
    """Real stores in a folder of their own, and a fresh service over them whenever it is asked for."""

    events: DuckDBEventStore
    people: PeopleService
    folder: Path
    stored: int = 0

    def service(self, currency: str = CURRENCY) -> IndexService:
        """Give a service that has nothing in memory yet."""
        return IndexService(self.events, self.people, self.folder, currency)

    def store(self, log: list[Happening]) -> None:
        """Append events whose message ids are new."""
        rows = [_event(self.stored + place, one) for place, one in enumerate(log)]
        self.events.append(pa.Table.from_pylist(rows, EVENT_SCHEMA))
        self.stored += len(log)


def _event(number: int, one: Happening) -> dict[str, object]:
    at = one.at.astimezone(UTC).replace(tzinfo=None)
    # Decimals are written as JSON numbers with all their places, as an import does.
    total = {} if one.total is None else {"total": float(one.total)}
    properties = json.dumps(total | ({} if one.order_id is None else {"order_id": one.order_id}))
    fixed = {"source": "test", "historical": True, "properties": properties}
    return {"message_id": str(number), "distinct_id": one.who, "event": one.event, "time": at, "received_at": at, **fixed}


@pytest.fixture
def shop(tmp_path: Path, ops: OpsStore) -> Iterator[Shop]:
    """An empty shop."""
    events = DuckDBEventStore(tmp_path / "events.duckdb", threads=1)
    yield Shop(events, PeopleService(ops), tmp_path / "index")
    events.close()


def order(day: int, order_id: str, who: str = "x", total: str = "10") -> Happening:
    return Happening(who, "Order Completed", START + timedelta(days=day), order_id, Decimal(total))


@hypothesis.settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(log=happenings())
def test_facts_over_real_stores_equal_the_slow_twin(
    tmp_path_factory: pytest.TempPathFactory, new_ops: Callable[[], OpsStore], log: list[Happening]
) -> None:
    folder = tmp_path_factory.mktemp("shop")
    events = DuckDBEventStore(folder / "events.duckdb", threads=1)
    shop = Shop(events, PeopleService(new_ops()), folder / "index")
    shop.store(log)
    found = shop.service().facts(LATER, 55)
    people = {shop.people.get(int(person)).display_id: shop.people.get(int(person)).known_since for person in found.person_ids}
    for place, twin in enumerate(twin_facts(log, people, LATER, LATER - timedelta(days=55)).values()):
        assert {name: int(getattr(found, name)[place]) for name in asdict(twin)} == asdict(twin)
    events.close()


def test_an_index_without_anything_is_empty(shop: Shop) -> None:
    index = shop.service().current()
    assert (index.people, index.events, index.orders, index.data_end()) == (0, 0, 0, None)
    assert len(shop.service().facts(LATER, 30).person_ids) == 0
    assert shop.service().gaps_days(LATER).tolist() == []


def test_an_index_is_taken_from_the_folder(shop: Shop) -> None:
    shop.store([order(1, "a")])
    built, opened = shop.service().current(), shop.service().current()
    assert newest_generation(shop.folder) == 1
    assert opened.order_names.to_pylist() == built.order_names.to_pylist() == ["a"]
    assert shop.service().data_end() == START + timedelta(days=1)


def test_new_events_and_new_people_make_it_stale(shop: Shop) -> None:
    service = shop.service()
    shop.store([order(1, "a")])
    assert service.facts(LATER, 90).purchases.tolist() == [1]
    shop.store([order(2, "b")])
    assert service.facts(LATER, 90).purchases.tolist() == [2]
    shop.people.register(["new"], START)
    assert service.facts(LATER, 90).purchases.tolist() == [2, 0]


def test_another_currency_makes_it_stale(shop: Shop) -> None:
    shop.store([order(1, "a", total="10")])
    assert shop.service("CNY").facts(LATER, 90).revenue_minor.tolist() == [1000]
    assert shop.service("JPY").facts(LATER, 90).revenue_minor.tolist() == [10]


def test_old_generations_are_removed_and_stay_readable_for_who_holds_them(shop: Shop) -> None:
    shop.store([order(1, "a")])
    held = shop.service().current()
    shop.store([order(2, "b")])
    service = shop.service()
    service.current()
    service.close()
    assert [path.name for path in shop.folder.iterdir()] == ["2"]
    assert facts(held, to_us(LATER), 0).purchases.tolist() == [1]


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("damage", [_flip, _truncate, Path.unlink])
@pytest.mark.parametrize(
    "name",
    [
        "manifest.json",
        "log_order_ids.arrow",
        "order_amount_minor.npy",
        "offsets.npy",
        "change_kind.npy",
        "owners_first_owner.npy",
    ],
)
def test_a_damaged_file_is_never_trusted(shop: Shop, damage: Callable[[Path], None], name: str) -> None:
    shop.store([order(1, "a"), order(2, "b", "y", "3")])
    right = shop.service().facts(LATER, 90)
    damage(shop.folder / "1" / name)
    assert open_index(shop.folder, 1) is None
    assert shop.service().facts(LATER, 90).revenue_minor.tolist() == right.revenue_minor.tolist()
    assert open_index(shop.folder, newest_generation(shop.folder)) is not None


def test_flipped_bytes_of_the_manifest_are_noticed(shop: Shop) -> None:
    shop.store([order(1, "a")])
    shop.service().current()
    path = shop.folder / "1" / "manifest.json"
    whole = path.read_bytes()
    body = json.loads(whole)["body"]
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        read = files._read_manifest(path)
        assert read is None or read == body


def test_another_format_is_rebuilt(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.store([order(1, "a")])
    shop.service().current()
    monkeypatch.setattr(files, "FORMAT", files.FORMAT + 1)
    assert open_index(shop.folder, 1) is None


def test_a_half_written_generation_is_ignored(shop: Shop) -> None:
    (shop.folder / "writing").mkdir(parents=True)
    (shop.folder / "writing" / "offsets.npy").write_bytes(b"half")
    shop.store([order(1, "a")])
    assert shop.service().current().orders == 1
    assert [path.name for path in shop.folder.iterdir()] == ["1"]


def test_a_folder_that_cannot_be_written_is_told(shop: Shop) -> None:
    shop.folder.write_text("in the way")
    with pytest.raises(IndexFolderError, match="could not be written"):
        shop.service().current()


def test_an_interrupted_import_is_healed(shop: Shop) -> None:
    shop.store([order(4, "a", "stranger"), order(2, "b", "stranger")])
    shop.service().current()
    assert shop.people.find("stranger").known_since == START + timedelta(days=2)
    assert newest_generation(shop.folder) == 1
    shop.service().current()
    assert newest_generation(shop.folder) == 1


def test_facts_are_kept_until_the_stores_change(shop: Shop) -> None:
    service = shop.service()
    shop.store([order(1, "a")])
    first = service.facts(LATER, 30)
    assert service.facts(LATER, 30) is first
    for days in range(31, 36):
        service.facts(LATER, days)
    assert service.facts(LATER, 30) is not first


def test_threads_get_one_index(shop: Shop) -> None:
    service = shop.service()
    shop.store([order(day, str(day)) for day in range(20)])
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(service.current())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len({id(index) for index in found}) == 1
    assert newest_generation(shop.folder) == 1


def test_one_persons_orders_and_refunds_come_from_the_service(shop: Shop) -> None:
    shop.store([order(1, "a"), Happening("x", "Order Refunded", START + timedelta(days=3), None, Decimal(4))])
    service = shop.service()
    assert [row.order_id for row in service.orders(1)] == ["a"]
    assert [refund.amount_minor for refund in service.unmatched_refunds(1)] == [400]
    assert service.orders(1, START) == []
    assert service.unmatched_refunds(1, START + timedelta(days=3)) == []


_ONLINE_RETAIL = """
SELECT InvoiceNo AS message_id,
       min(CustomerID)::BIGINT::VARCHAR AS distinct_id,
       CASE WHEN InvoiceNo LIKE 'C%' THEN 'Order Refunded' ELSE 'Order Completed' END AS event,
       min(InvoiceDate)::TIMESTAMP AS "time",
       min(InvoiceDate)::TIMESTAMP AS received_at,
       'test' AS source,
       true AS historical,
       json_object('order_id', InvoiceNo, 'total', abs(round(sum(Quantity * UnitPrice::DECIMAL(18, 6)), 2)))::VARCHAR
           AS properties
FROM read_parquet($path) WHERE CustomerID IS NOT NULL GROUP BY InvoiceNo ORDER BY "time", InvoiceNo
"""


def test_online_retail_gives_the_facts_of_data_md(shop: Shop, shared_data: Path) -> None:
    with duckdb.connect() as connection:
        found = connection.sql(_ONLINE_RETAIL, params={"path": str(shared_data / "online_retail.parquet")})
        assert found is not None
        shop.events.append(found.to_arrow_table())
    as_of = datetime(2011, 12, 10, tzinfo=UTC)
    figures = shop.service().facts(as_of, 365)
    bought = figures.purchases > 0
    silent = figures.last_purchase_us < to_us(as_of - timedelta(days=90))
    assert (len(figures.person_ids), int(figures.purchases.sum()), int(bought.sum())) == (4_372, 18_536, 4_339)
    assert int(figures.revenue_minor.sum()) == 830_006_581
    assert int((bought & silent).sum()) == 1_449
    assert int((figures.purchases == 1).sum()) == 1_494
    assert int((figures.purchases > 1).sum()) == 2_845
    assert np.array_equal(shop.service().gaps_days(as_of) >= 0, np.ones(18_536 - 4_339, dtype=np.bool_))


def _bytes_of(folder: Path) -> dict[str, bytes]:
    (generation,) = folder.iterdir()
    return {path.name: path.read_bytes() for path in generation.iterdir()}


@hypothesis.settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(log=happenings())
def test_an_index_deleted_and_rebuilt_has_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, new_ops: Callable[[], OpsStore], log: list[Happening]
) -> None:
    folder = tmp_path_factory.mktemp("shop")
    events = DuckDBEventStore(folder / "events.duckdb", threads=1)
    shop = Shop(events, PeopleService(new_ops()), folder / "index")
    shop.store(log)
    shop.service().current()
    first = _bytes_of(shop.folder)
    shutil.rmtree(shop.folder)
    shop.service().current()
    assert _bytes_of(shop.folder) == first
    events.close()


def test_what_is_written_is_what_is_opened(shop: Shop) -> None:
    shop.store([order(1, "a"), order(2, "b", "y", "3"), Happening("x", "Order Cancelled", LATER, "a")])
    built = build(shop.events, shop.people, CURRENCY)
    opened = open_index(shop.folder, write_index(built, shop.folder))
    assert opened is not None
    for one, other in ((opened.index, built.index), (opened.log, built.log), (opened.owners, built.owners)):
        for name, value in vars(one).items():
            expected = getattr(other, name)
            if isinstance(value, np.ndarray):
                assert value.dtype == expected.dtype, name
                assert value.tobytes() == expected.tobytes(), name
            else:
                assert value == expected, name


class Counting(DuckDBEventStore):
    """An event store that tells after which events it was read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, threads=1)
        self.reads: list[int] = []

    def scan(
        self, *, events: Sequence[str] | None = None, columns: Sequence[PropertyColumn] = (), after_seq: int = 0
    ) -> pa.RecordBatchReader:
        """Note after which event it is read."""
        self.reads.append(after_seq)
        return super().scan(events=events, columns=columns, after_seq=after_seq)


@pytest.fixture
def counted(tmp_path: Path, ops: OpsStore) -> Iterator[Shop]:
    """A shop of ten orders whose event store tells what is read."""
    events = Counting(tmp_path / "counted.duckdb")
    shop = Shop(events, PeopleService(ops), tmp_path / "index")
    shop.store([order(1, str(number), f"p{number}") for number in range(10)])
    yield shop
    events.close()


def reads_of(shop: Shop) -> list[int]:
    assert isinstance(shop.events, Counting)
    return shop.events.reads


def test_only_what_arrived_since_is_read(counted: Shop) -> None:
    service = counted.service()
    service.current()
    counted.store([order(2, "b", "p3")])
    assert service.facts(LATER, 90).purchases.sum() == 11
    counted.people.register(["p3"], START - timedelta(days=9))
    assert service.current().known_us.min() == to_us(START - timedelta(days=9))
    assert reads_of(counted) == [0, 10]


def test_after_a_restart_it_goes_on_from_the_folder(counted: Shop) -> None:
    counted.service().current()
    counted.store([order(2, "b", "p3")])
    assert counted.service().facts(LATER, 90).purchases.sum() == 11
    assert reads_of(counted) == [0, 9, 10]  # 9: whether the last event of the folder is the one of the store


def test_an_index_of_other_events_is_not_continued(counted: Shop, tmp_path: Path) -> None:
    counted.service().current()
    with closing(DuckDBEventStore(tmp_path / "other.duckdb", threads=1)) as events:
        other = Shop(events, counted.people, counted.folder)
        other.store([order(5, str(number), f"p{number}") for number in range(12)])
        assert other.service().facts(LATER, 90).purchases.sum() == 12


def test_the_folder_is_written_rarely_and_when_the_service_is_closed(counted: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    service = counted.service()
    service.current()
    counted.store([order(2, "b", "p3")])
    service.current()
    assert newest_generation(counted.folder) == 1
    service.close()
    assert newest_generation(counted.folder) == 2
    service.close()
    assert newest_generation(counted.folder) == 2
    monkeypatch.setattr("finegrain.behaviour.service.WRITE_EVENTS", 1)
    counted.store([order(2, f"c{number}", "p3") for number in range(3)])
    service.current()
    service.close()
    assert newest_generation(counted.folder) == 3
    assert counted.service().current().events == 14


def test_a_folder_that_is_full_later_does_not_keep_the_figures_back(counted: Shop, caplog: pytest.LogCaptureFixture) -> None:
    service = counted.service()
    service.current()
    shutil.rmtree(counted.folder)
    counted.folder.write_text("in the way")
    counted.store([order(2, "b", "p3")])
    assert service.facts(LATER, 90).purchases.sum() == 11
    service.close()
    assert "its folder is not up to date" in caplog.text


def test_an_index_is_not_held_up_by_a_refresh_that_goes_on(counted: Shop) -> None:
    service = counted.service()
    held = service.current()
    counted.store([order(2, "b", "p3")])
    with service._refreshing:
        assert facts(held, to_us(LATER), 0).purchases.sum() == 10
    assert service.current().events == 11
    assert held.events == 10


def test_a_warmed_up_service_answers_from_memory(counted: Shop) -> None:
    service = counted.service()
    service.warm_up()
    shutil.rmtree(counted.folder)
    assert service.facts(LATER, 90).purchases.sum() == 10
    assert reads_of(counted) == [0]


def test_a_service_that_was_never_asked_closes(shop: Shop) -> None:
    shop.service().close()
    assert not shop.folder.exists()


def test_a_snapshot_holds_the_columns_of_its_events_and_keeps_them(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    shop.store([Happening("x", "Page Viewed", START)])
    with closing(shop.service()) as service:
        snapshot = service.snapshot()
        assert snapshot.columns.text("page", snapshot.log).codes.tolist() == [-1]
    assert list((shop.folder / "columns").glob("text-*/manifest.json"))
    shutil.rmtree(shop.folder / "columns")
    (shop.folder / "columns").write_text("in the way")
    with closing(shop.service()) as service:
        snapshot = service.snapshot()
        snapshot.columns.text("page", snapshot.log)
    assert "will be read again" in caplog.text
