"""The import pages in a real browser: upload, correct, import, see every row again, replay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.acceptance.console.conftest import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page
    from tests.acceptance.console.conftest import OpenPage, Shop

HEADER = "订单号,用户ID,下单时间,商品名称,数量,单价,门店"
GOOD = "\n".join(f"D{n},U{n % 5},2024/5/{n % 28 + 1} 9:30,红茶,{n % 3 + 1},10.50,南京路" for n in range(60))
BAD = "D90,,2024/5/1 9:30,红茶,1,10.50,南京路\nD91,U1,昨天,红茶,1,10.50,南京路"


@pytest.fixture(scope="module")
def new_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A server over a new workspace that this module fills."""
    yield from serving(tmp_path_factory.mktemp("importing"))


@pytest.fixture
def orders_file(tmp_path: Path) -> Path:
    """An order file as a Chinese spreadsheet program writes it, with two rows that cannot be read."""
    path = tmp_path / "订单.csv"
    path.write_bytes(f"{HEADER}\n{GOOD}\n{BAD}\n".encode("gb18030"))
    return path


def upload(page: Page, path: Path) -> None:
    """Upload a file on the import page and wait for its columns."""
    page.set_input_files("input[type=file]", path)
    page.wait_for_url("**/import/upload/*")
    expect(page.get_by_text("Why", exact=True)).to_be_visible()


def choose(page: Page, column: str, field: str) -> None:
    """Let a column fill a field."""
    page.get_by_label(f"What the column {column} becomes").click()
    page.get_by_role("option", name=field, exact=True).click()


def start(page: Page) -> None:
    """Press the button that imports, and wait for the result."""
    page.get_by_role("button", name="Import", exact=True).click()
    page.wait_for_url("**/import/run/*")


def figure(page: Page, label: str) -> str:
    """Read one figure of the result."""
    return page.locator("section.fg-kpi").filter(has=page.get_by_text(label, exact=True)).locator(".fg-kpi-value").inner_text()


def test_a_chinese_file_is_recognised_imported_and_accounted_for(open_page: OpenPage, new_shop: Shop, orders_file: Path) -> None:
    page = open_page("/import", of=new_shop)
    upload(page, orders_file)
    expect(page.get_by_text("CSV · gb18030", exact=False)).to_be_visible()
    start(page)
    expect(page.get_by_text("Rows read", exact=True)).to_be_visible()
    assert [figure(page, label) for label in ("Rows read", "Accepted", "Refused", "People new")] == ["62", "60", "2", "5"]
    expect(page.get_by_role("row").filter(has_text="昨天")).to_have_count(1)


def test_the_same_file_again_adds_nothing(open_page: OpenPage, new_shop: Shop, orders_file: Path) -> None:
    page = open_page("/import", of=new_shop)
    upload(page, orders_file)
    start(page)
    expect(page.get_by_text("Rows read", exact=True)).to_be_visible()
    assert figure(page, "Repeated") == "60"
    assert figure(page, "Orders added") == "0"


def test_a_correction_survives_a_reload_and_says_that_it_is_yours(open_page: OpenPage, new_shop: Shop, orders_file: Path) -> None:
    page = open_page("/import", of=new_shop)
    upload(page, orders_file)
    choose(page, "门店", "Category")
    expect(page.get_by_text("chosen by you")).to_be_visible()
    page.reload()
    expect(page.get_by_label("What the column 门店 becomes")).to_have_value("Category")


def test_an_import_waits_until_every_needed_field_has_its_column(open_page: OpenPage, new_shop: Shop, orders_file: Path) -> None:
    page = open_page("/import", of=new_shop)
    upload(page, orders_file)
    choose(page, "用户ID", "Keep as a property")
    expect(page.get_by_text("Choose the columns for: Person")).to_be_visible()
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_disabled()


def test_a_file_that_is_no_table_gets_one_clear_sentence(open_page: OpenPage, new_shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "photo.csv").write_bytes(bytes(range(256)) * 64)
    page = open_page("/import", of=new_shop)
    page.set_input_files("input[type=file]", tmp_path / "photo.csv")
    page.wait_for_url("**/import/upload/*")
    expect(page.get_by_role("alert")).to_contain_text("photo.csv")


def test_refused_rows_can_be_filtered_and_replayed(open_page: OpenPage, new_shop: Shop) -> None:
    page = open_page("/import/refused?reason=bad_time", of=new_shop)
    expect(page.get_by_role("row").filter(has_text="昨天")).to_have_count(1)
    expect(page.get_by_role("row").filter(has_text="Unreadable time")).to_have_count(1)
    page.get_by_role("button", name="Replay", exact=True).click()
    page.wait_for_url("**/import/run/*")
    expect(page.get_by_text("Rows read", exact=True)).to_be_visible()
    assert (figure(page, "Rows read"), figure(page, "Refused")) == ("1", "1")


def test_the_pages_speak_chinese(open_page: OpenPage, new_shop: Shop) -> None:
    page = open_page("/import", of=new_shop, locale="zh-CN")
    expect(page.get_by_role("heading", name="导入数据")).to_be_visible()
    expect(page.get_by_text("导入记录")).to_be_visible()
    assert page.title() == "导入数据 · finegrain"


def test_an_upload_that_is_gone_is_said_to_be_gone(open_page: OpenPage, new_shop: Shop) -> None:
    page = open_page("/import/upload/nothing", of=new_shop)
    expect(page.get_by_role("alert")).to_contain_text("There is no uploaded file")
