"""The pages of the analysis over a real workspace, without a browser: every kind, its form, its people and its files."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

import numpy as np
import pytest
from nicegui import ui
from tests.integration.console.conftest import address, browser, element, elements, see, tell, texts, until

from finegrain.access.acting import SYSTEM, acting_as
from finegrain.access.contract import Actor
from finegrain.access.roles import GRANTS
from finegrain.behaviour.dashboards.contract import Card, Dashboard
from finegrain.console.pages.analysis.address import AnalysisAddress
from finegrain.console.pages.analysis.answering import answer
from finegrain.console.pages.analysis.answers import ANSWERS, Reporting
from finegrain.console.pages.analysis.charts import figures_of, table_of
from finegrain.console.pages.analysis.contract import Cell, ResultTable, TableColumn
from finegrain.console.pages.analysis.kinds import ANALYSES
from finegrain.console.pages.analysis.result_table import ResultTableView
from finegrain.console.pages.dashboards.board_card import card_answer
from finegrain.console.theme import LIGHT
from finegrain.console.widgets.charts import ThemedChart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI
    from nicegui.testing import User
    from tests.integration.console.conftest import Visit

    import finegrain as fg

pytestmark = pytest.mark.asyncio(loop_scope="module")
VISIT, ORDER = "Page Viewed", "Order Completed"
OF_PEOPLE = {
    "People", "Left before", "New", "Returning", "Resurrected", "Fell silent", "Left, not back", "Silent with it",
}  # fmt: skip
"""Columns that count people, each once."""
PERIOD = {"period": "2024-01-01..2024-05-31"}
QUERIES: dict[str, dict[str, Any]] = {
    "trends": {
        "series": [VISIT, {"event": ORDER, "measure": "sum", "property": "total"}],
        "formulas": ["B / A"], "granularity": "month", "compare": True, "breakdown": {"property": "city", "of": "person"},
    },
    "funnel": {
        "steps": [VISIT, {"event": ORDER, "filters": [{"property": "total", "op": "gte", "value": 40}]}],
        "window": "90d", "order": "any", "granularity": "month", "breakdown": {"property": "city", "of": "person"},
    },
    "retention": {
        "start": ORDER, "returns": ORDER, "granularity": "month", "cohort": "recurring", "periods": 4, "mode": "on_or_after",
        "filters": [{"property": "city", "of": "person", "op": "is_not", "value": "Ulm"}],
    },
    "paths": {"end": ORDER, "scope": "window", "window": "60d", "depth": 4, "patterns": [{"pattern": "Page*", "name": "Page"}]},
    "intervals": {"start": ORDER, "end": ORDER, "window": "60d", "granularity": "month", "closing": "every"},
    "distribution": {
        "event": ORDER, "measure": "sum", "property": "total", "breaks": [50, 100.5], "audience": {"tier": "value/high"},
    },
    "attribution": {"conversion": ORDER, "touches": [VISIT], "money": "total", "models": ["first", "decay"], "lookback": "90d"},
    "lifecycle": {"event": ORDER, "granularity": "month", "breakdown": {"property": "city", "of": "person", "limit": 3}},
    "stickiness": {"event": "*", "granularity": "month"},
    "churn": {"silence": "60d", "lookback": "14d", "least": 5},
    "process": {"steps": [VISIT, ORDER], "window": "90d", "value": "total", "breakdowns": [{"property": "city", "of": "person"}]},
}  # fmt: skip


def path(kind: str, query: dict[str, Any] | None = None, select: dict[str, Any] | None = None, file: str = "") -> str:
    asked = f"q={quote(json.dumps(query if query is not None else QUERIES[kind] | PERIOD))}"
    chosen = f"&select={quote(json.dumps(select))}" if select else ""
    return f"/analysis/{kind}{file}?{asked}{chosen}"


async def answered(visit: Visit, kind: str, query: dict[str, Any] | None = None, **options: Any) -> User:
    user = await visit(path(kind, query), **options)
    # The first question of a kind waits for its kernels to be compiled.
    await until(
        lambda: any(table.rows for table in elements(user, ui.table, "fg-result-table", aria_label="Figures")), tries=6_000
    )
    return user


def query_shown(user: User) -> dict[str, Any]:
    query: dict[str, Any] = json.loads(parse_qs(urlsplit(address(user)).query)["q"][0])
    return query


def cells(user: User) -> list[list[str]]:
    table = element(user, ui.table, "fg-result-table", aria_label="Figures")
    return [[row[column["name"]]["t"] for column in table.columns] for row in table.rows]


def result_of(workspace: fg.Workspace, kind: str, query: dict[str, Any]) -> Any:
    return workspace.queries.answer(kind, query, workspace.as_of())


def doors(options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for series in options["series"]:
        for item in (*series.get("data", ()), *series.get("links", ())):
            if isinstance(item, dict) and item.get("door"):
                yield item


@pytest.mark.parametrize("kind", list(ANALYSES))
async def test_every_kind_shows_what_the_engine_answers(visit: Visit, workspace: fg.Workspace, kind: str) -> None:
    user = await answered(visit, kind)
    expected = table_of(kind, result_of(workspace, kind, QUERIES[kind] | PERIOD))
    assert cells(user) == [[cell.text for cell in row] for row in expected.rows]


@pytest.mark.parametrize("kind", list(ANALYSES))
async def test_every_form_holds_the_whole_question(visit: Visit, kind: str) -> None:
    user = await answered(visit, kind)
    assert query_shown(user) == QUERIES[kind] | PERIOD


@pytest.mark.parametrize("kind", list(ANALYSES))
async def test_every_kind_begins_with_a_question_of_its_own(visit: Visit, kind: str) -> None:
    user = await visit(f"/analysis/{kind}")
    await until(lambda: "?q=" in address(user))
    await until(lambda: texts(user, "fg-kpi-label") or texts(user, "fg-state-title"))


@pytest.mark.parametrize("kind", list(ANALYSES))
async def test_every_number_with_a_door_has_people(visit: Visit, workspace: fg.Workspace, kind: str) -> None:
    user = await answered(visit, kind)
    query = QUERIES[kind] | PERIOD
    charts = elements(user, ThemedChart)
    found = [door for chart in charts for door in doors(chart._build(LIGHT))]
    result = result_of(workspace, kind, query)
    selects = [cell.select for row in table_of(kind, result).rows for cell in row if cell.select]
    selects += [figure.select for figure in figures_of(kind, result) if figure.select]
    for select in [*(item["door"] for item in found), *selects]:
        assert len(workspace.queries.people(kind, query, select, workspace.as_of())) > 0
    assert selects


@pytest.mark.parametrize("kind", [kind for kind in ANALYSES if kind not in {"trends", "attribution"}])
async def test_a_number_of_people_is_as_long_as_their_list(workspace: fg.Workspace, kind: str) -> None:
    query = QUERIES[kind] | PERIOD
    table = table_of(kind, result_of(workspace, kind, query))
    counted = [(column, cell) for row in table.rows for column, cell in zip(table.columns, row, strict=True) if cell.select]
    for column, cell in counted:
        people = workspace.queries.people(kind, query, cell.select or {}, workspace.as_of())
        if column.label in OF_PEOPLE:
            assert len(people) == abs(int(str(cell.value)))
        assert len(np.unique(people)) == len(people)


@pytest.mark.parametrize("kind", [kind for kind in ANALYSES if isinstance(ANSWERS[kind], Reporting)])
async def test_a_report_says_what_the_engine_says(visit: Visit, workspace: fg.Workspace, kind: str) -> None:
    user = await answered(visit, kind)
    said = [sentence.text for sentence in result_of(workspace, kind, QUERIES[kind] | PERIOD).report()]
    assert texts(user, "fg-told") == said


@pytest.mark.parametrize("kind", [kind for kind in ANALYSES if isinstance(ANSWERS[kind], Reporting)])
async def test_every_sentence_and_further_table_leads_to_people(workspace: fg.Workspace, kind: str) -> None:
    query, reads = QUERIES[kind] | PERIOD, ANSWERS[kind]
    assert isinstance(reads, Reporting)
    result = result_of(workspace, kind, query)
    selects = [told.select for told in reads.sentences(result)]
    selects += [cell.select for named in reads.further(result) for row in named.table.rows for cell in row]
    for select in filter(None, selects):
        assert len(workspace.queries.people(kind, query, select, workspace.as_of())) > 0
        assert reads.title(result, select)


async def test_a_click_opens_the_people_and_the_address_holds_them(visit: Visit) -> None:
    user = await answered(visit, "funnel", {"steps": [VISIT, ORDER], "window": "90d"} | PERIOD)
    table = element(user, ui.table, "fg-result-table", aria_label="Figures")
    await tell(user, table, "door", [0, "c1"])
    await see(user, f"{cells(user)[0][1]} people")
    assert json.loads(parse_qs(urlsplit(address(user)).query)["select"][0]) == {"step": 1}


@pytest.mark.parametrize("said", [[0, "c0"], [99, "c1"], [-1, "c1"], [0, "c99"], [0, "x"], [0, "c-1"]])
async def test_a_click_on_what_is_no_number_opens_nothing(visit: Visit, said: list[Any]) -> None:
    user = await answered(visit, "funnel", {"steps": [VISIT, ORDER]} | PERIOD)
    before = address(user)
    await tell(user, element(user, ui.table, "fg-result-table", aria_label="Figures"), "door", said)
    assert address(user) == before


async def test_an_edit_is_answered_and_kept_in_the_address(visit: Visit) -> None:
    user = await answered(visit, "funnel", {"steps": [VISIT, ORDER]} | PERIOD)
    with user:
        element(user, ui.select, aria_label="Order of the steps").set_value("any")
    await until(lambda: query_shown(user).get("order") == "any")
    await until(lambda: cells(user)[0][0] == "1 steps")


async def test_of_several_edits_only_the_last_is_shown(visit: Visit) -> None:
    user = await answered(visit, "trends", {"series": [VISIT]} | PERIOD)
    with user:
        for granularity in ("week", "quarter", "month"):
            element(user, ui.select, aria_label="Granularity").set_value(granularity)
    await until(lambda: [row[0] for row in cells(user)][1:3] == ["2024-01-01", "2024-02-01"])
    assert query_shown(user)["granularity"] == "month"


async def test_an_unfinished_form_asks_nothing(visit: Visit) -> None:
    user = await answered(visit, "funnel", {"steps": [VISIT, ORDER]} | PERIOD)
    before = address(user)
    with user:
        element(user, ui.select, "fg-event-select", aria_label="Step 2").set_value(None)
    await until(lambda: element(user, ui.select, "fg-event-select", aria_label="Step 2").value is None)
    assert address(user) == before


async def test_what_is_typed_outlives_the_choice_of_what_it_is_compared_with(visit: Visit) -> None:
    user = await answered(visit, "funnel", {"steps": [VISIT, ORDER], "filters": [{"property": "path", "value": "/"}]} | PERIOD)
    before = element(user, ui.select, "fg-filter-value", aria_label="Values")
    (prop,) = [each for each in elements(user, ui.select, "fg-attribute", aria_label="Property") if each.visible]
    with user:
        element(user, ui.select, aria_label="Comparison").set_value("is_not")
    await until(lambda: query_shown(user)["filters"] == [{"property": "path", "op": "is_not", "value": "/"}])
    with user:
        prop.set_value("event.currency")
    assert elements(user, ui.select, "fg-filter-value", aria_label="Values") == [before]
    assert (before.value, before.options) == ([], ["CNY"])
    with user:
        prop.set_value("event.total")
        element(user, ui.select, aria_label="Comparison").set_value("lt")
    assert before.is_deleted
    with user:
        element(user, ui.number, "fg-filter-value").set_value(40)
        element(user, ui.select, aria_label="Comparison").set_value("gt")
    await until(lambda: query_shown(user)["filters"] == [{"property": "total", "op": "gt", "value": 40}])


async def test_what_is_wrong_stands_at_its_field(visit: Visit) -> None:
    user = await visit(path("funnel", {"steps": [VISIT, ORDER], "window": "9999d"}))
    await until(lambda: any("9999d" in text for text in texts(user, "fg-ask-field-problem")))
    (problem,) = [text for text in texts(user, "fg-ask-field-problem") if text]
    assert problem == "9999d is not possible here: give a length of time such as 30m, 12h, 7d or 2w, at most 3660d."


@pytest.mark.parametrize("q", ["{", "[]", '{"steps":1}', '{"nonsense":true}', '{"steps":["Page Viewed"],"order":"odd"}'])
async def test_a_broken_link_is_told_and_replaced_by_a_question_that_works(visit: Visit, q: str) -> None:
    user = await visit(f"/analysis/funnel?q={quote(q)}")
    await until(lambda: any(texts(user, "fg-ask-field-problem")))
    await until(lambda: address(user))
    assert query_shown(user)["steps"]


async def test_a_preset_is_asked_at_once(visit: Visit) -> None:
    user = await answered(visit, "intervals")
    user.find("From order to order").click()
    await until(lambda: query_shown(user).get("window") == "180d")


async def test_nothing_in_the_period_offers_all_time(visit: Visit) -> None:
    user = await visit(path("funnel", {"steps": [VISIT, ORDER], "period": "2020-01-01..2020-02-01"}))
    await see(user, "Nothing of this happened from 2020-01-01 to 2020-02-01")
    user.find("Ask of all time").click()
    await until(lambda: any(table.rows for table in elements(user, ui.table, "fg-result-table", aria_label="Figures")))
    assert query_shown(user)["period"] == "all"


async def test_the_stages_lead_from_everything_to_each_event(visit: Visit, workspace: fg.Workspace) -> None:
    query = {"steps": [VISIT, ORDER], "audience": {"tier": "value/high"}} | PERIOD
    user = await answered(visit, "funnel", query)
    with user:
        element(user, ui.expansion, icon="rule").set_value(True)
    await until(lambda: texts(user, "fg-stage-label"))
    assert texts(user, "fg-stage-label") == ["Everything in the period", "Of the audience", VISIT, ORDER]
    total = result_of(workspace, "trends", {"series": ["*"], **PERIOD}).total.lines[0].total
    assert f"{total:,} events" in texts(user, "fg-stage")


async def test_who_sees_data_masked_is_told_no_values_of_traits(visit: Visit) -> None:
    query = {"event": ORDER, "breakdown": {"property": "name", "of": "person", "limit": 3}} | PERIOD
    user = await answered(visit, "distribution", query, role="viewer")
    names = {row[0] for row in cells(user)}
    assert all("•••" in name for name in names - {"All", "Other", "No value"})
    assert len(names) > 3
    plain = await answered(visit, "distribution", query)
    assert any(row[0].startswith("Person ") for row in cells(plain))


async def test_a_viewer_may_not_keep_segments(visit: Visit) -> None:
    user = await visit(path("funnel", {"steps": [VISIT, ORDER]} | PERIOD, {"step": 1}), role="viewer")
    await until(lambda: [button for button in elements(user, ui.button) if button.text == "Save as a segment"])
    (button,) = [button for button in elements(user, ui.button) if button.text == "Save as a segment"]
    assert not button.enabled


async def test_figures_are_a_file(server: FastAPI, workspace: fg.Workspace) -> None:
    async with browser(server) as session:
        reply = await session.get(path("funnel", file=".csv"))
    rows = list(csv.reader(io.StringIO(reply.text.lstrip("\ufeff"), newline="")))
    expected = table_of("funnel", result_of(workspace, "funnel", QUERIES["funnel"] | PERIOD))
    assert rows[0] == [column.label for column in expected.columns]
    assert [row[2] for row in rows[1:]] == [str(row[2].value) for row in expected.rows]


async def test_people_are_a_file_as_long_as_the_number(server: FastAPI, workspace: fg.Workspace) -> None:
    query = {"steps": [VISIT, ORDER], "window": "90d"} | PERIOD
    async with browser(server) as session:
        reply = await session.get(path("funnel", query, {"step": 1, "outcome": "converted"}, "/people.csv"))
    assert len(reply.text.splitlines()) - 1 == result_of(workspace, "funnel", query).total.steps[0].count


@pytest.mark.parametrize(
    ("where", "status"),
    [
        ("/analysis/astrology", 404),
        ("/analysis/astrology.csv", 404),
        ("/analysis/funnel.csv", 400),
        (path("funnel", {"steps": ["Nope", ORDER]}, file=".csv"), 404),
        (path("funnel", {"steps": [VISIT, ORDER]}, {"step": 9}, "/people.csv"), 400),
    ],
)
async def test_what_is_not_there_is_refused(server: FastAPI, where: str, status: int) -> None:
    async with browser(server) as session:
        assert (await session.get(where)).status_code == status


async def test_the_index_leads_to_every_kind(visit: Visit) -> None:
    user = await visit("/analysis", language="zh-CN")
    found = {str(link.props["href"]) for link in elements(user, ui.element, "fg-analysis-card")}
    assert found == {f"/analysis/{kind}" for kind in ANALYSES}
    assert "用户走到了哪一步，在哪里流失？" in texts(user)


WRITTEN = {
    "funnel": {
        "steps": [VISIT, ORDER, VISIT], "attribution": "step", "attribution_step": 2,
        "exclusions": [ORDER, {"event": ORDER, "after_step": 2, "before_step": 3}],
    },
    "paths": {
        "start": VISIT, "least_count": 2, "least_share": 0.01,
        "patterns": [{"pattern": "Page*", "name": "Page"}, {"pattern": "Order .*", "name": "Order", "kind": "regex"}],
    },
}  # fmt: skip
"""Questions with every field that the first ones leave at its default."""


@pytest.mark.parametrize("kind", list(WRITTEN))
async def test_what_is_seldom_said_has_a_control_too(visit: Visit, kind: str) -> None:
    user = await answered(visit, kind, WRITTEN[kind] | PERIOD)
    assert query_shown(user) == WRITTEN[kind] | PERIOD
    assert not [text for text in texts(user, "fg-hint") if text.startswith("The question also says")]


async def test_a_pattern_counts_once_it_has_a_name(visit: Visit) -> None:
    user = await answered(visit, "paths", {"start": VISIT} | PERIOD)
    user.find("Group names by a pattern").click()
    await until(lambda: elements(user, ui.input, aria_label="Pattern of names"))
    with user:
        element(user, ui.input, aria_label="Pattern of names").set_value("Order*")
        element(user, ui.input, aria_label="Name that they get").set_value("Orders")
    await until(lambda: query_shown(user).get("patterns") == [{"pattern": "Order*", "name": "Orders"}])


async def test_a_wrong_pattern_is_told_at_its_row(visit: Visit) -> None:
    patterns = [{"pattern": "Page*", "name": "Page"}, {"pattern": "(", "name": "Odd", "kind": "regex"}]
    user = await visit(path("paths", {"start": VISIT, "patterns": patterns} | PERIOD))
    await until(lambda: any(texts(user, "fg-ask-field-problem")))
    (problem,) = [text for text in texts(user, "fg-ask-field-problem") if text]
    assert problem.startswith("( is not possible here")


async def test_an_exclusion_is_offered_the_steps_there_are(visit: Visit) -> None:
    user = await answered(visit, "funnel", {"steps": [VISIT, ORDER, VISIT], "exclusions": [ORDER]} | PERIOD)
    assert element(user, ui.select, aria_label="Counts after step").options == {1: "after step 1", 2: "after step 2"}
    with user:
        element(user, ui.select, aria_label="Counts before step").set_value(2)
    await until(lambda: query_shown(user)["exclusions"] == [{"event": ORDER, "before_step": 2}])


async def test_the_step_whose_value_counts_is_asked_only_where_it_is_said_to(visit: Visit) -> None:
    user = await answered(visit, "funnel", {"steps": [VISIT, ORDER]} | PERIOD)
    number = element(user, ui.number, aria_label="Number of that step")
    box = number.parent_slot.parent  # type: ignore[union-attr]
    assert not box.visible
    with user:
        element(user, ui.select, aria_label="Value of the breakdown").set_value("step")
        number.set_value(2)
    await until(lambda: box.visible)
    await until(lambda: query_shown(user).get("attribution_step") == 2)


OF_NAMES = QUERIES["process"] | PERIOD | {"breakdowns": [{"property": "name", "of": "person"}]}
LOOKER = Actor("user", 1, "looker", GRANTS["viewer"])


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("actor", [LOOKER, SYSTEM], ids=["masked", "plain"])
async def test_a_diagnosis_names_people_only_to_who_may_see_them(actor: Actor) -> None:
    with acting_as(actor):
        pages = answer(AnalysisAddress("process", OF_NAMES)).result, card_answer(*board("process", OF_NAMES)).result
    for result in pages:
        names = {group.group.name for split in result.splits for group in split.groups if group.group.kind == "value"}
        assert names
        assert all(name.startswith("Person ") == (actor is SYSTEM) for name in names)


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("actor", [LOOKER, SYSTEM], ids=["masked", "plain"])
async def test_what_a_dashboard_is_exported_from_is_masked(actor: Actor) -> None:
    monday, card = board("lifecycle", {"event": ORDER, "breakdown": {"property": "name", "of": "person"}} | PERIOD)
    with acting_as(actor):
        found = card_answer(monday, card)
        drawn = found.picture.build(LIGHT) if found.picture else {}
        file = json.dumps(drawn, ensure_ascii=False) + "".join(row[0].text for row in found.table.rows)
    assert ("Person " in file) == (actor is SYSTEM)
    assert ("Pe•••" in file) == (actor is LOOKER)


def board(kind: str, query: dict[str, Any]) -> tuple[Dashboard, Card]:
    made, card = datetime(2024, 6, 1, tzinfo=UTC), Card(1, "By name", kind, query, 2, 2)
    return Dashboard(1, "Monday", "", (card,), made, made, "admin"), card


async def test_rows_that_say_little_are_shown_on_demand(visit: Visit) -> None:
    user = await visit("/analysis")
    rows = tuple((Cell(name, name),) for name in "ABC")
    with user:
        ResultTableView("Figures", print).show(ResultTable((TableColumn("Sign", "text"),), rows, 1, "Show 2 more"))
    assert cells(user) == [["A"]]
    user.find("Show 2 more").click()
    await until(lambda: cells(user) == [["A"], ["B"], ["C"]])
    assert not [button for button in elements(user, ui.button) if button.text == "Show 2 more" and button.visible]


async def test_where_nobody_can_be_compared_the_page_says_why(visit: Visit) -> None:
    user = await visit(path("churn", {"silence": "60d", "period": "2019-10-01..2020-02-01"}))
    await see(user, "There is nobody to compare")
    user.find("Ask of all time").click()
    await until(lambda: "period" not in query_shown(user))
