"""Imports of events and of people, the history of imports, and saved mappings."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from finegrain.collect.errors import UnknownColumnError
from finegrain.collect.imports.errors import UnknownMappingError, WrongMappingKindError
from finegrain.collect.mapping.contract import Mapping
from finegrain.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from finegrain.clock import SettableClock

    CsvFile = Callable[..., Path]

EVENTS = Mapping("events", {"person": "who", "event": "what", "time": "at", "properties": "props", "message_id": "mid"})
PEOPLE = Mapping("people", {"person": "who", "known_since": "since"})
HEAD = "who;what;at;props;mid;page"


def test_events_keep_their_properties_and_columns(shop: Any, csv_file: CsvFile) -> None:
    shop.imports.run([csv_file(HEAD, 'a;Page Viewed;2024-05-01;{"ref": {"n": 1}};;home')], "events", EVENTS)
    event = shop.events.timeline(["a"])[0]
    assert (event.event, event.properties) == ("Page Viewed", {"page": "home", "ref": {"n": 1}})


def test_events_are_refused_with_their_reason(shop: Any, csv_file: CsvFile) -> None:
    rows = ["a;;2024-05-01;;;", "a;x;2024-05-01;[1];;", "a;x;2024-05-01;{;;", 'a;Order Completed;2024-05-01;{"order_id": 1};;']
    summary = shop.imports.run([csv_file(HEAD, *rows)], "events", EVENTS)
    assert summary.rejected == {"bad_properties": 2, "no_amount": 1, "no_event": 1}


def test_amounts_of_events_that_no_shop_has_are_refused(shop: Any, csv_file: CsvFile) -> None:
    rows = [
        'a;Order Completed;2024-05-01;{"order_id": "1", "total": 1e30};;',
        'a;Order Refunded;2024-05-01;{"order_id": "1", "total": 1e30};;',
        'a;Order Refunded;2024-05-01;{"order_id": "1", "total": 1, "currency": "USD"};;',
    ]
    summary = shop.imports.run([csv_file(HEAD, *rows)], "events", EVENTS)
    assert summary.rejected == {"bad_amount": 2, "other_currency": 1}
    assert shop.events.last_seq() == 0


def test_equal_events_count_each_and_again_add_nothing(shop: Any, csv_file: CsvFile) -> None:
    path = csv_file(HEAD, *["a;Page Viewed;2024-05-01;;;home"] * 3)
    assert shop.imports.run([path], "events", EVENTS).events == 3
    assert shop.imports.run([path], "events", EVENTS).duplicates == 3


def test_a_message_id_counts_once(shop: Any, csv_file: CsvFile) -> None:
    summary = shop.imports.run([csv_file(HEAD, "a;x;2024-05-01;;m1;", "b;y;2024-05-02;;m1;")], "events", EVENTS)
    assert (summary.accepted, summary.events, summary.duplicates) == (2, 1, 1)


def test_orders_among_events_are_counted_as_orders(shop: Any, csv_file: CsvFile) -> None:
    rows = [
        'a;Order Completed;2024-05-01;{"order_id": "1", "total": 10.5, "currency": "CNY"};;',
        'a;Order Updated;2024-05-02;{"order_id": "1", "total": 12};;',
        'a;Order Refunded;2024-05-03;{"order_id": "1", "total": 2};;',
        "b;Page Viewed;2024-05-03;;;",
    ]
    summary = shop.imports.run([csv_file(HEAD, *rows)], "events", EVENTS)
    assert (summary.orders, summary.refunds, summary.people, summary.buyers, summary.revenue_minor) == (1, 1, 2, 1, 1000)


def test_json_lines_may_bring_columns_late(shop: Any, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    first = [f'{{"who": "a", "what": "x", "at": "2024-05-01T00:00:{n % 60:02}Z"}}' for n in range(3000)]
    path.write_text("\n".join([*first, '{"who": "b", "what": "y", "at": "2024-05-01", "late": {"deep": true}}']) + "\n")
    mapping = Mapping("events", {"person": "who", "event": "what", "time": "at"})
    assert shop.imports.run([path], "events", mapping).events == 3001
    assert shop.events.timeline(["b"])[0].properties == {"late": {"deep": True}}


def test_json_lines_must_have_the_columns_that_are_needed(shop: Any, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"who": "a", "at": "2024-05-01"}\n')
    with pytest.raises(UnknownColumnError, match="what"):
        shop.imports.run([path], "events", Mapping("events", {"person": "who", "event": "what", "time": "at"}))


def test_people_get_typed_traits_and_their_first_day(shop: Any, csv_file: CsvFile) -> None:
    path = csv_file("who,since,age,vip,born,city", "a,2023-01-01,30,true,1990-02-03,上海", "b,,31,,,")
    summary = shop.imports.run([path], "people", PEOPLE)
    person = shop.people.find("a")
    assert (summary.accepted, summary.people, summary.new_people, summary.duplicates) == (2, 2, 2, 0)
    assert person.traits == {"age": 30, "vip": True, "born": "1990-02-03", "city": "上海"}
    assert person.known_since == datetime(2022, 12, 31, 16, tzinfo=UTC)


def test_people_again_change_nothing_and_changes_are_changes(shop: Any, csv_file: CsvFile) -> None:
    path = csv_file("who,since,age", "a,2023-01-01,30", "b,2023-01-01,31")
    shop.imports.run([path], "people", PEOPLE)
    assert shop.imports.run([path], "people", PEOPLE).duplicates == 2
    older = csv_file("who,since,age", "a,2023-01-01,33", "b,2023-01-01,31", ",,1")
    summary = shop.imports.run([older], "people", PEOPLE)
    assert (summary.duplicates, summary.rejected, shop.people.find("a").traits) == (1, {"no_person": 1}, {"age": 33})


def test_people_may_come_as_orders_first(shop: Any, csv_file: CsvFile) -> None:
    orders = Mapping("orders", {"person": "who", "time": "at", "amount": "paid"})
    shop.imports.run([csv_file("who,at,paid", "a,2024-05-01,5")], "orders", orders)
    summary = shop.imports.run([csv_file("who,since,age", "a,2023-01-01,30")], "people", PEOPLE)
    assert (summary.new_people, summary.duplicates, shop.people.find("a").known_since.year) == (0, 0, 2022)


def test_dead_letters_of_people_can_be_replayed(shop: Any, csv_file: CsvFile) -> None:
    shop.imports.run([csv_file("who,since,age,mail", ",2023-01-01,30,x@y")], "people", PEOPLE)
    summary = shop.imports.replay(replace(PEOPLE, columns={"person": "mail", "known_since": "since"}))
    assert (summary.accepted, shop.people.find("x@y").traits) == (1, {"age": 30})


def test_the_history_tells_what_was_imported(shop: Any, csv_file: CsvFile, clock: SettableClock) -> None:
    path = csv_file(HEAD, "a;x;2024-05-01;;;")
    summary = shop.imports.run([path], "events", EVENTS)
    clock.advance(days=1)
    record = shop.imports.history()[0]
    assert (record.id, record.kind, record.files, record.mapping) == (1, "events", (str(path),), EVENTS)
    assert record.summary == summary.to_dict()
    assert record.started_at == datetime(2024, 6, 1, 12, tzinfo=UTC)


def test_a_mapping_is_saved_and_named(shop: Any, csv_file: CsvFile) -> None:
    mapping = replace(PEOPLE, keep_columns=("age",))
    shop.imports.save_mapping(" members ", PEOPLE)
    shop.imports.save_mapping("members", mapping)
    assert shop.imports.mapping("members") == mapping
    assert [(saved.name, saved.mapping) for saved in shop.imports.mappings()] == [("members", mapping)]
    path = csv_file("who,since,age", "a,2023-01-01,30")
    assert shop.imports.preview(path, "people", mapping_name="members").mapping == mapping
    with pytest.raises(WrongMappingKindError):
        shop.imports.preview(path, "orders", mapping_name="members")
    shop.imports.delete_mapping("members")
    assert shop.imports.mappings() == []


def test_a_mapping_that_is_not_there_is_named_in_the_error(shop: Any) -> None:
    with pytest.raises(UnknownMappingError, match="nope"):
        shop.imports.mapping("nope")
    with pytest.raises(UnknownMappingError):
        shop.imports.delete_mapping("nope")
    with pytest.raises(BadValueError):
        shop.imports.save_mapping("  ", PEOPLE)


def test_null_characters_in_texts_become_replacement_characters(shop: Any) -> None:
    rows = [{"user_id": "a\x00b", "city": "x\x00y", "tags": ["p\x00q"]}]
    path = shop.home / "people.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    for _ in range(2):
        preview = shop.imports.preview(path, "people")
        assert shop.imports.run([path], "people", preview.mapping).accepted == 1
    person = shop.people.find("a�b")
    assert (person.distinct_ids, person.traits["city"], shop.people.count()) == (("a�b",), "x�y", 1)
