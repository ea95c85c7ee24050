"""What a notebook gets from a workspace: results that agree with each other, whichever question is asked."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

import finegrain as fg
from finegrain.audience.tiers.contract import SCHEMES, SchemeName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.postgres import PostgresServer

    from finegrain.workspace import Workspace

FIRST = date(2024, 1, 1)
MOMENTS = ("2024-02-01", "2024-03-15T12:00", "2024-06-01", None)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """On each engine of the ops store, a shop of 40 people with 300 orders over 150 days, some of them taken back."""
    folder = tmp_path_factory.mktemp("shop")
    rng = np.random.default_rng(11)
    rows = ["order_id,user_id,ordered_at,amount"]
    for number in range(300):
        who, day = rng.integers(0, 40), rng.integers(0, 150)
        at = FIRST + timedelta(days=int(day))
        rows.append(f"{number},u{who:02},{at} {rng.integers(0, 24):02}:00,{rng.integers(0, 50_000) / 100}")
        if rng.random() < 0.1:
            rows.append(f"{number},u{who:02},{at + timedelta(days=9)} 12:00,-{rng.integers(1, 20_000) / 100}")
    (folder / "orders.csv").write_text("\n".join(rows), encoding="utf-8")
    ops_url = ""
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        ops_url = server.url(server.create_database())  # goes with the server
    with fg.open(folder / "shop", ops_url=ops_url, zone="Asia/Shanghai", currency="CNY") as workspace:
        workspace.import_orders(folder / "orders.csv")
        yield workspace


@pytest.mark.parametrize("moment", MOMENTS)
def test_all_schemes_hold_the_same_people_and_money(shop: Workspace, moment: str | None) -> None:
    results = [shop.tiers(scheme, moment) for scheme in SCHEMES]
    assert {result.total for result in results} == {40}
    assert len({sum(tier.revenue_minor for tier in result.tiers) for result in results}) == 1
    assert len({sum(tier.purchases for tier in result.tiers) for result in results}) == 1


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_count_is_the_list_in_the_directory_too(shop: Workspace, scheme: SchemeName) -> None:
    as_of = shop.as_of()
    for tier in shop.tiers(scheme).tiers:
        page = shop.directory.search(as_of=as_of, tiers={scheme: tier.key}, show_tiers=(scheme,), per_page=100)
        assert page.total == tier.people == len(page.rows)
        assert {row.tiers[scheme] for row in page.rows} <= {tier.key}
        assert sum(row.revenue_minor for row in page.rows) == tier.revenue_minor


@pytest.mark.parametrize("scheme", SCHEMES)
def test_everybody_can_be_explained_and_the_move_comes_true(shop: Workspace, scheme: SchemeName) -> None:
    as_of = shop.as_of("2024-06-01")
    result = shop.tiers(scheme, as_of, {"view": "eight", "split": "fixed"} if scheme == "rfm" else None)
    for person in result.assignment.person_ids.tolist()[:12]:
        said = result.explain(person)
        assert said.tier == result.tier_of(person)
        if said.moves_at is not None and scheme != "value":
            later = shop.tiers(scheme, said.moves_at, {row.name: row.value for row in result.thresholds})
            assert later.tier_of(person) == said.moves_to


def test_orders_and_refunds_of_everybody_add_up_to_the_tiers(shop: Workspace) -> None:
    as_of, total = shop.as_of("2024-06-01"), 0
    for person in shop.tiers("value", as_of).assignment.person_ids.tolist():
        total += sum(row.net_minor for row in shop.index.orders(person, as_of))
        total -= sum(refund.amount_minor for refund in shop.index.unmatched_refunds(person, as_of))
    assert total == sum(tier.revenue_minor for tier in shop.tiers("value", as_of).tiers)


def test_the_overview_of_everything_is_the_sum_of_the_tiers(shop: Workspace) -> None:
    last = date(2024, 6, 30)
    figures = shop.overview(FIRST, last).figures
    tiers = shop.tiers("frequency", last + timedelta(days=1)).tiers
    assert figures.orders == sum(tier.purchases for tier in tiers)
    assert figures.revenue_minor == sum(tier.revenue_minor for tier in tiers)
    assert figures.people == sum(tier.people for tier in tiers)


@pytest.mark.parametrize(("rows", "columns"), [("rfm", "value"), ("activity", "lifecycle"), ("frequency", "frequency")])
def test_matrix_and_tiers_tell_the_same(shop: Workspace, rows: SchemeName, columns: SchemeName) -> None:
    matrix = shop.matrix(rows, columns, "2024-06-01")
    told = json.loads(json.dumps(matrix.to_dict()))
    assert told["row_tiers"] == shop.tiers(rows, "2024-06-01").to_dict()["tiers"]
    assert told["column_tiers"] == shop.tiers(columns, "2024-06-01").to_dict()["tiers"]
    assert sum(cell["share"] for cell in told["cells"]) == pytest.approx(1)


def test_past_moments_stay_as_they_were_when_more_is_imported(shop: Workspace) -> None:
    before = shop.tiers("rfm", "2024-03-01").to_dict()
    path = shop.home / "more.csv"
    path.write_text("order_id,user_id,ordered_at,amount\nnew,u01,2024-05-30 10:00,9.90\n", encoding="utf-8")
    shop.import_orders(path)
    assert shop.tiers("rfm", "2024-03-01").to_dict() == before


def test_results_read_well_in_a_notebook(shop: Workspace) -> None:
    overview = shop.overview(FIRST, date(2024, 5, 31))
    assert overview.to_pandas()["orders"].sum() == overview.figures.orders
    assert overview.to_arrow().num_rows == len(overview.series.starts)
    assert shop.tiers("rfm")._repr_html_().count("<tr>") == 1 + 9
