"""Tier schemes of one's own: kept, computed, crossed, named by rules, questions and goals, explained, refused, deleted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import finegrain as fg
from finegrain.access.acting import NOBODY, acting_as
from finegrain.access.contract import Actor
from finegrain.access.errors import NotAllowedError
from finegrain.audience.errors import UnknownSchemeError, UnknownThresholdError, UnknownTierError
from finegrain.audience.rules.errors import RuleCycleError, UnknownInRuleError
from finegrain.audience.tiers.own.errors import (
    BadSchemeError,
    BadSchemeRuleError,
    BuiltInSchemeError,
    SchemeExistsError,
    SchemeInUseError,
)
from finegrain.audience.tiers.own.sorting import rules_of
from finegrain.clock import SettableClock
from finegrain.people.contract import TraitChange
from finegrain.people.errors import UnknownPersonError
from finegrain.strategy.goals.contract import Metric, NewGoal, Whom

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.clients.stocked import CopyOf

    from finegrain.workspace import Workspace

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
TIERS: list[Any] = [
    ("regular", "Regulars", fg.rule.orders("purchases", at_least=3)),
    ("fresh", "Fresh", fg.rule.did("Order Completed", last_days=30)),
    ("ulm", "From Ulm", fg.rule.trait("city").is_("Ulm")),
]


OPTIONS: dict[str, Any] = {"zone": "UTC", "currency": "CNY", "as_of": "now"}


def stock(home: Path, ops_url: str) -> None:
    """Let anna buy three times, bert once, in May; carl, of Ulm, and dora only look."""
    orders = home / "orders.csv"
    days = ["2024-04-20", "2024-05-10", "2024-05-30"]
    rows = [f"o{number},anna,{day} 10:00,20" for number, day in enumerate(days)]
    orders.write_text("\n".join(["order_id,customer_id,order_date,amount", *rows, "o9,bert,2024-05-05 10:00,5"]) + "\n")
    events = home / "events.csv"
    events.write_text("user_id,event,time\ncarl,Product Viewed,2024-05-31 09:00\ndora,Product Viewed,2024-05-31 10:00\n")
    with fg.open(home, ops_url=ops_url, clock=SettableClock(NOON), **OPTIONS) as workspace:
        workspace.import_orders(orders)
        workspace.import_events(events)
        may = datetime(2024, 5, 1, tzinfo=UTC)
        workspace.people.set_traits([TraitChange("carl", {"city": "Ulm"}, may), TraitChange("anna", {"city": "Ulm"}, may)])


@pytest.fixture
def shop(copy_of: CopyOf, clock: SettableClock) -> Iterator[Workspace]:
    """A shop as of noon of 2024-06-01: anna bought three times, bert once, in May; carl, of Ulm, and dora only look."""
    home, ops_url = copy_of(stock)
    with fg.open(home, ops_url=ops_url, clock=clock, **OPTIONS) as workspace:
        yield workspace


@pytest.fixture
def mine(shop: Workspace) -> Workspace:
    """The shop with a scheme of its own."""
    shop.schemes.save("mine", TIERS, rest=("others", "Others"), label="My tiers", description="for the summer")
    return shop


def tiers_of(workspace: Workspace, scheme: str = "mine", as_of: datetime | None = None) -> dict[str, str]:
    """Give everybody's tier by their id."""
    result = workspace.tiers(scheme, as_of)
    found = workspace.people.many(result.assignment.person_ids)
    return {person.display_id: result.tier_of(person.id) for person in found}


def number(workspace: Workspace, who: str) -> int:
    """Give somebody's number."""
    return workspace.people.find(who).id


