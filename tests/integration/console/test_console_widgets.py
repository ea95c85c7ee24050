"""Widgets drawn for a real client: cards, matrices, treemaps, states, tables and pickers."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import pytest
from nicegui import ui
from tests.integration.console.conftest import element, elements, links, see, tell, texts, until

from finegrain.console.period import ShownPeriod
from finegrain.console.widgets.cards import Delta, kpi
from finegrain.console.widgets.matrix import matrix, people_cell
from finegrain.console.widgets.period_picker import PeriodPicker
from finegrain.console.widgets.pickers import segmented
from finegrain.console.widgets.states import empty_state, error_state, skeleton
from finegrain.console.widgets.tables import MOST_ROWS, Column, DataTable, TablePage, TableRequest
from finegrain.console.widgets.treemap import Tile, treemap
from finegrain.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nicegui.testing import User
    from tests.integration.console.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")
NEWEST = date(2024, 6, 30)


@contextmanager
def canvas(user: User) -> Iterator[ui.element]:
    """Give an empty place on the page to draw on; what was there is gone."""
    user.current_layout.clear()
    with user, user.current_layout, ui.element("div") as place:
        yield place


async def blank(visit: Visit) -> User:
    return await visit("/import/run/99999")


def turned(**changes: object) -> dict[str, object]:
    """Give what a browser sends when a table is turned."""
    return {"pagination": {"page": 1, "rowsPerPage": 10, "sortBy": None, "descending": True} | changes}


async def test_figure_is_a_door_with_a_name_and_its_change(visit: Visit) -> None:
    user = await blank(visit)
    with canvas(user):
        kpi("Orders", "1,285", delta=Delta(0.064, "vs 30 days before"), path="/people", course=(1, 2, 3), tip="All of them")
    link = next(each for each in elements(user, ui.element) if each.props.get("href") == "/people")
    assert link.props["aria-label"] == "Orders: 1,285"
    assert texts(user, "fg-delta") == ["↑ 6.4%", "vs 30 days before"]
    assert "<svg" in str(element(user, ui.html).content)


async def test_figure_without_an_earlier_one_has_a_dash_for_its_change(visit: Visit) -> None:
    user = await blank(visit)
    with canvas(user):
        kpi("Orders", "3", delta=Delta(None, "vs the day before"))
    assert texts(user, "fg-delta") == ["–", "vs the day before"]
    assert links(user) == []


@pytest.mark.parametrize(("meter", "width"), [(-0.5, "0.0%"), (0.0, "0.0%"), (0.342, "34.2%"), (7.0, "100.0%")])
async def test_meter_never_leaves_its_card(visit: Visit, meter: float, width: str) -> None:
    user = await blank(visit)
    with canvas(user):
        kpi("Repeat rate", "x", meter=meter)
    (bar,) = element(user, ui.element, "fg-meter").default_slot.children
    assert bar.style["width"] == width


async def test_matrix_opens_every_cell_that_counts_somebody(visit: Visit) -> None:
    user = await blank(visit)
    counts = [[0, 4], [100_000, 1]]
    with canvas(user):
        matrix(["a", "b"], ["x", "y"], lambda i, j: people_cell(counts[i][j], f"/{i}{j}", "people"), label="Both")
    assert links(user, "fg-cell") == ["/01", "/10", "/11"]
    assert texts(user, "fg-cell") == ["0", "4", "100K", "1"]


async def test_matrix_of_nobody_shades_nothing(visit: Visit) -> None:
    user = await blank(visit)
    with canvas(user):
        matrix(["a"], ["x"], lambda _i, _j: people_cell(0, "/", "people"), label="Both")
    assert links(user) == []
    assert elements(user, ui.element, "fg-shade") == []


async def test_treemap_draws_the_greatest_first_and_leaves_out_what_has_no_area(visit: Visit) -> None:
    user = await blank(visit)
    sizes = {"small": 1, "none": 0, "large": 8, "middle": 3}
    with canvas(user):
        treemap([Tile(name, str(size), size, 0.5, f"/{name}", name) for name, size in sizes.items()], label="Sizes")
    tiles = elements(user, ui.element, "fg-tile")
    areas = [float(tile.style["width"][:-1]) * float(tile.style["height"][:-1]) for tile in tiles]
    assert [tile.props["href"] for tile in tiles] == ["/large", "/middle", "/small"]
    assert areas == pytest.approx([10_000 * size / 12 for size in (8, 3, 1)], rel=1e-3)


async def test_treemap_of_nothing_is_empty(visit: Visit) -> None:
    user = await blank(visit)
    with canvas(user):
        treemap([], label="Nothing")
    assert elements(user, ui.element, "fg-tile") == []


async def test_error_shows_problem_remedy_and_code_apart(visit: Visit) -> None:
    user = await blank(visit)
    with canvas(user):
        error_state(BadValueError(name="port", value=-1, allowed="0 to 9"))
    assert texts(user, "fg-state-error") == ["port is -1, which is not allowed.", "Give 0 to 9.", "Code: bad_value"]


async def test_empty_state_names_itself_as_a_heading(visit: Visit) -> None:
    user = await blank(visit)
    with canvas(user):
        empty_state("inbox", "Nothing yet")
        skeleton(lines=3)
    heading = next(label for label in elements(user, ui.label) if label.text == "Nothing yet")
    assert (heading.props["role"], heading.props["aria-level"]) == ("heading", "2")
    assert len(elements(user, ui.element, "fg-skeleton-line")) == 3


@pytest.mark.parametrize(
    ("sent", "asked"),
    [
        (turned(page=0, rowsPerPage=0), TableRequest(1, 1, "", descending=True)),
        (turned(page=-5, rowsPerPage=10**9), TableRequest(1, MOST_ROWS, "", descending=True)),
        (turned(page=3, sortBy="name", descending=False), TableRequest(3, 10, "name", descending=False)),
    ],
)
async def test_table_asks_for_no_more_than_a_page(visit: Visit, sent: dict[str, object], asked: TableRequest) -> None:
    user, requests = await blank(visit), []

    def fetch(request: TableRequest) -> TablePage:
        requests.append(request)
        return TablePage(0)

    with canvas(user):
        table = DataTable([Column("name", "Name")], fetch, label="Rows")
    await tell(user, table.table, "request", sent)
    await until(lambda: len(requests) == 2)
    assert requests[1] == asked


async def test_page_that_was_overtaken_is_not_shown(visit: Visit) -> None:
    user, first_may_end, asked = await blank(visit), threading.Event(), []

    def fetch(request: TableRequest) -> TablePage:
        asked.append(request.page)
        if request.page == 1:
            first_may_end.wait(10)
        return TablePage(2, [{"key": request.page, "name": f"page {request.page}"}])

    with canvas(user):
        table = DataTable([Column("name", "Name")], fetch, label="Rows", per_page=1)
    await tell(user, table.table, "request", turned(page=2, rowsPerPage=1))
    await until(lambda: table.table.rows)
    first_may_end.set()
    await until(lambda: len(asked) == 2)
    assert [row["name"] for row in table.table.rows] == ["page 2"]


async def test_table_that_fails_says_why_and_comes_back(visit: Visit) -> None:
    user, broken = await blank(visit), [True]

    def fetch(_request: TableRequest) -> TablePage:
        if broken.pop() if broken else False:
            raise BadValueError(name="page", value=9, allowed="less")
        return TablePage(1, [{"key": 1, "name": "there"}])

    with canvas(user):
        table = DataTable([Column("name", "Name")], fetch, label="Rows")
    await see(user, "page is 9, which is not allowed.")
    assert not table.table.visible
    user.find("Try again").click()
    await until(lambda: table.table.visible)
    assert texts(user, "fg-state-error") == []


async def test_table_says_that_there_is_nothing_once_it_knows(visit: Visit) -> None:
    user, may_end = await blank(visit), threading.Event()

    def fetch(_request: TableRequest) -> TablePage:
        may_end.wait(60)
        return TablePage(0)

    with canvas(user):
        table = DataTable([Column("name", "Name")], fetch, label="Rows", nothing="Nobody at all")
    assert (texts(user), len(elements(user, ui.element, "fg-skeleton"))) == ([], 1)
    assert table.table.props["aria-busy"] == "true"
    may_end.set()
    await see(user, "Nobody at all")
    assert elements(user, ui.element, "fg-skeleton") == []
    assert table.table.props["aria-busy"] == "false"


async def test_browser_that_tells_its_old_pages_does_not_lose_the_new(visit: Visit) -> None:
    user = await blank(visit)
    with canvas(user):
        table = DataTable([Column("name", "Name")], lambda _request: TablePage(57, []), label="Rows")
    await until(lambda: table.table.pagination["rowsNumber"] == 57)
    table.table.pagination = {**table.table.pagination, "rowsNumber": 0}
    await tell(user, table.table, "update:pagination", {})
    assert table.table.pagination["rowsNumber"] == 57


async def test_choice_tells_an_async_function(visit: Visit) -> None:
    user, told = await blank(visit), []

    async def choose(key: str) -> None:
        told.append(key)

    with canvas(user):
        toggle = segmented({"a": "A", "b": "B"}, "a", choose, label="Which")
        toggle.set_value("b")
        toggle.set_value(None)
    await until(lambda: told == ["b"])


async def test_length_of_a_period_ends_with_the_newest_day(visit: Visit) -> None:
    user = await blank(visit)
    told: list[ShownPeriod] = []
    with canvas(user):
        picker = PeriodPicker(ShownPeriod.between(date(2024, 1, 1), date(2024, 1, 9), NEWEST), NEWEST, told.append)
    assert elements(user, ui.button)[0].text == "2024-01-01 – 2024-01-09"
    with user:
        element(user, ui.toggle).set_value("90")
    assert told == [picker.period] == [ShownPeriod.latest(90, NEWEST)]
    assert elements(user, ui.button)[0].text == ""
