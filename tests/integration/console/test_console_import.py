"""The import pages over a real workspace, without a browser: upload, correct, import, what was refused, replay."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from nicegui import ui
from nicegui.elements.upload_files import SmallFileUpload
from tests.clients.logins import as_owner
from tests.integration.console.conftest import browser, element, elements, links, see, tell, texts, until

import finegrain as fg
from finegrain.console.pages.importing import jobs, running
from finegrain.console.pages.importing.state import DraftState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from fastapi import FastAPI
    from nicegui.testing import User
    from tests.integration.console.conftest import Visit

    from finegrain.collect.mapping.contract import ImportKind, ImportPreview
    from finegrain.collect.uploads import Upload

pytestmark = pytest.mark.asyncio(loop_scope="module")

HEADER = "订单号,用户ID,下单时间,商品名称,数量,单价,门店"
BAD = "D90,,2024/5/1 9:30,红茶,1,10.50,南京路\nD91,U1,昨天,红茶,1,10.50,南京路"
EVENTS = "user_id,event,timestamp,page\nU1,Page Viewed,2024-05-01T09:00:00,/\nU2,Page Viewed,2024-05-02T09:00:00,/\n"
PEOPLE = "user_id,name,city\nU1,李雷,上海\nU2,韩梅梅,北京\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fg.Workspace]:
    """A workspace of this module's own, which it fills."""
    with fg.open(tmp_path_factory.mktemp("importing"), import_max_upload_bytes=200_000) as workspace:
        yield workspace