def test_the_first_rule_that_holds_names_the_tier(mine: Workspace) -> None:
    assert tiers_of(mine) == {"anna": "regular", "bert": "fresh", "carl": "ulm", "dora": "others"}
    result = mine.tiers("mine")
    assert [(tier.key, tier.name, tier.people, tier.revenue_minor) for tier in result.tiers] == [
        ("regular", "Regulars", 1, 6_000),
        ("fresh", "Fresh", 1, 500),
        ("ulm", "From Ulm", 1, 0),
        ("others", "Others", 1, 0),
    ]
    assert result.notes == ("Everybody is in the first tier whose rule they meet.",)
    assert result.to_dict()["tiers"][0]["description"] == ""


def test_a_scheme_follows_time_events_traits_and_segments(mine: Workspace, clock: SettableClock) -> None:
    assert tiers_of(mine, as_of=datetime(2024, 5, 20, tzinfo=UTC))["anna"] == "fresh"
    clock.advance(days=20)
    assert tiers_of(mine)["bert"] == "others"
    mine.people.set_traits([TraitChange("dora", {"city": "Ulm"}, NOON)])
    assert tiers_of(mine)["dora"] == "ulm"
    mine.segments.save("list", [number(mine, "bert")])
    mine.schemes.save("mine", [("listed", "Listed", fg.rule.segment("list"))], replace=True)
    assert tiers_of(mine) == {"anna": "rest", "bert": "listed", "carl": "rest", "dora": "rest"}


def test_a_segment_that_changes_changes_the_tiers_that_name_it(shop: Workspace) -> None:
    shop.segments.save_rule("some", fg.rule.trait("city").is_("Ulm"))
    shop.schemes.save("mine", [("some", "Some", fg.rule.segment("some"))])
    shop.segments.save_rule("in it", fg.rule.tier("mine/some"))
    shop.segments.recompute()
    assert (shop.segments.members("in it").tolist(), shop.tiers("mine").tier("some").people) == (
        [number(shop, "anna"), number(shop, "carl")],
        2,
    )
    shop.segments.save_rule("some", fg.rule.orders("purchases"), replace=True)
    assert shop.segments.members("in it").tolist() == [number(shop, "anna"), number(shop, "bert")]
    assert shop.tiers("mine").people("some").tolist() == [number(shop, "anna"), number(shop, "bert")]


def test_it_stands_beside_the_schemes_that_are_built_in(mine: Workspace) -> None:
    crossed = mine.matrix("mine", "frequency")
    assert crossed.people("fresh", "first").tolist() == [number(mine, "bert")]
    assert crossed.to_dict()["row_tiers"][0]["name"] == "Regulars"
    page = mine.directory.search(as_of=NOON, tiers={"mine": "ulm"}, show_tiers=["mine", "rfm"])
    assert [(row.display_id, row.tiers) for row in page.rows] == [("carl", {"mine": "ulm", "rfm": "none"})]
    asked: dict[str, Any] = {"series": [{"event": "Product Viewed"}], "period": "all", "audience": {"tier": "mine/ulm"}}
    assert mine.people_behind("trends", {}, **asked).tolist() == [number(mine, "carl")]
    assert mine.tiering.names() == ("rfm", "activity", "value", "frequency", "lifecycle", "mine")
    assert mine.tiering.description("mine") == "for the summer"
    assert (mine.tiering.label("mine"), mine.tiering.label("rfm")) == ("My tiers", "RFM")


def test_rules_name_its_tiers_now_then_and_in_moves(mine: Workspace, clock: SettableClock) -> None:
    segments = mine.segments
    segments.save_rule("now", fg.rule.tier("mine/regular", "mine/ulm"))
    segments.save_rule("then", fg.rule.tier("mine/fresh", at="2024-05-20"))
    segments.save_rule("moved", fg.rule.moved("mine", was=("fresh",), now=("regular",), last_days=20))
    found = {name: segments.members(name).tolist() for name in ("now", "then", "moved")}
    anna, bert, carl = (number(mine, who) for who in ("anna", "bert", "carl"))
    assert found == {"now": [anna, carl], "then": [anna, bert], "moved": [anna]}
    told = segments.explain("moved", anna)
    assert (told.holds, told.conditions[0].actual) == (True, "mine/fresh → mine/regular")
    # The period reaches back 20 civil days with today: on 18 June it begins on 30 May, at whose end anna bought the third time.
    assert told.changes_at == datetime(2024, 6, 19, 0, 0, 0, 1, tzinfo=UTC)
    clock.set(told.changes_at)
    assert segments.members("moved", clock.now()).tolist() == []


