"""The demo shop through the front door: built, imported, and found to be what the simulator says it is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import duckdb
import pytest

import finegrain as fg
from finegrain.clock import SettableClock
from finegrain.errors import BadValueError
from finegrain.simulate import DemoInTheWayError, DemoProgress, DemoSummary, OtherDemoError, build_demo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.workspace import Workspace

PEOPLE, DAYS, SEED = 1_200, 200, 8


@pytest.fixture(scope="module")
def steps() -> list[DemoProgress]:
    return []


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    clock = SettableClock(datetime(2024, 12, 1, 4, tzinfo=UTC))
    with fg.open(tmp_path_factory.mktemp("shop"), clock=clock) as opened:
        yield opened


@pytest.fixture(scope="module")
def demo(workspace: Workspace, steps: list[DemoProgress]) -> DemoSummary:
    return build_demo(workspace, people=PEOPLE, days=DAYS, seed=SEED, progress=steps.append)


def _from_file(demo: DemoSummary, query: str) -> tuple[int, ...]:
    with duckdb.connect() as connection:
        connection.read_csv(str(demo.folder / "orders.csv")).create_view("orders")
        row = connection.execute(query).fetchone()
    assert row is not None
    return tuple(int(value) for value in row)


def test_every_row_of_the_demo_is_accepted(demo: DemoSummary) -> None:
    for summary in (demo.people, demo.orders, demo.events):
        assert summary.rejected == {}
        assert summary.accepted == summary.rows > 0
    assert demo.people.people == demo.events.people == 1_200


def test_demo_ends_yesterday_unless_told_otherwise(demo: DemoSummary) -> None:
    assert demo.plan.until == date(2024, 11, 30)


def test_orders_buyers_and_revenue_are_those_of_the_file(demo: DemoSummary, workspace: Workspace) -> None:
    orders, buyers, net = _from_file(
        demo,
        """
        SELECT count(DISTINCT 订单号), count(DISTINCT 用户ID), sum(CAST(实付金额 AS DECIMAL(18, 2))) * 100 FROM orders
        """,
    )
    assert (demo.orders.orders, demo.orders.buyers, demo.orders.revenue_minor) == (orders, buyers, net)
    facts = workspace.index.facts(workspace.as_of(), 365)
    assert int(facts.revenue_minor.sum()) == net


def test_people_keep_their_names_and_traits(demo: DemoSummary, workspace: Workspace) -> None:
    person = workspace.people.find("U000001")
    assert person.name
    assert {"gender", "birthday", "city", "member_level", "signup_channel"} <= set(person.traits)
    assert demo.people.new_people == 1_200


def test_tiers_hold_everybody_once(demo: DemoSummary, workspace: Workspace) -> None:
    for scheme in ("rfm", "activity", "value", "frequency", "lifecycle"):
        assert sum(tier.people for tier in workspace.tiers(scheme).tiers) == demo.people.people


def test_progress_only_grows_up_to_the_end(demo: DemoSummary, steps: list[DemoProgress]) -> None:
    shares = [step.share for step in steps]
    assert demo.seconds > 0
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


def test_it_begins_with_segments_that_hold_people_in_the_workspaces_language(demo: DemoSummary, workspace: Workspace) -> None:
    segments = {segment.name: segment for segment in workspace.segments.all()}
    assert demo.segments == len(segments) == 10
    assert segments["下单一次的新客"].size > 0
    assert {name for name, segment in segments.items() if not segment.size} <= {"高价值，7 天未触达"}
    assert all(segment.is_rule and segment.description for segment in segments.values())


def test_its_goals_are_for_stages_of_life_and_have_a_course(demo: DemoSummary, workspace: Workspace) -> None:
    board = workspace.goals.board(workspace.as_of())
    assert demo.goals == len(board) >= 1
    assert {progress.goal.whom.tier.partition("/")[0] for progress in board} == {"lifecycle"}
    assert all(len(progress.course) == 14 and progress.forecast is not None for progress in board)
    assert "on_track" in {progress.state for progress in board}


def test_a_shop_too_small_for_them_begins_without(tmp_path: Path) -> None:
    with fg.open(tmp_path / "small") as workspace:
        summary = build_demo(workspace, people=3, days=2)
    assert summary.goals == 0
    assert 0 < summary.segments < 10


def test_building_it_again_adds_nothing(demo: DemoSummary, workspace: Workspace) -> None:
    before = workspace.events.last_seq()
    again = build_demo(workspace, people=PEOPLE, days=DAYS, seed=SEED)
    assert again.plan == demo.plan
    assert (again.segments, again.goals) == (0, 0)
    assert again.orders.duplicates == again.orders.rows
    assert workspace.events.last_seq() == before


def test_a_lost_file_is_written_again_as_it_was(demo: DemoSummary, workspace: Workspace) -> None:
    orders = demo.folder / "orders.csv"
    before = orders.read_bytes()
    orders.unlink()
    build_demo(workspace, people=PEOPLE, days=DAYS, seed=SEED)
    assert orders.read_bytes() == before


def test_another_demo_does_not_go_on_top(demo: DemoSummary, workspace: Workspace) -> None:
    with pytest.raises(OtherDemoError, match=f"{demo.plan.people} people"):
        build_demo(workspace, people=50)


def test_demo_is_not_mixed_with_other_data_unless_asked(tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text("user_id,order_id,order_time,amount\nann,1,2024-05-01,12.50\n", encoding="utf-8")
    with fg.open(tmp_path / "shop") as workspace:
        workspace.import_orders(orders)
        with pytest.raises(DemoInTheWayError):
            build_demo(workspace, people=20, days=30)
        added = build_demo(workspace, people=20, days=30, add=True)
        assert added.people.new_people == 20


def test_the_future_is_not_simulated(tmp_path: Path, clock: SettableClock) -> None:
    with fg.open(tmp_path, clock=clock) as workspace, pytest.raises(BadValueError, match="until"):
        build_demo(workspace, people=5, days=5, until=date(2024, 6, 2))


def test_a_demo_without_planted_causes_is_another_shop(tmp_path: Path) -> None:
    with fg.open(tmp_path / "shop") as workspace:
        plain = build_demo(workspace, people=20, days=30, causes=False)
        assert not plain.plan.causes
        with pytest.raises(OtherDemoError):
            build_demo(workspace, people=20, days=30)