@pytest.fixture(autouse=True)
def looking_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages look for the progress of an import more often than readers need."""
    monkeypatch.setattr(running, "LOOK_EVERY_S", 0.05)


def orders(mark: str, *, bad: str = BAD) -> bytes:
    """Give an order file as a Chinese spreadsheet program writes it: 20 orders of 5 people, and two rows that cannot be read."""
    good = [f"{mark}{n},U{n % 5},2024/5/{n + 1} 9:30,红茶,{n % 3 + 1},10.50,南京路" for n in range(20)]
    return "\n".join([HEADER, *good, bad, ""]).encode("gb18030")


async def uploaded(workspace: fg.Workspace, content: bytes | str, name: str = "订单.csv", kind: ImportKind = "orders") -> Upload:
    async def pieces() -> AsyncIterator[bytes]:
        yield content if isinstance(content, bytes) else content.encode()

    with as_owner():
        return await workspace.uploads.add(name, kind, pieces())


async def draft(visit: Visit, upload: Upload, language: str = "en-US") -> User:
    """Open the page of an upload and wait for its columns."""
    user = await visit(f"/import/upload/{upload.id}", language=language)
    await until(lambda: texts(user, "fg-columns") or texts(user, "fg-state-error"))
    return user


def column(user: User, name: str) -> ui.select:
    """Give the select that says what a column becomes."""
    return element(user, ui.select, aria_label=f"What the column {name} becomes")


def figures(user: User) -> dict[str, str]:
    """Read the figures of a result."""
    return dict(zip(texts(user, "fg-kpi-label"), texts(user, "fg-kpi-value"), strict=True))


async def imported(user: User) -> dict[str, str]:
    """Press the button that imports and read the result."""
    await tell(user, next(button for button in elements(user, ui.button) if button.text == "Import"), "click")
    await until(lambda: texts(user, "fg-kpi-label"))
    return figures(user)


async def test_dropped_file_leads_to_its_columns(visit: Visit) -> None:
    user = await visit("/import")
    with user:
        await element(user, ui.upload).handle_uploads([SmallFileUpload("订单.csv", "text/csv", orders("A"))])
    await until(lambda: texts(user, "fg-columns"))
    assert "订单.csv" in texts(user, "fg-h1")
    assert {column(user, name).value for name in ("订单号", "用户ID", "单价")} == {"order_id", "person", "unit_price"}
    assert any("CSV · gb18030" in text for text in texts(user))


async def test_file_that_is_too_large_is_refused_with_the_limit(visit: Visit) -> None:
    user = await visit("/import")
    with user:
        await element(user, ui.upload).handle_uploads([SmallFileUpload("all.csv", "text/csv", bytes(200_001))])
    await until(lambda: user.notify.contains("all.csv"))
    await tell(user, element(user, ui.upload), "rejected")
    await until(lambda: user.notify.contains("larger than 195.3 KB"))


async def test_kind_chosen_before_is_the_kind_of_the_upload(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/import")
    element(user, ui.toggle).set_value("people")
    await see(user, "One row per person.")
    with user:
        await element(user, ui.upload).handle_uploads([SmallFileUpload("kind.csv", "text/csv", PEOPLE.encode())])
    await until(lambda: any(each.path.name == "kind.csv" and each.kind == "people" for each in workspace.uploads.waiting()))


async def test_import_accounts_for_every_row(visit: Visit, workspace: fg.Workspace) -> None:
    user = await draft(visit, await uploaded(workspace, orders("B")))
    result = await imported(user)
    shown = [result[name] for name in ("Rows read", "Accepted", "Refused", "Repeated", "Orders added")]
    assert shown == ["22", "20", "2", "0", "20"]
    assert result["Net revenue of the file"] == f"¥{sum((n % 3 + 1) * 10.5 for n in range(20)):.2f}"
    await until(lambda: len(element(user, ui.table).rows) == 2)
    assert {row["reason"] for row in element(user, ui.table).rows} == {"No person", "Unreadable time"}


async def test_events_and_people_have_figures_of_their_own(visit: Visit, workspace: fg.Workspace) -> None:
    events = await imported(await draft(visit, await uploaded(workspace, EVENTS, "events.csv", "events")))
    people = await imported(await draft(visit, await uploaded(workspace, PEOPLE, "people.csv", "people")))
    assert (events["Events added"], people["People in the file"]) == ("2", "2")
    assert "Net revenue of the file" not in events.keys() | people.keys()


async def test_import_without_a_refusal_says_so(visit: Visit, workspace: fg.Workspace) -> None:
    user = await draft(visit, await uploaded(workspace, EVENTS.replace("05-0", "05-1"), "more.csv", "events"))
    await imported(user)
    assert "No row was refused" in texts(user)


async def test_correction_is_named_as_the_readers_and_survives(visit: Visit, workspace: fg.Workspace) -> None:
    upload = await uploaded(workspace, orders("C"))
    user = await draft(visit, upload)
    column(user, "门店").set_value("category")
    await see(user, "chosen by you")
    again = await draft(visit, upload)
    assert column(again, "门店").value == "category"


async def test_field_moves_from_one_column_to_another(visit: Visit, workspace: fg.Workspace) -> None:
    user = await draft(visit, await uploaded(workspace, orders("D")))
    column(user, "门店").set_value("product_name")
    await until(lambda: column(user, "商品名称").value == "")
    assert column(user, "门店").value == "product_name"


async def test_import_waits_until_every_needed_field_has_its_column(visit: Visit, workspace: fg.Workspace) -> None:
    user = await draft(visit, await uploaded(workspace, orders("E")))
    column(user, "用户ID").set_value("")
    await see(user, "Choose the columns for: Person")
    button = next(button for button in elements(user, ui.button) if button.text == "Import")
    assert not button.enabled
    column(user, "用户ID").set_value("person")
    await until(lambda: button.enabled)


async def test_rows_taken_for_something_else_get_its_fields(visit: Visit, workspace: fg.Workspace) -> None:
    user = await draft(visit, await uploaded(workspace, orders("F")))
    element(user, ui.toggle, aria_label="What the rows are").set_value("people")
    await until(lambda: "Keep as a trait" in dict(column(user, "门店").options).values())
    assert "order_id" not in column(user, "订单号").options
    assert not any(toggle.props["aria-label"] == "A row is" and toggle.parent_slot.parent.visible  # type: ignore[union-attr]
                   for toggle in elements(user, ui.toggle))  # fmt: skip


async def test_way_of_reading_is_corrected_and_kept(visit: Visit, workspace: fg.Workspace) -> None:
    upload = await uploaded(workspace, orders("G"))
    user = await draft(visit, upload)
    element(user, ui.toggle, aria_label="A row is").set_value("order")
    element(user, ui.select, aria_label="Times are").set_value("%Y%m%d")
    prefix = next(each for each in elements(user, ui.input) if "refunds" in str(each.props.get("aria-label")))
    prefix.set_value("R")
    kept = {"granularity": "order", "time_format": "%Y%m%d", "refund_prefix": "R"}
    await until(lambda: workspace.uploads.get(upload.id).choices.items() >= kept.items())


async def test_mapping_is_saved_under_a_name_and_taken_for_the_next_file(visit: Visit, workspace: fg.Workspace) -> None:
    user = await draft(visit, await uploaded(workspace, orders("H")))
    column(user, "门店").set_value("category")
    await see(user, "chosen by you")
    name = element(user, ui.input, aria_label="Name under which the mapping is saved")
    name.set_value("  门店订单 ")
    await tell(user, element(user, ui.button, aria_label="Save the mapping"), "click")
    await until(lambda: user.notify.contains("Saved as “门店订单”."))
    other = await draft(visit, await uploaded(workspace, orders("I")))
    saved = element(other, ui.select, aria_label="Saved mapping")
    await until(lambda: "门店订单" in saved.options)
    saved.set_value("门店订单")
    await until(lambda: column(other, "门店").value == "category")


async def test_mapping_without_a_name_is_not_saved(visit: Visit, workspace: fg.Workspace) -> None:
    before = len(workspace.imports.mappings())
    user = await draft(visit, await uploaded(workspace, orders("J")))
    await tell(user, element(user, ui.button, aria_label="Save the mapping"), "click")
    await asyncio.sleep(0.1)
    assert len(workspace.imports.mappings()) == before


async def test_file_that_is_no_table_gets_one_clear_sentence(visit: Visit, workspace: fg.Workspace) -> None:
    user = await draft(visit, await uploaded(workspace, bytes(range(256)) * 64, "photo.csv"))
    assert any("photo.csv" in text for text in texts(user, "fg-state-error"))
    assert elements(user, ui.table) == []


async def test_upload_that_is_gone_is_said_to_be_gone(visit: Visit) -> None:
    user = await visit("/import/upload/nothing")
    await see(user, "There is no uploaded file")


async def test_failed_import_says_why_and_can_be_tried_again(visit: Visit, workspace: fg.Workspace) -> None:
    upload = await uploaded(workspace, orders("K"))
    user = await draft(visit, upload)
    upload.path.rename(upload.path.with_name("aside"))
    button = next(button for button in elements(user, ui.button) if button.text == "Import")
    await tell(user, button, "click")
    await until(lambda: texts(user, "fg-state-error"))
    assert button.enabled
    upload.path.with_name("aside").rename(upload.path)
    assert (await imported(user))["Accepted"] == "20"


@pytest.mark.usefixtures("server")
async def test_upload_started_twice_is_imported_once(workspace: fg.Workspace) -> None:
    upload = await uploaded(workspace, orders("L"))
    mapping = workspace.imports.preview(upload.path, "orders").mapping
    before = len(workspace.imports.history())
    with as_owner():
        first, second = jobs.start(upload, mapping), jobs.start(upload, mapping)
    assert first is second
    await until(lambda: not first.running)
    assert (first.error, len(workspace.imports.history())) == (None, before + 1)
    assert workspace.uploads.get(upload.id).import_id == workspace.imports.history()[0].id


@pytest.mark.usefixtures("server")
async def test_two_uploads_started_at_once_are_both_imported(workspace: fg.Workspace) -> None:
    uploads = [await uploaded(workspace, orders(mark)) for mark in ("M", "N")]
    mapping = workspace.imports.preview(uploads[0].path, "orders").mapping
    with as_owner():
        both = [jobs.start(upload, mapping) for upload in uploads]
    await until(lambda: not any(job.running for job in both))
    assert [job.error for job in both] == [None, None]
    assert [job.summary and job.summary.orders for job in both] == [20, 20]


@pytest.mark.usefixtures("server")
async def test_quick_corrections_all_count_and_only_the_last_is_previewed(workspace: fg.Workspace) -> None:
    state = DraftState(await uploaded(workspace, orders("O")))
    await state.load()
    previews: list[ImportPreview] = []
    state.on_change(previews.append)
    await asyncio.gather(state.choose(granularity="order"), state.choose(time_format="%Y%m%d"), state.fill("门店", "category"))
    (preview,) = previews
    assert (preview.mapping.granularity, preview.mapping.time_format) == ("order", "%Y%m%d")
    assert preview.mapping.columns["category"] == "门店"
    assert workspace.uploads.get(state.upload.id).choices == state.upload.choices


@pytest.mark.usefixtures("server")
async def test_correction_that_cannot_be_followed_is_told_and_taken_back(workspace: fg.Workspace) -> None:
    state = DraftState(await uploaded(workspace, orders("P")))
    await state.load()
    told: list[str] = []
    state.on_failure(lambda error: told.append("" if error is None else type(error).__name__))
    await state.choose(mapping_name="never saved")
    await state.choose(mapping_name=None)
    assert told[0].endswith("Error")
    assert told[1:] == [""]


async def test_upload_that_waits_can_be_removed(visit: Visit, workspace: fg.Workspace) -> None:
    upload = await uploaded(workspace, orders("Q"), "to remove.csv")
    user = await visit("/import")
    await see(user, "to remove.csv")
    assert f"/import/upload/{upload.id}" in links(user)
    await tell(user, element(user, ui.button, aria_label="Remove to remove.csv"), "click")
    await until(lambda: "to remove.csv" not in texts(user))
    assert upload.id not in {each.id for each in workspace.uploads.waiting()}


async def test_history_leads_to_each_import_with_its_figures(visit: Visit, workspace: fg.Workspace) -> None:
    upload = await uploaded(workspace, orders("R"))
    with as_owner():
        summary = workspace.import_orders(upload.path)
    user = await visit("/import")
    await until(lambda: {f"/import/run/{summary.import_id}", "/import/refused?reason=bad_time"} <= set(links(user)))
    assert {"订单.csv", "Rows that were refused", "Unreadable time"} <= set(texts(user))


async def test_refused_rows_are_told_apart_by_reason_and_replayed(visit: Visit, workspace: fg.Workspace) -> None:
    counts = workspace.imports.dead_letter_counts()
    user = await visit("/import/refused?reason=bad_time")
    table = element(user, ui.table)
    await until(lambda: table.pagination["rowsNumber"] == counts["bad_time"])
    assert {row["reason"] for row in table.rows} == {"Unreadable time"}
    assert all("昨天" in row["raw"] for row in table.rows)
    button = next(button for button in elements(user, ui.button) if button.text == "Replay")
    await until(lambda: button.enabled and element(user, ui.select, aria_label="Reason"))
    await until(lambda: any(each.value for each in elements(user, ui.select) if each.props.get("label") == "Mapping"))
    await tell(user, button, "click")
    await until(lambda: texts(user, "fg-kpi-label"))
    assert figures(user)["Rows read"] == figures(user)["Refused"] == str(counts["bad_time"])


async def test_choice_of_another_reason_shows_its_rows(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/import/refused?reason=golden")
    table = element(user, ui.table)
    await until(lambda: table.pagination["rowsNumber"] == sum(workspace.imports.dead_letter_counts().values()))
    element(user, ui.select, aria_label="Reason").set_value("no_person")
    await until(lambda: user.back_history[-1] == "/import/refused?reason=no_person")


async def test_import_that_does_not_exist_leads_back(visit: Visit, server: FastAPI) -> None:
    user = await visit("/import/run/99999")
    await see(user, "There is no such import")
    assert "/import" in links(user)
    async with browser(server) as session:
        assert (await session.get("/import/run/x")).status_code == 422


async def test_pages_speak_chinese(visit: Visit, workspace: fg.Workspace) -> None:
    user = await draft(visit, await uploaded(workspace, orders("S")), language="zh-CN")
    assert {"订单号", "用户ID"} <= set(texts(user, "fg-columns"))
    assert "列" in texts(user, "fg-columns")