def test_one_person_is_explained_by_the_rules_that_failed_and_the_one_that_held(mine: Workspace) -> None:
    told = mine.tiers("mine").explain(number(mine, "bert"))
    assert (told.tier, told.tier_name, told.moves_to, told.moves_to_name) == ("fresh", "Fresh", "others", "Others")
    # Bought on 5 May; the last 30 civil days of 4 June begin on 6 May.
    assert told.moves_at == datetime(2024, 6, 4, 0, 0, 0, 1, tzinfo=UTC)
    assert [(one.label, one.value, one.verdict) for one in told.figures] == [
        ("Regulars", "not met", "number of purchases at least 3: 1"),
        ("Fresh", "met", "did “Order Completed”, in the last 30 days: 1"),
    ]
    rest = mine.tiers("mine").explain(number(mine, "dora"))
    assert (rest.tier, rest.moves_to, rest.moves_at, len(rest.figures)) == ("others", None, None, 3)
    with pytest.raises(UnknownPersonError):
        mine.tiers("mine").explain(999)


def test_an_explanation_masks_traits_for_those_who_may_not_see_them(shop: Workspace) -> None:
    shop.people.set_traits([TraitChange("carl", {"email": "carl@example.org"}, NOON)])
    shop.schemes.save("mail", [("org", "Org", fg.rule.trait("email").contains("example"))])
    with acting_as(Actor("user", 7, "ann", frozenset({"query:read"}))):
        told = shop.tiers("mail").explain(number(shop, "carl"))
    assert told.figures[0].verdict.endswith("ca•••@example.org")


def test_a_goal_may_be_for_its_tier_and_keeps_it(mine: Workspace) -> None:
    goal = NewGoal("more", Metric("repeat_rate"), Whom(tier="mine/fresh", frozen=False), 0.5, date(2024, 5, 1), date(2024, 5, 31))
    made = mine.goals.add(goal, NOON)
    # As of 1 May anna alone had bought within 30 days.
    assert (made.size, mine.goals.progress(made.id, NOON).goal.name) == (1, "more")
    share = NewGoal(
        "fewer", Metric("tier_share", tier="mine/others"), Whom(tier="rfm/none"), 0.2, date(2024, 6, 1), date(2024, 6, 30)
    )
    mine.goals.add(share, NOON)
    with pytest.raises(SchemeInUseError, match=r"mine, mine/fresh, mine/others is named by others: “more”, “fewer”"):
        mine.schemes.delete("mine")
    assert mine.goals.suggest("mine", NOON).to_dict()["scheme"] == "mine"


def test_what_is_named_by_others_stays(mine: Workspace) -> None:
    mine.segments.save_rule("movers", fg.rule.moved("mine", now=("ulm",), last_days=7))
    mine.schemes.save("second", [("a", "A", ~fg.rule.tier("mine/fresh"))])
    with pytest.raises(SchemeInUseError, match="“movers”, second/"):
        mine.schemes.delete("mine")
    with pytest.raises(SchemeInUseError, match=r"mine/ulm is named by others: “movers”\."):
        mine.schemes.save("mine", TIERS[:2], rest=("others", "Others"), replace=True)
    assert len(mine.schemes.get("mine").tiers) == 3
    mine.schemes.save("mine", TIERS[1:], rest=("others", "Others"), replace=True)  # nobody names the one that goes
    mine.segments.delete("movers")
    mine.schemes.delete("second")
    mine.schemes.delete("mine")
    assert mine.schemes.all() == ()
    with pytest.raises(UnknownSchemeError, match=r"mine.*Known: rfm, activity, value, frequency, lifecycle"):
        mine.tiers("mine")


