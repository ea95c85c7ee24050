"""The pages of segments: what the builder does to a rule, its count, its draft; one segment, its reasons, and lists."""

from __future__ import annotations

import gc
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from nicegui import ui
from sqlalchemy import select
from tests.acceptance.console.conftest import PEOPLE, stock
from tests.integration.console.conftest import browser, element, elements, links, see, tell, texts, until

import finegrain as fg
from finegrain.access.acting import SYSTEM, acting_as
from finegrain.access.drafts.tables import DraftTable
from finegrain.console.holder import workspace as served
from finegrain.console.pages.analysis.catalogue import Catalogue
from finegrain.console.pages.segments.address import edit_url, people_csv_url, segment_url
from finegrain.console.pages.segments.builder import RuleBuilder
from finegrain.console.pages.segments.model import RuleTree
from finegrain.console.widgets.charts import ThemedChart
from finegrain.i18n import current_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI
    from nicegui.testing import User
    from tests.integration.console.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")

ODD = "a/b? 100%·回流"
ORDERED = {"event": "Order Completed", "filters": [{"property": "total", "op": "gte", "value": 30}]}
RULES: list[dict[str, Any]] = [
    {"trait": "city", "value": ["London", "Shanghai"]},
    {"trait": "name", "op": "anniversary", "value": 30},
    {"trait": "name", "op": "contains", "value": "7"},
    {"trait": "city", "op": "exists"},
    {"event": ORDERED, "measure": "sum", "property": "total", "op": "between", "value": [10, 99.5], "period": "90d"},
    {"event": {"event": ["Page Viewed", "Order Completed"]}, "op": "is", "value": [1, 2]},
    {"first_time": "Page Viewed", "period": "2024-01-01..2024-05-31"},
    {"last_time": "Page Viewed", "period": "45d"},
    {"after": "Page Viewed", "then": ORDERED, "within": "90m", "happened": False},
    {"orders": "days_since_last_purchase", "op": "lt", "value": 20},
    {"tier": ["value/high", "activity/active"], "at": "2024-05-01"},
    {"tier": "frequency/never"},
    {"moved": "activity", "was": ["active"], "period": "60d"},
    {"segment": ODD},
    {"consent": "carrier pigeon", "purpose": "service"},
    {"reachable": "email"},
    {"messages": "opened", "channel": "sms", "op": "is", "value": 0},
    {"all": [{"not": {"not": {"segment": ODD}}}, {"not": {"any": [{"all": []}, {"segment": ODD}]}}]},
    {"not": {"all": [{"any": [{"segment": ODD}]}, {"segment": ODD}]}},
]
"""A rule of each kind of condition, with values that are not the usual ones."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fg.Workspace]:
    """The shop once more, to be written to, with a segment whose name needs escaping and a rule that names it."""
    with fg.open(tmp_path_factory.mktemp("segments")) as workspace:
        stock(workspace)
        workspace.segments.save_rule(ODD, {"trait": "city", "value": "London"}, description="Those of London")
        workspace.segments.save_rule("Names it", {"segment": ODD})
        yield workspace


def keep(workspace: fg.Workspace, name: str, rule: dict[str, Any]) -> dict[str, Any] | None:
    """Keep a rule, and give it as it is kept."""
    with acting_as(SYSTEM):
        return workspace.segments.save_rule(name, rule, replace=True).rule


async def add(user: User, kind: str, *, group: int = 0) -> None:
    """Add a condition of a kind to a group, counted from the outermost one."""
    items = [one for one in elements(user, ui.menu_item) if any(getattr(part, "text", "") == kind for part in one.descendants())]
    await tell(user, items[group], "click")


async def builder(visit: Visit, path: str, *, draft: bool = False, **options: Any) -> User:
    """Open the builder once its figures are there, without the draft of a test before unless it is asked for."""
    user = await visit(path, **options)
    await until(lambda: texts(user, "fg-preview-people")[:1] not in ([], ["…"]))
    await until(lambda: not elements(user, ui.element, "fg-skeleton"))
    if not draft and texts(user, "fg-draft"):
        user.find("Discard").click()
        await until(lambda: not texts(user, "fg-draft") and texts(user, "fg-preview-people")[0] != "–")
    return user


async def begun_again(visit: Visit, workspace: fg.Workspace) -> User:
    """Open a segment that holds a draft, by which its number is 77 instead of 1."""
    keep(workspace, "Begun", {"orders": "purchases", "value": 1})
    user = await builder(visit, edit_url("Begun"))
    element(user, ui.number, aria_label="Number").set_value(77)
    await until(lambda: _drafts(workspace))
    return await builder(visit, edit_url("Begun"), draft=True)


def count(user: User) -> int:
    return int(texts(user, "fg-preview-people")[0].replace(",", ""))


async def text_of(user: User) -> dict[str, Any]:
    """Give the rule that the dialog shows."""
    user.find("As text").click()
    await until(lambda: elements(user, ui.textarea))
    rule: dict[str, Any] = json.loads(str(elements(user, ui.textarea)[-1].value))
    return rule


async def paste(user: User, text: str) -> None:
    user.find("As text").click()
    await until(lambda: elements(user, ui.textarea))
    elements(user, ui.textarea)[-1].set_value(text)
    user.find("Take it over").click()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: next(iter(rule)))
async def test_drawing_the_controls_of_a_rule_changes_nothing_of_it(
    visit: Visit, workspace: fg.Workspace, rule: dict[str, Any]
) -> None:
    kept = keep(workspace, "Drawn", rule)
    user = await builder(visit, edit_url("Drawn"))
    assert await text_of(user) == kept
    assert count(user) == len(workspace.segment("Drawn"))


async def test_the_count_follows_what_is_edited(visit: Visit, workspace: fg.Workspace) -> None:
    keep(workspace, "Edited", {"orders": "purchases", "value": 1})
    user = await builder(visit, edit_url("Edited"))
    assert count(user) == PEOPLE * 3 // 4  # every fourth never ordered
    element(user, ui.number, aria_label="Number").set_value(2)
    more = workspace.segments.preview({"orders": "purchases", "value": 2}).people
    await until(lambda: count(user) == more != PEOPLE * 3 // 4)
    await see(user, "number of purchases at least 2")
    assert await text_of(user) == {"rule": 1, "orders": "purchases", "value": 2}


async def test_what_is_typed_outlives_the_choice_of_the_trait(visit: Visit, workspace: fg.Workspace) -> None:
    keep(workspace, "Typed", {"trait": "city", "value": "London"})
    user = await builder(visit, edit_url("Typed"))
    field = element(user, ui.select, "fg-filter-value")
    with user:
        element(user, ui.select, aria_label="Comparison").set_value("is_not")
    await until(lambda: count(user) == PEOPLE // 2)
    with user:
        element(user, ui.select, aria_label="Choose a trait").set_value("name")
    assert element(user, ui.select, "fg-filter-value") is field
    assert (field.value, "London" in field.options) == ([], False)
    with user:
        element(user, ui.select, aria_label="Comparison").set_value("within_last")
    assert field.is_deleted


async def test_a_condition_and_a_group_are_added_and_taken_away_in_place(visit: Visit) -> None:
    user = await builder(visit, "/segments/new")
    assert count(user) == PEOPLE
    user.find("Add a group").click()
    await until(lambda: len(elements(user, ui.element, "fg-tree-group")) == 2)
    assert count(user) == PEOPLE  # a group without anything in it does not count
    await add(user, "Reach", group=1)
    await until(lambda: len(elements(user, ui.element, "fg-tree-condition")) == 1)
    await until(lambda: count(user) == 0)
    await tell(user, element(user, ui.button, aria_label="Must not be met"), "click")
    await until(lambda: count(user) == PEOPLE)
    await tell(user, element(user, ui.button, aria_label="Take this condition away"), "click")
    await until(lambda: not elements(user, ui.element, "fg-tree-condition"))


async def test_what_is_wrong_is_said_at_its_condition(visit: Visit) -> None:
    user = await builder(visit, "/segments/new")
    await paste(user, '{"all": [{"segment": "Names it"}, {"not": {"trait": "ctiy", "value": "London"}}]}')
    await until(lambda: "There is no trait “ctiy”. Nearest: city." in texts(user, "fg-tree-condition"))
    boxes = elements(user, ui.element, "fg-tree-condition")
    assert any("ctiy" in str(getattr(one, "text", "")) for one in boxes[1].descendants())
    await see(user, "The rule cannot be computed as it is")


async def test_a_text_that_is_no_rule_is_refused_in_the_dialog(visit: Visit) -> None:
    user = await builder(visit, "/segments/new")
    await paste(user, "all: [{event: }]")
    await see(user, "all[0].event")


async def test_a_rule_is_pasted_as_yaml_and_saved_under_a_name(visit: Visit, workspace: fg.Workspace) -> None:
    user = await builder(visit, "/segments/new")
    await paste(user, "any:\n  - {orders: purchases, value: 3}\n  - not: {trait: city, value: London}\n")
    await until(lambda: len(elements(user, ui.element, "fg-tree-condition")) == 2)
    element(user, ui.input, label="Name of the segment").set_value("Pasted")
    user.find("Save the segment").click()
    await until(lambda: "Pasted" in {one.name for one in workspace.segments.all()})
    rule = {"any": [{"orders": "purchases", "value": 3}, {"not": {"trait": "city", "value": "London"}}]}
    assert workspace.segments.get("Pasted").rule == {"rule": 1, **rule}


async def test_a_rule_that_lacks_something_is_not_saved(visit: Visit, workspace: fg.Workspace) -> None:
    user = await builder(visit, "/segments/new")
    await add(user, "Segment")
    element(user, ui.input, label="Name of the segment").set_value("Lacking")
    user.find("Save the segment").click()
    await see(user, "Something is still missing here")
    assert "Lacking" not in {one.name for one in workspace.segments.all()}


async def test_a_draft_is_kept_with_each_change_and_offered_again(visit: Visit, workspace: fg.Workspace) -> None:
    again = await begun_again(visit, workspace)
    await see(again, "You have an unsaved draft of")
    assert element(again, ui.number, aria_label="Number").value == 77
    again.find("Discard").click()
    await until(lambda: element(again, ui.number, aria_label="Number").value == 1)
    await until(lambda: not _drafts(workspace))


async def test_what_is_edited_while_a_draft_is_being_dropped_stays(visit: Visit, workspace: fg.Workspace) -> None:
    again = await begun_again(visit, workspace)
    with workspace.ops.session() as session:
        session.connection()  # from here on, whoever drops the draft waits
        again.find("Discard").click()
        await until(lambda: not texts(again, "fg-draft"))
        element(again, ui.number, aria_label="Number").set_value(5)
    await until(lambda: texts(again, "fg-preview-people") and not elements(again, ui.element, "fg-busy"))
    await see(again, "Draft saved")
    assert element(again, ui.number, aria_label="Number").value == 5


async def test_a_condition_that_takes_itself_away_leaves_a_page_that_can_be_answered(visit: Visit) -> None:
    user = await visit("/segments/new", language="zh-CN")
    languages: list[str] = []

    def changed() -> None:
        gc.collect()  # at any time, what was deleted is freed
        languages.append(current_language())

    with user, ui.element():
        RuleBuilder(RuleTree({"orders": "purchases", "value": 1}), Catalogue(served()).read(), changed)
    await tell(user, elements(user, ui.button, aria_label="移除该条件")[-1], "click")
    assert languages == ["zh_CN"]


def _drafts(workspace: fg.Workspace) -> list[str]:
    with workspace.ops.reading() as session:
        return list(session.scalars(select(DraftTable.key).where(DraftTable.key == "segment/edit/Begun")))


async def test_a_segment_shows_as_many_people_as_it_counts(visit: Visit, workspace: fg.Workspace, server: FastAPI) -> None:
    user = await visit(segment_url(ODD))
    await until(lambda: elements(user, ui.table))
    await until(lambda: element(user, ui.table).pagination.get("rowsNumber") == PEOPLE // 2)
    assert str(PEOPLE // 2) in texts(user, "fg-kpi")
    assert "city is “London”" in texts(user, "fg-tree-sentence")
    async with browser(server, "en-US", "admin") as client:
        file = await client.get(people_csv_url(ODD))
    assert len(file.text.splitlines()) == len(workspace.segment(ODD)) + 1


async def test_a_portrait_tells_what_marks_the_people(visit: Visit) -> None:
    user = await visit(segment_url(ODD))
    await until(lambda: texts(user, "fg-signs"))
    assert texts(user, "fg-signs")[:4] == ["city", "London", "100.0% · 50.0% of all", "index 200"]


async def test_a_portrait_masks_what_the_reader_may_not_see(visit: Visit) -> None:
    user = await visit(segment_url(ODD), role="viewer")
    await until(lambda: texts(user, "fg-signs"))
    assert not any(text.startswith("Person ") for text in texts(user, "fg-signs"))


async def test_why_somebody_is_in_a_segment_is_explained(visit: Visit) -> None:
    user = await visit(segment_url(ODD))
    await until(lambda: elements(user, ui.input, aria_label="Id of a person"))
    for who, verdict, found in (("user-002", "is in the segment", "London"), ("user-001", "is not in the segment", "Shanghai")):
        element(user, ui.input, aria_label="Id of a person").set_value(who)
        user.find("Explain").click()
        await see(user, verdict)
        await see(user, f"found: {found}")
    element(user, ui.input, aria_label="Id of a person").set_value("nobody")
    user.find("Explain").click()
    await see(user, "nobody")


async def test_a_segment_that_a_rule_names_is_not_deleted(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit(segment_url(ODD))
    user.find("Delete").click()
    await until(lambda: elements(user, ui.dialog))
    await tell(user, elements(user, ui.button, color="negative")[-1], "click")
    await until(lambda: user.notify.contains("Names it"))
    assert workspace.segments.get(ODD)


async def test_the_list_is_searched_by_name_and_by_rule(visit: Visit) -> None:
    user = await visit("/segments")
    await until(lambda: elements(user, ui.table) and len(element(user, ui.table).rows) > 1)
    element(user, ui.input, aria_label="Search segments").set_value("of london")
    await until(lambda: [row["name"] for row in element(user, ui.table).rows] == [ODD])
    row = element(user, ui.table).rows[0]
    assert (row["size"], row["share"], row["href"]) == (str(PEOPLE // 2), "50.0%", segment_url(ODD))


async def test_days_that_are_kept_are_drawn_as_lines(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit(segment_url(ODD))
    await see(user, "a line appears with the second day")
    last = workspace.zone.day_of(workspace.as_of()) - timedelta(days=2)  # the last day is not over yet
    with acting_as(SYSTEM):
        workspace.history.fill(last - timedelta(days=4), last)
    again = await visit(segment_url(ODD))
    await until(lambda: elements(again, ThemedChart))
    sizes = element(again, ThemedChart).options["series"][0]["data"]
    assert len(sizes) in {5, 6}  # the server may have kept the running day
    assert set(sizes) == {PEOPLE // 2}
    await see(again, "0 came and 0 left in the days shown.")
    listed = await visit("/segments")
    await until(lambda: any(row.get("trend") for row in (element(listed, ui.table).rows if elements(listed, ui.table) else [])))
    trends = {row["name"]: row.get("trend_text") for row in element(listed, ui.table).rows}
    assert str(trends[ODD]).startswith("from 60 to 60 in ")


async def test_a_segment_without_two_days_says_when_its_line_comes(visit: Visit, workspace: fg.Workspace) -> None:
    with acting_as(SYSTEM):
        workspace.segments.save("Made just now", [1])
    user = await visit("/segments")
    await until(lambda: any(row.get("trend_text") for row in (element(user, ui.table).rows if elements(user, ui.table) else [])))
    (row,) = [row for row in element(user, ui.table).rows if row["name"] == "Made just now"]
    assert (row.get("trend"), row["trend_text"]) == (None, "A line appears with the second day.")


async def test_a_list_is_made_of_ids_and_tells_the_unknown_ones(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/segments/new-list")
    element(user, ui.input, label="Name of the segment").set_value("Called")
    element(user, ui.textarea).set_value("user_id,name\nuser-001,x\nghost,y\nuser-002,z\nuser-001,x")
    await see(user, "1 id that nobody has:")
    assert "ghost" in texts(user)
    user.find("Save the list").click()
    await until(lambda: "Called" in {one.name for one in workspace.segments.all()})
    assert len(workspace.segment("Called")) == 2


async def test_a_list_has_the_ids_that_stand_there_when_it_is_saved(visit: Visit, workspace: fg.Workspace) -> None:
    user = await visit("/segments/new-list")
    element(user, ui.input, label="Name of the segment").set_value("Typed on")
    element(user, ui.textarea).set_value("user-001")
    await see(user, "of 1 id")
    element(user, ui.textarea).set_value("user-001\nuser-002\nuser-003")
    user.find("Save the list").click()
    await until(lambda: "Typed on" in {one.name for one in workspace.segments.all()})
    assert len(workspace.segment("Typed on")) == 3


async def test_the_builder_of_a_list_leads_to_its_page(workspace: fg.Workspace, server: FastAPI) -> None:
    with acting_as(SYSTEM):
        workspace.segments.save("Fixed", [1])
    async with browser(server, "en-US", "admin") as client:
        answer = await client.get(edit_url("Fixed"))
    assert (answer.status_code, answer.headers["location"]) == (307, segment_url("Fixed"))


async def test_a_viewer_sees_names_masked_and_cannot_save(visit: Visit) -> None:
    user = await builder(visit, edit_url(ODD), role="viewer")
    await until(lambda: elements(user, ui.table))
    names = [row["name"] for row in element(user, ui.table).rows]
    assert names
    assert not any(name.startswith("Person") for name in names)
    with user:
        (save,) = [one for one in elements(user, ui.button) if one.text == "Save the segment"]
    assert not save.enabled


async def test_the_builder_speaks_chinese(visit: Visit) -> None:
    user = await builder(visit, edit_url(ODD), language="zh-CN")
    assert {"人群规则", "预估人数", "样本用户"} <= set(texts(user))
    assert links(user, "fg-back")
