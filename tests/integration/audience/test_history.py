"""History: what is kept of each day, completed, thinned, filled afterwards, and told as sizes, members and flows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from tests.integration.audience.deeds import happen, names, person

import finegrain as fg
from finegrain.access.acting import NOBODY, acting_as
from finegrain.access.errors import NotAllowedError
from finegrain.audience.errors import UnknownSchemeError, UnknownTierError
from finegrain.audience.history.contract import NOBODY as NO_TIER
from finegrain.audience.history.errors import BadHistoryError, NoHistoryError
from finegrain.audience.history.keeping import Batch
from finegrain.audience.history.places import packed
from finegrain.audience.history.states import State
from finegrain.audience.segments.tables import SegmentTable
from finegrain.behaviour.errors import UnknownSegmentError
from finegrain.i18n import speaking
from finegrain.people.contract import Link

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.clock import SettableClock
    from finegrain.workspace import Workspace

FIRST, SECOND, THIRD = date(2024, 6, 1), date(2024, 6, 2), date(2024, 6, 3)


def at(day: int, hour: int = 12, minute: int = 0) -> datetime:
    """A moment of June 2024."""
    return datetime(2024, 6, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path, ops_url: str, clock: SettableClock) -> Iterator[Workspace]:
    """A shop at noon of 2024-06-01: anna bought in May, bert only looked; a rule for buyers, a list with bert."""
    with fg.open(tmp_path / "shop", ops_url=ops_url, clock=clock, zone="UTC", currency="CNY", as_of="now") as workspace:
        happen(workspace, "anna", "Order Completed", datetime(2024, 5, 20, tzinfo=UTC))
        happen(workspace, "bert", "Product Viewed", datetime(2024, 5, 30, tzinfo=UTC))
        workspace.segments.save_rule("buyers", fg.rule.orders("purchases"))
        workspace.segments.save("staff", [person(workspace, "bert")])
        yield workspace


def test_the_running_day_is_replaced_until_it_ends(shop: Workspace, clock: SettableClock) -> None:
    kept = shop.history.keep()
    assert (kept.day, kept.same, {"buyers", "staff", "rfm"} <= set(kept.written)) == (FIRST, 0, True)
    assert shop.history.keep().written == ()
    happen(shop, "bert", "Order Completed", at(1, 13))
    clock.set(at(1, 14))
    assert "buyers" in shop.history.keep().written
    [day] = shop.history.sizes("buyers", FIRST, THIRD).series[0].days
    assert (day.size, day.entered, day.as_of, day.filled) == (2, None, at(1, 14), False)
    assert shop.history.days("staff") == (FIRST,)


def test_a_day_is_completed_as_of_its_end(shop: Workspace, clock: SettableClock) -> None:
    shop.history.keep()
    happen(shop, "bert", "Order Completed", at(1, 23, 59), at(2, 1))
    happen(shop, "carl", "Order Completed", at(2, 2))
    clock.set(at(2, 9))
    shop.history.keep()
    days = shop.history.sizes("buyers", FIRST, SECOND).series[0].days
    assert [(one.day, one.as_of, one.size, one.entered, one.left) for one in days] == [
        (FIRST, at(2, 0), 2, None, None),
        (SECOND, at(2, 9), 3, 1, 0),
    ]
    assert names(shop, shop.history.members("buyers", FIRST)) == ["anna", "bert"]
    assert [one.entered for one in shop.history.sizes("buyers", SECOND, SECOND).series[0].days] == [1]


def test_a_day_under_another_rule_stays_as_it_was_last(shop: Workspace, clock: SettableClock) -> None:
    shop.history.keep()
    happen(shop, "bert", "Order Completed", at(1, 23))
    shop.segments.save_rule("buyers", fg.rule.orders("purchases", at_least=2), replace=True)
    clock.set(at(2, 9))
    shop.history.keep()
    days = shop.history.sizes("buyers", FIRST, SECOND).series[0].days
    assert [(one.as_of, one.size, one.changed) for one in days] == [(at(1), 1, False), (at(2, 9), 0, True)]


def test_definitions_follow_what_a_rule_names(shop: Workspace) -> None:
    shop.segments.save_rule(
        "named", fg.rule.segment("staff") | fg.rule.tier("value/high") | fg.rule.moved("activity", now=("active",))
    )
    shop.segments.save_rule("both", fg.rule.segment("named") & fg.rule.tier("value/high", "value/mid"))
    before = shop.history.definitions()
    shop.tiering.save_thresholds("activity", {"silent_days": 20})
    after = shop.history.definitions()
    changed = {name for (_kind, name), told in after.items() if before[_kind, name] != told}
    assert changed == {"activity", "named", "both"}


def test_a_restart_knows_what_was_kept(shop: Workspace, clock: SettableClock, tmp_path: Path, ops_url: str) -> None:
    shop.history.keep()
    shop.close()
    with fg.open(tmp_path / "shop", ops_url=ops_url, clock=clock, zone="UTC", currency="CNY", as_of="now") as again:
        assert again.history.keep().written == ()


def test_past_days_are_filled_and_marked(shop: Workspace, clock: SettableClock) -> None:
    clock.set(at(3))
    shop.segments.save("new", [person(shop, "anna")])
    shop.history.keep()
    told: list[tuple[int, int]] = []
    found = shop.history.fill(date(2024, 5, 19), SECOND, progress=lambda done, of: told.append((done, of)))
    assert (found.days, told[-1], shop.history.fill(FIRST, SECOND).written) == (15, (15, 15), 0)
    days = {one.day: one for one in shop.history.sizes("buyers", date(2024, 5, 19), THIRD).series[0].days}
    assert [days[day].size for day in (date(2024, 5, 19), date(2024, 5, 20), THIRD)] == [0, 1, 1]
    assert (days[SECOND].filled, days[THIRD].filled) == (True, False)
    assert (shop.history.days("new"), shop.history.days("staff")) == ((THIRD,), (FIRST, SECOND, THIRD))
    assert shop.history.members("activity", date(2024, 5, 20)).tolist() == [person(shop, "anna")]  # bert was not known yet


@pytest.mark.parametrize(("first", "last"), [(SECOND, FIRST), (FIRST, THIRD)])
def test_days_that_are_not_over_cannot_be_filled(shop: Workspace, clock: SettableClock, first: date, last: date) -> None:
    clock.set(at(3))
    with pytest.raises(BadHistoryError, match="before 2024-06-03"):
        shop.history.fill(first, last)


def test_old_days_are_thinned_to_the_last_of_each_month(tmp_path: Path, ops_url: str, clock: SettableClock) -> None:
    options = {"ops_url": ops_url, "clock": clock, "zone": "UTC", "as_of": "now", "segment_history_days": 3}
    with fg.open(tmp_path / "shop", **options) as shop:  # type: ignore[arg-type] # options of several kinds
        happen(shop, "anna", "Product Viewed", datetime(2024, 4, 1, tzinfo=UTC))
        shop.segments.save_rule("all", {"all": []})
        shop.segments.save_rule("gone", {"all": []})
        shop.history.fill(date(2024, 4, 28), date(2024, 5, 31))
        assert shop.history.days("all") == (date(2024, 4, 30), date(2024, 5, 29), date(2024, 5, 30), date(2024, 5, 31))
        shop.history.keep()
        shop.segments.delete("gone")
        clock.set(at(9))
        # Of “gone” four filled days and the first of June go; of “all” and the five schemes 29 and 30 May, and the first of June.
        assert shop.history.keep().thinned == 5 + 6 * 3
        assert shop.history.days("all") == (date(2024, 4, 30), date(2024, 5, 31), date(2024, 6, 9))


def test_what_cannot_be_computed_any_more_keeps_its_history(shop: Workspace, clock: SettableClock) -> None:
    shop.history.keep()
    unreadable = update(SegmentTable).where(SegmentTable.name == "buyers").values(rule={"of a": "newer version"})
    with shop.ops.session() as session:
        session.execute(unreadable)
    clock.set(at(2))
    assert "buyers" not in shop.history.keep().written
    assert shop.history.days("buyers") == (FIRST,)


def test_a_moment_before_the_newest_keeps_nothing(shop: Workspace, clock: SettableClock) -> None:
    clock.set(at(3))
    shop.history.keep()
    assert shop.history.keep(at(2)).written == ()
    assert shop.history.days("buyers") == (THIRD,)


def test_a_moment_after_the_present_is_refused(shop: Workspace) -> None:
    with pytest.raises(BadHistoryError, match="not after the present"):
        shop.history.keep(at(1, 12, 2))
    assert shop.history.keep(at(1, 12)).written


def test_what_was_recomputed_is_kept_although_more_has_arrived(shop: Workspace) -> None:
    definitions, as_of = shop.history.definitions(), shop.segments.recompute().as_of
    happen(shop, "bert", "Order Completed", at(1, 11))
    shop.history.keep(as_of, recomputed=definitions)
    assert len(shop.history.members("buyers", FIRST)) == 1
    shop.history.keep(as_of)
    assert len(shop.history.members("buyers", FIRST)) == 2


def test_what_was_redefined_since_it_was_recomputed_waits_for_the_next_time(shop: Workspace) -> None:
    definitions, as_of = shop.history.definitions(), shop.segments.recompute().as_of
    shop.tiering.save_thresholds("activity", {"new_days": 13})
    shop.segments.save_rule("buyers", fg.rule.did("Product Viewed"), replace=True)
    assert set(shop.history.keep(as_of, recomputed=definitions).written) == {"rfm", "value", "frequency", "lifecycle", "staff"}
    assert set(shop.history.keep(as_of).written) == {"activity", "buyers"}
    assert names(shop, shop.history.members("activity/new", FIRST)) == ["anna"]


def test_people_who_were_merged_are_the_person_they_are_now(shop: Workspace) -> None:
    happen(shop, "phone", "Order Completed", at(1, 1))
    happen(shop, "guest", "Product Viewed", at(1, 1))
    shop.history.keep()
    assert shop.history.sizes("buyers", FIRST, FIRST).series[0].days[0].size == 2
    shop.people.link(
        [Link("identify", "phone", "anna", at(1), to_login=True), Link("identify", "guest", "bert", at(1), to_login=True)]
    )
    [day] = shop.history.sizes("buyers", FIRST, FIRST).series[0].days
    assert (day.size, names(shop, shop.history.members("buyers", FIRST))) == (1, ["anna"])
    assert len(shop.history.members("rfm", FIRST)) == 2
    assert names(shop, shop.history.members("frequency/never", FIRST)) == ["bert"]


def test_a_flow_tells_who_went_where(shop: Workspace, clock: SettableClock) -> None:
    shop.history.keep()
    happen(shop, "bert", "Order Completed", at(2, 1))
    happen(shop, "carl", "Product Viewed", at(2, 2))
    clock.set(at(2))
    shop.history.keep()
    flow = shop.history.flow("frequency", FIRST, SECOND)
    assert (flow.stayed, flow.moved, flow.came, flow.gone, flow.changed) == (1, 1, 1, 0, False)
    assert flow.people("never", "first") == 1
    assert names(shop, shop.history.flow_people("frequency", FIRST, SECOND, "never", "first")) == ["bert"]
    assert names(shop, shop.history.flow_people("frequency", FIRST, SECOND, NO_TIER, "never")) == ["carl"]
    assert flow.report() == (
        "Of 2 people on 2024-06-01, 1 (50.0%) were in another tier on 2024-06-02; 1 people came. "
        "Most of them went from Never bought to First purchase: 1."
    )
    assert {"from": "never", "to": "first", "people": 1} in flow.to_dict()["flows"]
    with speaking("zh_CN"):
        assert "2024-06-02" in flow.report()


def test_a_flow_without_moves_says_so(shop: Workspace, clock: SettableClock) -> None:
    shop.history.keep()
    clock.set(at(2))
    shop.history.keep()
    assert shop.history.flow("value", FIRST, SECOND).report() == (
        "Of 2 people on 2024-06-01, 0 (0.0%) were in another tier on 2024-06-02; 0 people came."
    )


def test_a_flow_out_of_nothing_says_so(empty: Workspace) -> None:
    today = empty.history.keep().day
    assert empty.history.flow("rfm", today, today).report().startswith("Nobody was in a tier on")


def test_tiers_that_a_scheme_had_are_told_beside_those_it_has(shop: Workspace) -> None:
    places = np.array([0, 2, 1], dtype=np.uint8)
    old = State("scheme", "value", ("high", "golden"), "old", packed(places))
    shop.history.keep()
    shop.history._kept.fill(Batch(date(2024, 5, 31), at(1, 0), at(1), [old]))
    flow = shop.history.flow("value", date(2024, 5, 31), FIRST)
    assert (flow.keys[-2:], flow.names["golden"], flow.changed) == (("golden", NO_TIER), "golden", True)
    assert [one.name for one in shop.history.sizes("value/golden", FIRST, FIRST).series] == ["value/golden"]


def test_a_segment_may_be_named_like_a_scheme(shop: Workspace) -> None:
    shop.segments.save_rule("rfm", fg.rule.orders("purchases"))
    shop.history.keep()
    assert len(shop.history.sizes("rfm", FIRST, FIRST).series) > 1
    assert names(shop, shop.history.members("rfm", FIRST, "segment")) == ["anna"]
    assert shop.history.sizes("rfm", FIRST, FIRST, "segment").to_dict()["series"][0]["days"][0]["size"] == 1


def test_what_is_not_there_is_refused(shop: Workspace) -> None:
    with pytest.raises(NoHistoryError, match="none"):
        shop.history.members("buyers", FIRST)
    shop.history.keep()
    with pytest.raises(NoHistoryError, match="2024-06-01"):
        shop.history.flow("rfm", FIRST, SECOND)
    with pytest.raises(UnknownTierError):
        shop.history.members("rfm/nobody", FIRST)
    with pytest.raises(UnknownTierError):
        shop.history.flow_people("rfm", FIRST, FIRST, "nobody", NO_TIER)
    with pytest.raises(UnknownSchemeError):
        shop.history.flow("nothing", FIRST, FIRST)
    with pytest.raises(UnknownSegmentError):
        shop.history.days("nothing")
    with pytest.raises(BadHistoryError, match="in order"):
        shop.history.sizes("rfm", SECOND, FIRST)


def test_keeping_takes_the_right_to_do_so(shop: Workspace) -> None:
    with acting_as(NOBODY), pytest.raises(NotAllowedError):
        shop.history.keep()
    with acting_as(NOBODY), pytest.raises(NotAllowedError):
        shop.history.fill(FIRST, FIRST)


def test_results_are_told_as_json_values(shop: Workspace) -> None:
    kept = shop.history.keep().to_dict()
    assert (kept["day"], kept["same"], kept["thinned"]) == ("2024-06-01", 0, 0)
    filled = shop.history.fill(date(2024, 5, 31), date(2024, 5, 31)).to_dict()
    assert filled == {"first": "2024-05-31", "last": "2024-05-31", "days": 1, "written": 6}


days_of_places = st.lists(st.lists(st.integers(0, 3), min_size=7, max_size=7), min_size=2, max_size=4)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=days_of_places)
def test_counts_are_lists_and_flows_add_up(law_shop: Workspace, drawn: list[list[int]]) -> None:
    # Ids 1 to 6, of which 5 was merged into 1 and 6 into 2: a law over whatever history there may be.
    history = law_shop.history
    keys = law_shop.tiering.keys("value")[:3]
    days = [FIRST + timedelta(days=number) for number in range(len(drawn))]
    for day, places in zip(days, drawn, strict=True):
        state = State("scheme", "value", keys, "same", packed(np.array([0, *places[1:]], dtype=np.uint8)))
        history._kept.fill(Batch(day, at(9), at(9), [state]))
    flow = history.flow("value", days[0], days[-1])
    for was, row in zip(flow.keys, flow.counts, strict=True):
        assert [len(history.flow_people("value", days[0], days[-1], was, now)) for now in flow.keys] == list(row)
    for series in history.sizes("value", days[0], days[-1]).series:
        assert [one.size for one in series.days] == [len(history.members(series.name, day)) for day in days]
        for before, now in zip(series.days, series.days[1:], strict=False):
            assert now.size == before.size + (now.entered or 0) - (now.left or 0)
    first = {one.name: one.days[0].size for one in history.sizes("value", days[0], days[-1]).series}
    assert [sum(row) for row in flow.counts[:-1]] == [first[f"value/{key}"] for key in flow.keys[:-1]]


@pytest.fixture(scope="module")
def law_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A shop with six people, of whom two were merged into others."""
    with fg.open(tmp_path_factory.mktemp("law"), zone="UTC", as_of="now") as workspace:
        for who in "abcdef":
            happen(workspace, who, "Product Viewed", at(1))
        links = [Link("identify", one, other, at(2), to_login=True) for one, other in ("ea", "fb")]
        workspace.people.link(links)
        yield workspace
