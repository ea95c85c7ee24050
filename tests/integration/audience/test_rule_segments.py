"""Segments that are rules: kept, computed, previewed, explained, and the audience of questions; and what people agreed to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import finegrain as fg
from finegrain.access.acting import NOBODY, acting_as
from finegrain.access.errors import NotAllowedError
from finegrain.audience.rules.errors import BadRuleError, RuleCycleError
from finegrain.audience.segments.errors import BadExportError, BadSegmentError, SegmentExistsError, SegmentInUseError
from finegrain.audience.segments.tables import SegmentTable
from finegrain.behaviour.errors import UnknownSegmentError
from finegrain.clock import SettableClock
from finegrain.people.contract import TraitChange
from finegrain.people.errors import UnknownPersonError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.clients.stocked import CopyOf

    from finegrain.workspace import Workspace

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
MAY = datetime(2024, 5, 1, tzinfo=UTC)


OPTIONS: dict[str, Any] = {"zone": "UTC", "currency": "CNY", "as_of": "now"}


def stock(home: Path, ops_url: str) -> None:
    """Let anna buy often, bert once, in May; carl only looks."""
    orders = home / "orders.csv"
    days = ["2024-04-20", "2024-05-10", "2024-05-30"]
    rows = [f"o{number},anna,{day} 10:00,20" for number, day in enumerate(days)]
    orders.write_text("\n".join(["order_id,customer_id,order_date,amount", *rows, "o9,bert,2024-05-05 10:00,5"]) + "\n")
    events = home / "events.csv"
    events.write_text("user_id,event,time\ncarl,Product Viewed,2024-05-31 09:00\nanna,Product Viewed,2024-05-31 10:00\n")
    with fg.open(home, ops_url=ops_url, clock=SettableClock(NOON), **OPTIONS) as workspace:
        workspace.import_orders(orders)
        workspace.import_events(events)
        people = workspace.people
        people.set_traits(
            [TraitChange("anna", {"city": "Ulm", "email": "a@example.org"}, MAY), TraitChange("bert", {"city": "Bonn"}, MAY)]
        )


@pytest.fixture
def shop(copy_of: CopyOf, clock: SettableClock) -> Iterator[Workspace]:
    """A shop as of noon of 2024-06-01: anna buys often, bert once, in May; carl only looks."""
    home, ops_url = copy_of(stock)
    with fg.open(home, ops_url=ops_url, clock=clock, **OPTIONS) as workspace:
        yield workspace


def names(workspace: Workspace, people: Any) -> list[str]:
    """Give people by their ids, in alphabetical order."""
    return sorted(person.display_id for person in workspace.people.many(people))


def test_who_is_in_a_rule_follows_from_what_happens(shop: Workspace, clock: SettableClock) -> None:
    made = shop.segments.save_rule("recent", fg.rule.did("Order Completed", last_days=30), description="bought lately")
    assert (made.size, made.is_rule, made.as_of) == (2, True, datetime(2024, 6, 1, 12, tzinfo=UTC))
    assert names(shop, shop.segments.members("recent")) == ["anna", "bert"]
    assert names(shop, shop.segments.members("recent", datetime(2024, 5, 2, tzinfo=UTC))) == ["anna"]
    clock.set(datetime(2024, 6, 10, tzinfo=UTC))
    assert names(shop, shop.segments.members("recent")) == ["anna"]
    found = shop.segments.recompute()
    assert (found.sizes, found.failed, found.computed_at) == ({"recent": 1}, {}, clock.now())
    assert shop.segments.get("recent").to_dict()["as_of"] == "2024-06-10T00:00:00+00:00"


def test_a_rule_may_name_lists_and_other_rules(shop: Workspace) -> None:
    shop.segments.save("staff", [shop.people.find("bert").id])
    shop.segments.save_rule("buyers", fg.rule.orders("purchases"))
    shop.segments.save_rule("customers", fg.rule.segment("buyers") & ~fg.rule.segment("staff"))
    assert names(shop, shop.segments.members("customers")) == ["anna"]
    assert names(shop, shop.segments.members("staff")) == ["bert"]
    shop.segments.save_rule("buyers", fg.rule.orders("purchases", at_least=9), replace=True)
    assert shop.segments.members("customers").tolist() == []
    with pytest.raises(RuleCycleError, match="buyers → customers → buyers"):
        shop.segments.save_rule("buyers", fg.rule.segment("customers"), replace=True)
    with pytest.raises(SegmentInUseError, match="customers"):
        shop.segments.delete("buyers")
    shop.segments.delete("customers")
    shop.segments.delete("buyers")


def test_a_rule_is_the_audience_of_questions(shop: Workspace) -> None:
    shop.segments.save_rule("Ulm", {"trait": "city", "value": "Ulm"})
    asked: dict[str, Any] = {
        "series": [{"event": "Product Viewed", "measure": "unique"}],
        "period": "all",
        "granularity": "month",
    }
    assert shop.trends(**asked, audience={"segment": "Ulm"}).to_dict() != shop.trends(**asked).to_dict()
    assert shop.people_behind("trends", {}, **asked, audience={"segment": "Ulm"}).tolist() == [shop.people.find("anna").id]


def test_a_preview_counts_lists_compares_and_reaches(shop: Workspace) -> None:
    shop.segments.save("staff", [shop.people.find("bert").id])
    shop.segments.save_rule("buyers", fg.rule.orders("purchases"))
    found = shop.segments.preview(fg.rule.did("Order Completed", at_least=1), name="buyers")
    assert (found.people, found.total, round(found.share, 3)) == (2, 3, 0.667)
    assert names(shop, found.sample) == ["anna", "bert"]
    told = found.to_dict()
    assert told["overlaps"] == [{"name": "staff", "both": 1, "size": 1}]
    assert told["reach"] == {"email": 1, "sms": 0, "push": 0, "wechat": 0}
    assert told["sentence"] == "did “Order Completed”"
    assert shop.segments.get("buyers").size == 2  # nothing was kept


def test_a_preview_stands_on_what_was_recomputed_last(shop: Workspace, clock: SettableClock) -> None:
    shop.segments.recompute()
    clock.advance(seconds=80)
    assert shop.segments.preview(fg.rule.tier("activity/active")).as_of == datetime(2024, 6, 1, 12, tzinfo=UTC)
    clock.advance(seconds=80)
    assert shop.segments.preview(fg.rule.tier("activity/active")).as_of == datetime(2024, 6, 1, 12, 3, tzinfo=UTC)
    assert shop.segments.preview({"all": []}, MAY, sample=2).as_of == MAY


def test_nobody_at_all_is_previewed_too(empty: Workspace) -> None:
    found = empty.segments.preview({"all": []})
    assert (found.people, found.share, found.sample) == (0, 0.0, ())


def test_a_person_is_explained_without_everybody(shop: Workspace, clock: SettableClock) -> None:
    anna, tier = shop.people.find("anna").id, shop.tiers("rfm").tier_of(shop.people.find("anna").id)
    rule = fg.rule.did("Order Completed", at_least=2, last_days=30) & ~fg.rule.tier(f"rfm/{tier}", "activity/active")
    shop.segments.save_rule("regulars", rule)
    found = shop.segments.explain("regulars", anna)
    parts = [(one.node, one.holds, one.actual) for one in found.conditions]
    assert parts == [("all[0]", True, "2"), ("all[1].not", True, f"rfm/{tier}")]
    assert (found.holds, found.to_change) == (False, ("all[1].not",))
    # The purchase of 10 May leaves the thirty days with the start of 9 June.
    assert shop.segments.explain_rule(fg.rule.did("Order Completed", at_least=2, last_days=30), anna).changes_at == datetime(
        2024, 6, 9, 0, 0, 0, 1, tzinfo=UTC
    )
    shop.segments.save("list", [anna])
    with pytest.raises(BadSegmentError, match="list"):
        shop.segments.explain("list", anna)
    with pytest.raises(UnknownPersonError):
        shop.segments.explain("regulars", 999)
    with pytest.raises(UnknownPersonError):
        shop.rules.of_one(999, clock.now(), shop.segments._kept)


@pytest.mark.parametrize("scheme", ["rfm", "activity", "value", "frequency", "lifecycle"])
def test_each_is_in_the_tier_that_everybody_together_says(shop: Workspace, scheme: Any) -> None:
    tiers, as_of = shop.tiers(scheme), shop.as_of()
    for person in ("anna", "bert", "carl"):
        number = shop.people.find(person).id
        one = shop.rules.of_one(number, as_of, shop.segments._kept)
        assert one.passing(fg.rule.tier(f"{scheme}/{tiers.tier_of(number)}")).has(0)


def test_a_tier_turns_when_the_tiers_say_so(shop: Workspace) -> None:
    anna = shop.people.find("anna").id
    told = shop.tiers("activity").explain(anna)
    found = shop.segments.explain_rule(fg.rule.tier(f"activity/{told.tier}"), anna)
    assert found.changes_at == told.moves_at
    by_window = shop.tiers("rfm").explain(anna)
    assert shop.segments.explain_rule(fg.rule.tier(f"rfm/{by_window.tier}"), anna).changes_at == by_window.moves_at


def test_what_cannot_be_kept_is_refused(shop: Workspace) -> None:
    with pytest.raises(BadRuleError, match="Nearest: Order Completed"):
        shop.segments.save_rule("typo", {"event": "Order Complete"})
    shop.segments.save_rule("all", {"all": []})
    with pytest.raises(SegmentExistsError):
        shop.segments.save_rule("all", {"all": []})
    with pytest.raises(UnknownSegmentError):
        shop.segments.members("nobody")
    with acting_as(NOBODY), pytest.raises(NotAllowedError):
        shop.segments.save_rule("mine", {"all": []})


def test_a_rule_that_cannot_be_read_any_more_is_told_and_holds_up_no_other(shop: Workspace) -> None:
    for name in ("old", "good"):
        shop.segments.save_rule(name, {"all": []})
    shop.segments.save_rule("upon", fg.rule.segment("old") & fg.rule.segment("good"))
    with shop.ops.session() as session:
        session.query(SegmentTable).filter_by(name="old").update({"rule": {"rule": 99, "all": []}})
    found = shop.segments.recompute(datetime(2024, 6, 2, tzinfo=UTC))
    assert found.sizes == {"good": 3}
    assert "99" in found.failed["old"]
    assert found.failed["upon"] == found.failed["old"]


def test_a_segment_that_is_gone_holds_nobody(shop: Workspace) -> None:
    evaluation = shop.rules.evaluation(shop.as_of(), shop.segments._kept)
    assert evaluation.passing(fg.rule.segment("gone")).count() == 0
    with pytest.raises(UnknownSegmentError):
        shop.segments.delete("gone")


def test_the_last_word_on_consent_counts(shop: Workspace, clock: SettableClock) -> None:
    anna, bert = (shop.people.find(name).id for name in ("anna", "bert"))
    shop.consents.say(anna, "email", granted=True, source="form", since=MAY)
    shop.consents.say(bert, "email", granted=True, source="form")
    rule = fg.rule.consent("email")
    clock.advance(seconds=120)
    assert shop.segments.preview(rule, shop.as_of()).people == 2
    assert shop.segments.preview(rule, MAY + timedelta(days=1)).people == 1
    shop.consents.say(anna, "email", granted=False, source="link")
    clock.advance(seconds=120)
    assert shop.segments.preview(rule, shop.as_of()).people == 1
    assert shop.segments.preview(fg.rule.reachable("email"), shop.as_of()).people == 0


def test_people_are_written_as_csv_or_parquet(shop: Workspace, tmp_path: Path) -> None:
    shop.segments.save_rule("buyers", fg.rule.orders("purchases"))
    people = shop.segment("buyers")
    assert shop.segments.export(people, tmp_path / "out.csv") == 2
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()[0] == '"person_id","id","name"'
    assert shop.segments.export(people, tmp_path / "out.PARQUET") == 2
    with pytest.raises(BadExportError, match="xlsx"):
        shop.segments.export(people, tmp_path / "out.xlsx")
    with pytest.raises(BadExportError, match=r"out\.csv"):
        shop.segments.export(people, tmp_path / "nowhere" / "out.csv")
    with acting_as(NOBODY), pytest.raises(NotAllowedError):
        shop.segments.export(people, tmp_path / "out.csv")


def test_what_is_kept_gives_way_to_what_changed(shop: Workspace) -> None:
    by_trait, by_tier = fg.rule.trait("city").is_("Rome"), fg.rule.tier("activity/active")
    shop.segments.recompute()
    active = shop.segments.preview(by_tier, shop.as_of()).people
    assert (shop.segments.preview(by_trait, shop.as_of()).people, active) == (0, 2)
    shop.people.set_traits([TraitChange("carl", {"city": "Rome"}, MAY)])
    shop.tiering.save_thresholds("activity", {"new_days": 1, "silent_days": 1})
    assert shop.segments.preview(by_trait, shop.as_of()).people == 1
    assert shop.segments.preview(by_tier, shop.as_of()).people < active
    shop.tiering.reset_thresholds("activity")
    assert shop.segments.preview(by_tier, shop.as_of()).people == active


def test_a_question_about_the_past_leaves_what_is_kept(shop: Workspace) -> None:
    shop.segments.recompute()
    kept = shop.rules.newest()
    shop.segments.preview({"all": []}, MAY)
    assert shop.rules.newest() is kept
    shop.segments.recompute()
    assert shop.rules.newest() is kept  # nothing changed


def test_a_list_that_is_kept_anew_counts_at_once(shop: Workspace) -> None:
    shop.segments.save("staff", [shop.people.find("bert").id])
    shop.segments.save_rule("others", ~fg.rule.segment("staff"))
    assert shop.segments.preview(fg.rule.segment("staff")).people == 1
    shop.segments.save_rule("staff", fg.rule.trait("city").is_("Ulm", "Bonn"), replace=True)
    assert shop.segments.preview(fg.rule.segment("others")).people == 1
