"""Tiers of a workspace: computed from stored events, with thresholds that are saved, suggested and crossed."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

import finegrain as fg
from finegrain.audience.errors import BadThresholdError, UnknownTierError
from finegrain.audience.tiers.contract import SCHEMES
from finegrain.audience.tiers.service import KEPT_FACTS
from finegrain.i18n import speaking
from finegrain.people.errors import UnknownPersonError
from finegrain.store.events import EVENT_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.audience.tiers.matrix import MatrixResult
    from finegrain.workspace import Workspace

AS_OF = datetime(2024, 6, 1, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path, ops_url: str) -> Iterator[Workspace]:
    """A shop whose times are days before ``AS_OF``: a regular, a single buyer of long ago, a refunded buyer, a visitor."""
    with fg.open(tmp_path / "shop", ops_url=ops_url, zone="UTC", currency="CNY") as workspace:
        _happen(workspace, "regular", "Order Completed", (5, 35, 65, 95), total=100.0)
        _happen(workspace, "once", "Order Completed", (200,), total=30.0)
        _happen(workspace, "refunded", "Order Completed", (50,), total=80.0, order_id="R1")
        _happen(workspace, "refunded", "Order Refunded", (40,), total=80.0, order_id="R1")
        _happen(workspace, "visitor", "Page Viewed", (2,))
        yield workspace


def _happen(workspace: Workspace, who: str, event: str, days: tuple[float, ...], **properties: object) -> None:
    rows = []
    for day in days:
        time = AS_OF - timedelta(days=day)
        facts = {"order_id": f"{who}-{day}", "currency": "CNY", **properties} if event.startswith("Order") else {}
        ids = {"message_id": f"{who}-{event}-{day}", "distinct_id": who, "event": event, "source": "test", "historical": True}
        naive = time.replace(tzinfo=None)
        rows.append({**ids, "time": naive, "received_at": naive, "properties": json.dumps(facts)})
        workspace.people.register([who], time)
    workspace.events.append(pa.Table.from_pylist(rows, schema=EVENT_SCHEMA))


def person(workspace: Workspace, distinct_id: str) -> int:
    return workspace.people.find(distinct_id).id


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("activity", {"regular": "active", "once": "churned", "refunded": "none", "visitor": "none"}),
        ("value", {"regular": "high", "once": "mid", "refunded": "none", "visitor": "none"}),
        ("frequency", {"regular": "repeat", "once": "lapsed", "refunded": "never", "visitor": "never"}),
        ("lifecycle", {"regular": "mature", "once": "lost", "refunded": "none", "visitor": "none"}),
        ("rfm", {"regular": "important_value", "once": "general_win_back", "refunded": "none", "visitor": "none"}),
    ],
)
def test_everybody_is_where_their_story_says(shop: Workspace, scheme: str, expected: dict[str, str]) -> None:
    # Worked out by hand from docs/tiers.md and the default thresholds.
    result = shop.tiers(scheme, AS_OF)
    assert {who: result.tier_of(person(shop, who)) for who in expected} == expected


def test_figures_of_a_tier_are_those_of_its_people(shop: Workspace) -> None:
    tier = shop.tiers("frequency", AS_OF).tier("repeat")
    assert (tier.people, tier.share, tier.purchases, tier.revenue_minor) == (1, 0.25, 4, 40_000)
    assert tier.average_order_value_minor == 10_000


def test_saved_thresholds_count_from_then_on(shop: Workspace) -> None:
    shop.tiering.save_thresholds("frequency", {"lapsed_days": 5})
    assert shop.tiers("frequency", AS_OF).tier_of(person(shop, "regular")) == "lapsed"
    assert [row.value for row in shop.tiering.thresholds("frequency")] == [5]
    shop.tiering.reset_thresholds("frequency")
    assert shop.tiers("frequency", AS_OF).tier_of(person(shop, "regular")) == "repeat"


@pytest.mark.usefixtures("each_engine")
def test_saved_thresholds_outlive_the_process(tmp_path: Path) -> None:
    with fg.open(tmp_path / "shop") as workspace:
        workspace.tiering.save_thresholds("rfm", {"view": "quintile", "m_score_5": 5000.5})
    with fg.open(tmp_path / "shop") as workspace:
        values = {row.name: row.value for row in workspace.tiering.thresholds("rfm")}
    assert (values["view"], values["m_score_5"], values["m_score_4"]) == ("quintile", 5000.5, 1000)


def test_thresholds_for_one_call_win_and_are_not_saved(shop: Workspace) -> None:
    shop.tiering.save_thresholds("frequency", {"lapsed_days": 50})
    assert shop.tiers("frequency", AS_OF, {"lapsed_days": 365}).tier_of(person(shop, "once")) == "first"
    assert shop.tiering.thresholds("frequency")[0].value == 50


def test_a_refused_threshold_saves_nothing(shop: Workspace) -> None:
    with pytest.raises(BadThresholdError):
        shop.tiering.save_thresholds("activity", {"new_days": 3, "silent_days": 95})
    assert all(row.value == row.default for row in shop.tiering.thresholds("activity"))


def test_money_thresholds_are_in_the_workspaces_currency(shop: Workspace) -> None:
    units = {row.name: row.unit for row in shop.tiering.thresholds("rfm")}
    assert (units["m_split"], units["f_split"], units["window_days"]) == ("CNY", "purchases", "days")


def test_new_events_are_seen_at_once(shop: Workspace) -> None:
    assert shop.tiers("frequency", AS_OF).tier("first").people == 0
    _happen(shop, "visitor", "Order Completed", (1,), total=10.0)
    assert shop.tiers("frequency", AS_OF).people("first").tolist() == [person(shop, "visitor")]


def test_the_same_question_is_answered_from_memory(shop: Workspace) -> None:
    assert shop.tiers("rfm", AS_OF) is shop.tiers("rfm", AS_OF)


def test_matrix_cells_are_the_people_in_both(shop: Workspace) -> None:
    for rows, columns in product(SCHEMES, repeat=2):
        _check_matrix(shop.tiering.matrix(rows, columns, AS_OF))


def test_matrix_is_of_one_moment_while_people_come_in(shop: Workspace) -> None:
    with ThreadPoolExecutor(1) as pool:
        arriving = pool.submit(_people_come_in, shop)
        while not arriving.done():
            _check_matrix(shop.tiering.matrix("activity", "rfm", AS_OF))
    arriving.result()


def _people_come_in(workspace: Workspace) -> None:
    for number in range(100):
        _happen(workspace, f"new-{number}", "Order Completed", (1,), total=5.0)


def _check_matrix(matrix: MatrixResult) -> None:
    for row, column in product(matrix.row_tiers, matrix.column_tiers):
        both = np.intersect1d(matrix.row_result.people(row.key), matrix.column_result.people(column.key))
        assert matrix.people(row.key, column.key).tolist() == both.tolist()
        assert matrix.cell(row.key, column.key).people == len(both)
    assert matrix.revenue_minor.sum(axis=1).tolist() == [tier.revenue_minor for tier in matrix.row_tiers]
    assert matrix.revenue_minor.sum(axis=0).tolist() == [tier.revenue_minor for tier in matrix.column_tiers]


def test_explanations_follow_orders_that_leave_the_window(shop: Workspace) -> None:
    fixed = {"split": "fixed", "window_days": 100, "f_split": 4, "m_split": 350, "r_split_days": 90}
    said = shop.tiers("rfm", AS_OF, fixed).explain(person(shop, "regular"))
    # The order of 95 days ago is out of the window of 100 days just after 5 more days; then F is 3 and M 300.
    assert said.tier == "important_value"
    assert (said.moves_to, said.moves_at) == ("general_development", AS_OF + timedelta(days=5, microseconds=1))


def test_results_speak_json_in_the_readers_language(shop: Workspace) -> None:
    result = shop.tiers("value", AS_OF)
    with speaking("zh_CN"):
        told = json.loads(json.dumps(result.to_dict()))
    assert list(told) == ["scheme", "as_of", "currency", "people", "tiers", "thresholds", "notes"]
    assert (told["scheme"], told["as_of"], told["people"]) == ("value", "2024-06-01T00:00:00+00:00", 4)
    high = told["tiers"][0]
    assert (high["key"], high["name"], high["people"], high["revenue"]) == ("high", "高价值", 1, 400.0)
    assert high["average_order_value"] == 100.0
    assert told["tiers"][-1]["average_order_value"] is None


def test_results_go_to_arrow_and_pandas_person_by_person(shop: Workspace) -> None:
    result = shop.tiers("frequency", AS_OF)
    frame = result.to_pandas()
    assert frame["tier"].tolist() == [result.tier_of(one) for one in frame["person_id"]]
    assert frame["last_purchase"].isna().tolist() == (frame["purchases"] == 0).tolist()
    assert result.to_arrow().num_rows == result.total


def test_results_show_well_in_a_notebook(shop: Workspace) -> None:
    assert "regular" not in repr(shop.tiers("frequency", AS_OF))
    assert "repeat=1" in repr(shop.tiers("frequency", AS_OF))
    assert "<td" in shop.tiers("frequency", AS_OF)._repr_html_()
    assert "Total" in shop.tiering.matrix("activity", "value", AS_OF)._repr_html_()


def test_unknown_tiers_and_people_are_refused(shop: Workspace) -> None:
    result = shop.tiers("value", AS_OF)
    with pytest.raises(UnknownTierError, match=r"no tier named “top”\. Known: high, mid, low, none"):
        result.people("top")
    with pytest.raises(UnknownPersonError):
        result.explain(10**9)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_thin_data_give_no_suggestion_and_say_so(shop: Workspace, scheme: str) -> None:
    suggested = shop.tiering.suggest(scheme, AS_OF)
    assert len(suggested) == 0
    assert all(note.startswith("The data are thin") for note in suggested.notes)
    assert suggested.notes


@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_empty_workspace_has_empty_tiers(tmp_path: Path, scheme: str) -> None:
    with fg.open(tmp_path / "shop") as workspace:
        result = workspace.tiers(scheme, AS_OF)
    assert result.total == 0
    assert {(tier.people, tier.share, tier.revenue_minor) for tier in result.tiers} == {(0, 0.0, 0)}
    assert result.to_dict()["people"] == 0


def test_facts_of_many_moments_are_not_all_kept(shop: Workspace) -> None:
    for days in range(6):
        shop.tiers("rfm", AS_OF + timedelta(days=days))
    assert len({id(kept.basis.facts) for kept in shop.tiering._kept.values()}) == KEPT_FACTS


def test_several_threads_get_the_same_answer(shop: Workspace) -> None:
    moments = [AS_OF + timedelta(days=days % 5) for days in range(60)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda moment: shop.tiers("frequency", moment).tier("repeat").people, moments))
    assert found == [1] * len(moments)
