"""The demo's files: the same seed gives the same bytes, and what they say hangs together."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pytest

from finegrain.simulate.files import DemoFiles, write_files
from finegrain.simulate.plan import ShopPlan
from finegrain.simulate.shop import simulate_shop

if TYPE_CHECKING:
    from pathlib import Path

PLAN = ShopPlan(until=date(2024, 12, 31), people=1_500, days=200, seed=3)
NAMES = ("people.csv", "orders.csv", "events.parquet", "products.csv", "truth.parquet", "truth.json")


def _write(folder: Path, plan: ShopPlan) -> DemoFiles:
    for_shop, for_portraits = np.random.default_rng(plan.seed).spawn(2)
    return write_files(simulate_shop(plan, for_shop), folder, for_portraits)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return _write(tmp_path_factory.mktemp("demo"), PLAN)


def _ask(files: DemoFiles, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Asia/Shanghai'")
        connection.read_csv(str(files.orders)).create_view("orders")
        connection.read_parquet(str(files.events)).create_view("events")
        connection.read_parquet(str(files.truth_people)).create_view("truth")
        connection.read_csv(str(files.people)).create_view("people")
        return connection.execute(query).fetchall()


def test_same_plan_gives_the_same_bytes(files: DemoFiles, tmp_path: Path) -> None:
    _write(tmp_path, PLAN)
    assert all((tmp_path / name).read_bytes() == (files.folder / name).read_bytes() for name in NAMES)


def test_another_seed_gives_another_shop(files: DemoFiles, tmp_path: Path) -> None:
    _write(tmp_path, ShopPlan(until=PLAN.until, people=PLAN.people, days=PLAN.days, seed=4))
    same = [name for name in NAMES if (tmp_path / name).read_bytes() == (files.folder / name).read_bytes()]
    assert same == ["products.csv"]


def test_lines_of_an_order_add_up_to_its_pieces_less_its_discount(files: DemoFiles) -> None:
    wrong = _ask(
        files,
        """
        SELECT 订单号 FROM orders WHERE 状态 = '已完成' GROUP BY 订单号
        HAVING abs(sum(实付金额) - sum(数量 * 单价) + any_value(优惠总额)) > 0.001
        """,
    )
    assert wrong == []


def test_what_is_given_back_was_bought_before_for_the_same_money(files: DemoFiles) -> None:
    found = _ask(
        files,
        """
        SELECT count(*), count(bought.订单号) FROM orders AS refund
        LEFT JOIN orders AS bought
            ON bought.订单号 = refund.订单号 AND bought.商品ID = refund.商品ID AND bought.用户ID = refund.用户ID
            AND bought.数量 = -refund.数量 AND bought.实付金额 = -refund.实付金额 AND bought.下单时间 < refund.下单时间
        WHERE refund.状态 = '已退款'
        """,
    )
    (refunds, matched) = found[0]
    assert refunds == matched
    assert isinstance(refunds, int)
    assert refunds > 20


def test_orders_follow_the_payment_of_their_session_in_the_events(files: DemoFiles) -> None:
    found = _ask(
        files,
        """
        SELECT
            count(*),
            count(*) FILTER (
                epoch(下单时间::TIMESTAMPTZ) - epoch(events.time) BETWEEN 1 AND 900 AND events.platform = orders.platform
            )
        FROM (SELECT DISTINCT 订单号, 用户ID, 下单时间, platform, session_id FROM orders WHERE 状态 = '已完成') AS orders
        LEFT JOIN events
            ON events.session_id = orders.session_id AND events.user_id = orders.用户ID AND events.event = 'Payment Info Entered'
        """,
    )
    (orders, followed) = found[0]
    assert orders == followed


def test_nothing_happens_before_sign_up_or_outside_the_history(files: DemoFiles) -> None:
    found = _ask(
        files,
        """
        SELECT min(events.time) >= TIMESTAMPTZ '2024-06-15 00:00:00+08', max(events.time) < TIMESTAMPTZ '2025-01-01 00:00:00+08',
            bool_and(events.time >= people.signed_up_at::TIMESTAMPTZ), max(orders.下单时间) < TIMESTAMP '2025-01-01'
        FROM events JOIN people USING (user_id) LEFT JOIN orders ON orders.用户ID = events.user_id
        """,
    )
    assert found == [(True, True, True, True)]


def test_every_person_signs_up_once(files: DemoFiles) -> None:
    assert _ask(files, "SELECT count(*), count(DISTINCT user_id) FROM events WHERE event = 'Signed Up'") == [(1_500, 1_500)]


def test_truth_counts_the_orders_that_the_file_holds(files: DemoFiles) -> None:
    found = _ask(
        files,
        """
        WITH counted AS (SELECT 用户ID AS user_id, count(DISTINCT 订单号) AS n FROM orders GROUP BY 用户ID)
        SELECT bool_and(purchases = coalesce(n, 0)), abs(sum(purchases) / sum(expected_purchases) - 1) < 0.1
        FROM truth LEFT JOIN counted USING (user_id)
        """,
    )
    assert found == [(True, True)]


def test_truth_of_the_shop_names_its_plan_and_laws(files: DemoFiles) -> None:
    truth = json.loads(files.truth.read_text(encoding="utf-8"))
    assert truth["plan"] == PLAN.to_dict() == files.plan()
    assert truth["laws"]["purchase_shape"] > 0
    assert {promotion["name"] for promotion in truth["season"]["promotions"]} >= {"618", "双11"}


@pytest.mark.parametrize(("zone", "currency"), [("America/New_York", "USD"), ("Asia/Tokyo", "JPY")])
def test_other_zones_and_currencies_make_a_shop_too(tmp_path: Path, zone: str, currency: str) -> None:
    files = _write(tmp_path, ShopPlan(until=date(2024, 12, 31), people=200, days=100, zone=zone, currency=currency))
    decimals = _ask(files, "SELECT max(length(split_part(CAST(实付金额 AS VARCHAR), '.', 2))) FROM orders")
    assert decimals == [(0 if currency == "JPY" else 2,)]


def test_a_shop_of_one_person_and_one_day_can_be_written(tmp_path: Path) -> None:
    files = _write(tmp_path, ShopPlan(until=date(2024, 6, 1), people=1, days=1))
    assert _ask(files, "SELECT count(*) FROM truth") == [(1,)]
