"""``finegrain import`` and what it leaves behind, through the front door."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.cli.conftest import Run

each_engine = pytest.mark.usefixtures("each_engine")


def files_of(home: Path) -> dict[str, bytes]:
    """Give the contents of a workspace's files, the locks left out."""
    return {
        str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file() and "lock" not in path.name
    }


@each_engine
def test_import_prints_one_object_and_nothing_else(run: Run, orders_file: Path) -> None:
    ran = run("import", "orders", orders_file, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["rows"] == 5
    assert ran.json["accepted"] == 3
    assert ran.json["rejected"] == {"no_person": 1, "bad_time": 1}
    assert (ran.json["orders"], ran.json["people"], ran.json["duplicates"]) == (3, 2, 0)
    assert ran.json["net_revenue"] == "260.50"


@pytest.mark.parametrize("before", [True, False])
def test_global_options_stand_before_or_behind(run: Run, orders_file: Path, tmp_path: Path, *, before: bool) -> None:
    words = ["import", "orders", orders_file]
    options = ["--home", tmp_path / "elsewhere", "--json"]
    ran = run(*options, *words) if before else run(*words, *options)
    assert ran.json["orders"] == 3
    assert (tmp_path / "elsewhere" / "events.duckdb").exists()


def test_import_shows_the_guessed_columns_before_the_summary(run: Run, orders_file: Path) -> None:
    ran = run("import", "orders", orders_file)
    assert ran.out.index("user_id") < ran.out.index("person") < ran.out.index("Rows read")
    assert "no_person" in ran.out


@each_engine
def test_import_twice_adds_nothing(shop: Run, orders_file: Path) -> None:
    again = shop("import", "orders", orders_file, "--json").json
    assert (again["orders"], again["duplicates"], again["accepted"]) == (0, 3, 3)


def test_dry_run_stores_nothing(run: Run, orders_file: Path) -> None:
    ran = run("import", "orders", orders_file, "--dry-run", "--json")
    assert ran.json["mapping"]["columns"]["person"] == "user_id"
    assert run("imports", "--json").json == {"imports": []}


@each_engine
def test_map_overrides_the_guess_and_can_be_saved(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("a,b,c\nann,2024-01-05,10\n", encoding="utf-8")
    columns = ["--map", "person=a", "--map", "time=b", "--map", "amount=c"]
    assert run("import", "orders", path, *columns, "--save-mapping", "odd", "--json").json["orders"] == 1
    assert run("mappings", "list", "--json").json["mappings"][0]["name"] == "odd"
    assert run("mappings", "show", "odd", "--json").json["columns"]["amount"] == "c"
    assert run("import", "orders", path, "--mapping", "odd", "--json").json["duplicates"] == 1
    assert run("mappings", "delete", "odd").code == 0
    assert run("mappings", "show", "odd").code == 2


@each_engine
def test_people_and_events_are_imported(run: Run, tmp_path: Path) -> None:
    people, events = tmp_path / "people.jsonl", tmp_path / "events.csv.gz"
    people.write_text(json.dumps({"user_id": "ann", "name": "安"}) + "\n", encoding="utf-8")
    events.write_bytes(gzip.compress(b"user_id,event,time,page\nann,Page Viewed,2024-01-05T10:00:00Z,/home\n"))
    assert run("import", "people", people, "--json").json["people"] == 1
    assert run("import", "events", events, "--json").json["events"] == 1
    shown = run("people", "show", "ann", "--json").json
    assert shown["name"] == "安"
    assert shown["events"][0]["event"] == "Page Viewed"


def test_dead_letters_are_listed_by_reason(shop: Run) -> None:
    assert shop("dead-letters", "--json").json["reasons"] == {"bad_time": 1, "no_person": 1}
    listed = shop("dead-letters", "list", "--reason", "no_person", "--json").json["dead_letters"]
    assert [(letter["line"], letter["reason"]) for letter in listed] == [(5, "no_person")]
    assert "no person" in shop("dead-letters").out


@each_engine
def test_dead_letters_are_replayed_under_a_corrected_mapping(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "two_ids.csv"
    path.write_text("user_id,phone,ordered_at,amount\n,139,2024-01-05,10\n,138,2024-01-06,20\n", encoding="utf-8")
    assert run("import", "orders", path, "--map", "person=user_id", "--json").json["rejected"] == {"no_person": 2}
    replayed = run("dead-letters", "replay", "--map", "person=phone", "--json").json
    assert (replayed["accepted"], replayed["orders"]) == (2, 2)
    assert run("dead-letters").out.strip() == "No row is refused."


def test_a_replay_starts_from_the_mapping_that_refused_the_rows(run: Run, tmp_path: Path) -> None:
    orders, people = tmp_path / "orders.csv", tmp_path / "people.csv"
    orders.write_text("user_id,phone,ordered_at,amount\n,139,2024-01-05,10\n", encoding="utf-8")
    people.write_text("user_id,level\n139,gold\n", encoding="utf-8")
    run("import", "orders", orders, "--map", "person=user_id", "--json")
    run("import", "people", people, "--json")
    assert run("dead-letters", "replay", "--map", "person=phone", "--json").json["orders"] == 1


@each_engine
def test_imports_lists_the_history_newest_first(shop: Run, orders_file: Path) -> None:
    shop("import", "orders", orders_file, "--json")
    history = shop("imports", "--json").json["imports"]
    assert [record["id"] for record in history] == [2, 1]
    assert "orders.csv" in shop("imports").out


def write_empty(path: Path) -> None:
    path.write_bytes(b"")


def write_binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 64)


def write_half_parquet(path: Path) -> None:
    path.write_bytes(b"PAR1" + b"\x15\x04" * 500)


def write_wrong_delimiter(path: Path) -> None:
    path.write_text("user_id^ordered_at^amount\n" + "ann^2024-01-05^10\n" * 20, encoding="utf-8")


def write_long_line(path: Path) -> None:
    path.write_bytes(b"user_id,ordered_at,amount\n" + b"x" * 17_000_000)


BROKEN = [write_empty, write_binary, write_half_parquet, write_wrong_delimiter, write_long_line]


@pytest.mark.parametrize("write", BROKEN, ids=lambda write: write.__name__)
def test_broken_file_gives_one_sentence_and_leaves_all_as_it_was(shop: Run, home: Path, tmp_path: Path, write: object) -> None:
    path = tmp_path / "broken.csv"
    write(path)  # type: ignore[operator]
    before = files_of(home)
    ran = shop("import", "orders", path)
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.strip().splitlines()) == 1
    assert str(path) in ran.err
    assert files_of(home) == before


def test_missing_column_gives_the_columns_that_are_there(shop: Run, orders_file: Path) -> None:
    ran = shop("import", "orders", orders_file, "--map", "person=nobody")
    assert ran.code == 2
    assert "nobody" in ran.err
    assert "user_id" in ran.err


def test_gbk_file_is_read_by_its_chinese_headers(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "订单.csv"
    path.write_bytes("订单号,用户ID,下单时间,实付金额\nA1,小王,2024-01-05 10:00,12.50\n".encode("gb18030"))
    ran = run("import", "orders", path, "--json")
    assert (ran.json["orders"], ran.json["net_revenue"]) == (1, "12.50")
    assert run("people", "list", "--json").json["people"][0]["id"] == "小王"


def test_real_orders_give_the_published_figures(run: Run, shared_data: Path) -> None:
    """The figures stand in DATA.md, counted from UCI's file by other means."""
    path = shared_data / "online_retail.parquet"
    first = run("import", "orders", path, "--refund-prefix", "C", "--json").json
    assert (first["rows"], first["rejected"]) == (541_909, {"no_person": 135_080})
    assert (first["orders"], first["buyers"], first["people"]) == (18_536, 4_339, 4_372)
    assert first["net_revenue"] == "8300065.81"
    again = run("import", "orders", path, "--refund-prefix", "C", "--json").json
    assert (again["orders"], again["refunds"], again["events"], again["new_people"]) == (0, 0, 0, 0)
    tiers = run("tiers", "activity", "--as-of", "2011-12-10", "--json").json
    assert sum(tier["people"] for tier in tiers["tiers"]) == 4_372
    assert sum(tier["revenue"] for tier in tiers["tiers"]) == pytest.approx(8_300_065.81, abs=0.005)


def test_refused_file_leaves_no_workspace_behind(run: Run, home: Path, tmp_path: Path, orders_file: Path) -> None:
    (tmp_path / "empty.csv").touch()
    for words in (["nowhere.csv"], [tmp_path / "empty.csv"], [orders_file, "--map", "amount=nope", "--save-mapping", "m"]):
        assert run("import", "orders", *words).code == 2
        assert not home.exists()
    assert run("init").code == 0
    assert run("import", "orders", tmp_path / "empty.csv").code == 2
    assert run("tiers", "rfm", "--json").json["people"] == 0


@pytest.mark.parametrize("group", ["people", "mappings"])
def test_group_without_a_command_lists(shop: Run, group: str) -> None:
    assert shop(group).out == shop(group, "list").out
    assert shop(group, "--json").json == shop(group, "list", "--json").json