def test_circles_are_refused_and_told(mine: Workspace) -> None:
    mine.segments.save_rule("from mine", fg.rule.tier("mine/ulm"))
    with pytest.raises(BadSchemeRuleError, match=r"“again”.*segment leads in a circle: mine/\* → from mine → mine/\*"):
        mine.schemes.save("mine", [("again", "Again", fg.rule.segment("from mine"))], replace=True)
    with pytest.raises(BadSchemeRuleError, match=r"new/\* → new/\*"):
        mine.schemes.save("new", [("a", "A", fg.rule.tier("new/a"))])
    mine.segments.save_rule("other", fg.rule.orders("purchases"))
    mine.schemes.save("second", [("a", "A", fg.rule.segment("other"))])
    with pytest.raises(RuleCycleError, match=r"other → second/\* → other"):
        mine.segments.save_rule("other", fg.rule.tier("second/a"), replace=True)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"tier_scheme": 2}, "tier_scheme"),
        ({"tier_scheme": True}, "tier_scheme"),
        ({"colour": "red"}, "colour"),
        ({"name": "Mine"}, "name"),
        ({"name": "a" * 41}, "name"),
        ({"name": None}, "name"),
        ({"label": " "}, "label"),
        ({"label": "x\ny"}, "label"),
        ({"description": "x" * 2_001}, "description"),
        ({"tiers": []}, "tiers"),
        ({"tiers": "a"}, "tiers"),
        ({"tiers": [3]}, r"tiers\[0\]"),
        ({"tiers": [{"key": "a", "rule": {"all": []}, "size": 3}]}, r"tiers\[0\]"),
        ({"tiers": [{"key": "a", "rule": []}]}, r"tiers\[0\].rule"),
        ({"tiers": [{"key": "ä", "rule": {"all": []}}]}, r"tiers\[0\].key"),
        ({"tiers": [{"key": "a", "label": 7, "rule": {"all": []}}]}, r"tiers\[0\].label"),
        ({"tiers": [{"key": "a", "rule": {"all": []}}, {"key": "a", "rule": {"all": []}}]}, r"tiers\[1\].key"),
        ({"rest": {"key": "a"}}, "rest.key"),
        ({"rest": {"key": "b", "rule": {}}}, "rest"),
    ],
)
def test_what_no_scheme_can_be_is_refused(shop: Workspace, values: dict[str, Any], field: str) -> None:
    given = {"name": "mine", "tiers": [{"key": "a", "rule": {"all": []}}], **values}
    with pytest.raises(BadSchemeError, match=f"tier scheme’s {field} is"):
        shop.schemes.save_values(given)
    assert shop.schemes.all() == ()


def test_names_that_are_taken_or_built_in_are_refused(mine: Workspace) -> None:
    with pytest.raises(SchemeExistsError):
        mine.schemes.save("mine", TIERS)
    with pytest.raises(BuiltInSchemeError):
        mine.schemes.save("rfm", TIERS)
    with pytest.raises(BuiltInSchemeError):
        mine.schemes.delete("rfm")
    with pytest.raises(UnknownSchemeError):
        mine.schemes.delete("none")
    with pytest.raises(BadSchemeRuleError, match=r"“a”.*all\[0\].event") as caught:
        mine.schemes.save("bad", [("a", "A", {"all": [{"event": "Nothing"}]})])
    assert "规则节点 all[0].event 用到的事件“Nothing”不存在" in caught.value.message("zh_CN")
    with pytest.raises(UnknownInRuleError):
        mine.segments.save_rule("bad", fg.rule.tier("mine/none"))
    with pytest.raises(UnknownTierError):
        mine.tiers("mine").people("none")


def test_people_of_an_earlier_state_are_sorted_as_they_stood(mine: Workspace) -> None:
    index = mine.index.current()
    mine.people.set_traits([TraitChange("erik", {"city": "Ulm"}, NOON)])
    assert (mine.tiers("mine").total, mine.tiering.compute("mine", NOON, index=index).total) == (5, 4)


def test_what_built_in_schemes_are_explained_by_is_empty(mine: Workspace) -> None:
    basis = mine.tiers("mine").basis
    assert basis.scheme.figures(basis.facts, basis.bounds, "CNY") == ()
    assert basis.scheme.crossings(basis.facts, basis.bounds) == ()


def test_it_has_rules_instead_of_thresholds(mine: Workspace) -> None:
    assert mine.tiering.thresholds("mine") == mine.tiering.reset_thresholds("mine") == ()
    with pytest.raises(UnknownThresholdError):
        mine.tiers("mine", thresholds={"days": 3})
    suggested = mine.tiering.suggest("mine", NOON)
    assert (len(suggested), suggested.notes) == (0, ("A scheme of one’s own has rules instead of thresholds.",))


def test_it_takes_the_permission_for_strategies_and_is_recorded(mine: Workspace) -> None:
    with acting_as(NOBODY):
        for change in (lambda: mine.schemes.save("other", TIERS), lambda: mine.schemes.delete("mine")):
            with pytest.raises(NotAllowedError):
                change()
    mine.schemes.delete("mine")
    found = [(entry.action, entry.subject) for entry in mine.access.audit.search()]
    assert found[:2] == [("tier_scheme.delete", "mine"), ("tier_scheme.save", "mine")]


def test_a_scheme_reads_back_as_it_was_made(mine: Workspace, clock: SettableClock) -> None:
    made = mine.schemes.get("mine")
    assert (made.label, made.description, made.keys) == ("My tiers", "for the summer", ("regular", "fresh", "ulm", "others"))
    again = mine.schemes.save_values(made.definition(), replace=True)
    assert again == made
    assert made.to_dict()["made_at"] == clock.now().isoformat()
    assert rules_of(made) == tuple(rule for _key, _label, rule in TIERS)


def test_everybody_is_in_the_rest_where_nobody_is_anybody(empty: Workspace) -> None:
    empty.schemes.save("mine", [("all", "All", {"all": []})])
    assert [(tier.people, tier.share) for tier in empty.tiers("mine").tiers] == [(0, 0.0), (0, 0.0)]


conditions = st.sampled_from(
    [
        fg.rule.orders("purchases", at_least=2),
        fg.rule.did("Product Viewed", last_days=3),
        fg.rule.trait("city").is_("Ulm"),
        fg.rule.tier("base/fresh"),
        fg.rule.tier("activity/active"),
        fg.rule.moved("base", last_days=25),
        fg.rule.tier("base/regular", at="2024-05-12"),
    ]
)
rules = st.recursive(conditions, lambda inner: st.builds(lambda a, b: a & ~b, inner, inner))


@given(some=st.lists(rules, min_size=1, max_size=4), days=st.integers(-30, 40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12, deadline=None)
def test_one_person_alone_is_sorted_as_among_all(mine: Workspace, some: list[Any], days: int) -> None:
    mine.schemes.save("base", TIERS, replace=True)
    made = mine.schemes.save("law", [(f"t{place}", "T", rule) for place, rule in enumerate(some)], replace=True)
    as_of = NOON + timedelta(days=days)
    result = mine.tiers("law", as_of)
    first = np.full(result.total, len(some))
    for place, rule in reversed(list(enumerate(rules_of(made)))):
        mine.segments.save_rule("one", rule, replace=True)
        first[np.isin(result.assignment.person_ids, mine.segments.members("one", as_of))] = place
    assert result.assignment.codes.tolist() == first.tolist()
    assert [result.explain(who).tier for who in result.assignment.person_ids.tolist()] == [
        made.keys[code] for code in first.tolist()
    ]
