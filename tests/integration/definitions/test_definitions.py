"""Definitions as files: pulled, compared, brought in all or nothing, on each engine of the ops store."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import finegrain as fg
from finegrain.access.acting import acting_as
from finegrain.access.contract import Actor
from finegrain.access.errors import NotAllowedError
from finegrain.collect.plan.contract import EventPlan, PropertyRule
from finegrain.definitions.contract import Key, SchemeMove, SegmentMove, TierMove
from finegrain.definitions.errors import (
    BadDefinitionError,
    DefinitionsChangedError,
    NoDefinitionsError,
    RefusedDefinitionError,
    TwiceDefinedError,
)
from finegrain.strategy.goals.contract import Metric, NewGoal, Whom

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from finegrain.clock import SettableClock
    from finegrain.workspace import Workspace

ORDERS = """order_id,customer_id,order_date,amount
o1,anna,2024-04-20 10:00,20
o2,anna,2024-05-10 10:00,20
o3,anna,2024-05-30 10:00,20
o4,bert,2024-05-05 10:00,5
"""


@pytest.fixture
def shops(tmp_path: Path, clock: SettableClock) -> Iterator[Callable[[str], Workspace]]:
    """Opens shops with the same orders: anna bought three times, bert once."""
    (tmp_path / "orders.csv").write_text(ORDERS)
    opened: list[Workspace] = []

    def open_shop(name: str, **more: Any) -> Workspace:
        workspace = fg.open(tmp_path / name, clock=clock, zone="UTC", currency="CNY", as_of="now", **more)
        opened.append(workspace)
        workspace.import_orders(tmp_path / "orders.csv")
        return workspace

    yield open_shop
    for workspace in opened:
        workspace.close()


@pytest.fixture
def shop(shops: Callable[..., Workspace], ops_url: str) -> Workspace:
    """A shop with a definition of every kind, which name each other."""
    workspace = shops("shop", ops_url=ops_url)
    define(workspace)
    return workspace


@pytest.fixture
def plain(shops: Callable[..., Workspace]) -> Workspace:
    """A shop in which nothing is defined."""
    return shops("plain")


def define(workspace: Workspace) -> None:
    """Keep one definition of every kind."""
    workspace.tiering.save_thresholds("rfm", {"window_days": 200})
    workspace.segments.save_rule("buyers / all", fg.rule.orders("purchases"), description="everybody who buys")
    vip = fg.rule.segment("buyers / all") & fg.rule.orders("purchases", at_least=3)
    workspace.schemes.save("care", [("vip", "VIP", vip)], label="How we care")
    workspace.segments.save_rule("沉睡", ~fg.rule.tier("care/vip"))
    workspace.segments.save("staff", [workspace.people.find("bert").id])
    days = date(2024, 6, 1), date(2024, 6, 30)
    workspace.goals.add(NewGoal("more", Metric("repeat_rate"), Whom(tier="care/vip"), 0.5, *days, owner="ann"), workspace.as_of())
    price = PropertyRule("price", "number", required=True)
    workspace.plan.declare(EventPlan("Order Completed", properties=(price,), on_violation="refuse"))
    workspace.plan.set_undeclared_events("show")


def change(file: Path, old: str, new: str) -> None:
    """Change a text that stands in a file once."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_each_thing_is_one_file_and_right_after_there_is_nothing_to_do(shop: Workspace, tmp_path: Path) -> None:
    written = shop.definitions.pull(tmp_path / "defs").written
    assert written == (
        "goals/more.yaml",
        "segments/buyers-all.yaml",
        "segments/staff.yaml",
        "segments/沉睡.yaml",
        "thresholds/rfm.yaml",
        "tier_schemes/care.yaml",
        "tracking_plan.yaml",
        "tracking_plan/order-completed.yaml",
    )
    told = (tmp_path / "defs/segments/buyers-all.yaml").read_text()
    assert told.startswith("# A segment: a rule, or a list of people.")
    assert yaml.safe_load(told) == {
        "name": "buyers / all",
        "description": "everybody who buys",
        "rule": {"rule": 1, "orders": "purchases"},
    }
    found = shop.definitions.plan(tmp_path / "defs")
    assert (found.same, found.changes, found.left, found.segments, found.schemes) == (True, (), (), (), ())


def test_a_workspace_without_definitions_gets_the_same_ones(
    shop: Workspace, shops: Callable[..., Workspace], tmp_path: Path
) -> None:
    shop.definitions.pull(tmp_path / "defs")
    other = shops("other")
    done = other.definitions.apply(tmp_path / "defs")
    assert [(one.key.kind, one.key.name) for one in done.changes] == [
        ("thresholds", "rfm"),
        ("segment", "buyers / all"),
        ("tier_scheme", "care"),
        ("segment", "staff"),
        ("segment", "沉睡"),
        ("goal", "more"),
        ("tracked_event", "Order Completed"),
        ("tracking_plan", ""),
    ]
    other.definitions.pull(tmp_path / "again")
    first, second = (
        {path.relative_to(folder): path.read_text() for path in folder.rglob("*.yaml")}
        for folder in (tmp_path / "defs", tmp_path / "again")
    )
    assert first == second
    assert (other.schemes.get("care").label, other.goals.all()[0].owner) == ("How we care", "ann")


def test_a_plan_tells_fields_and_whom_it_moves_and_changes_nothing(shop: Workspace, tmp_path: Path) -> None:
    shop.definitions.pull(tmp_path / "defs")
    change(tmp_path / "defs/tier_schemes/care.yaml", "value: 3", "value: 1")
    found = shop.definitions.plan(tmp_path / "defs")
    (told,) = found.changes
    assert (told.key, told.what) == (Key("tier_scheme", "care"), "changed")
    assert [(one.field, one.before, one.after) for one in told.fields] == [("tiers[0].rule.all[1].value", 3, None)]
    assert found.segments == (SegmentMove("沉睡", 1, 0, 0, 1),)
    assert found.schemes == (SchemeMove("care", 1, (TierMove("rest", "vip", 1),)),)
    assert found.to_dict()["schemes"][0]["moves"] == [{"was": "rest", "now": "vip", "people": 1}]
    assert shop.tiers("care").tier("vip").people == 1
    assert shop.segments.members("沉睡").tolist() == [shop.people.find("bert").id]


def test_what_is_applied_holds_at_once_and_is_recorded(shop: Workspace, tmp_path: Path) -> None:
    shop.definitions.pull(tmp_path / "defs")
    change(tmp_path / "defs/tier_schemes/care.yaml", "value: 3", "value: 1")
    change(tmp_path / "defs/thresholds/rfm.yaml", "window_days: 200", "view: quintile")
    change(tmp_path / "defs/goals/more.yaml", "0.5", "0.75")
    planned = shop.definitions.plan(tmp_path / "defs")
    assert shop.definitions.apply(tmp_path / "defs", plan=planned.hash) == planned
    assert (shop.tiers("care").tier("vip").people, shop.segments.members("沉睡").tolist()) == (2, [])
    assert shop.tiering.saved_thresholds("rfm") == {"view": "quintile"}
    assert [goal.target for goal in shop.goals.all()] == [0.75]
    assert {entry.action for entry in shop.access.audit.search()} >= {"tier_scheme.save", "tiers.reset", "goal.change"}
    assert shop.definitions.plan(tmp_path / "defs").same


def test_a_failure_in_the_middle_leaves_everything_as_it_was(shop: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "defs"
    shop.definitions.pull(folder)
    before = shop.definitions.plan(folder).hash
    (folder / "segments/aa.yaml").write_text("name: aa\nrule: {orders: purchases}\n")
    change(folder / "tier_schemes/care.yaml", "value: 3", "value: 1")
    (folder / "segments/zz.yaml").write_text("name: zz\nrule: {all: [{orders: purchases}, {event: Nothing}]}\n")
    entries = len(shop.access.audit.search())
    for ask in (shop.definitions.apply, shop.definitions.plan):
        with pytest.raises(RefusedDefinitionError, match=r"segments/zz\.yaml .* Change rule\.all\[1\]\.event"):
            ask(folder)
    (folder / "segments/zz.yaml").unlink()
    (folder / "segments/aa.yaml").unlink()
    change(folder / "tier_schemes/care.yaml", "value: 1", "value: 3")
    assert shop.definitions.plan(folder).hash == before
    assert len(shop.access.audit.search()) == entries
    assert shop.tiers("care").tier("vip").people == 1


def test_a_plan_that_is_out_of_date_is_not_applied(shop: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "defs"
    shop.definitions.pull(folder)
    change(folder / "goals/more.yaml", "0.5", "0.75")
    shown = shop.definitions.plan(folder).hash
    shop.segments.save_rule("meanwhile", {"all": []})
    with pytest.raises(DefinitionsChangedError, match=shown):
        shop.definitions.apply(folder, plan=shown)
    assert [goal.target for goal in shop.goals.all()] == [0.5]
    now = shop.definitions.plan(folder)
    assert (now.left, now.hash != shown) == ((Key("segment", "meanwhile"),), True)
    assert shop.definitions.plan(folder, prune=True).hash != now.hash
    change(folder / "goals/more.yaml", "0.75", "0.8")
    with pytest.raises(DefinitionsChangedError):
        shop.definitions.apply(folder, plan=now.hash)


def test_what_the_files_lack_stays_unless_it_is_pruned(shop: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "defs"
    shop.definitions.pull(folder)
    for path in folder.rglob("*.yaml"):
        path.unlink()
    kept = shop.definitions.apply(folder)
    assert (kept.same, len(kept.left), len(shop.segments.all())) == (True, 8, 3)
    done = shop.definitions.apply(folder, prune=True)
    # Who names goes before what is named.
    assert [one.key.name for one in done.changes if one.key.kind in {"segment", "tier_scheme", "goal"}] == [
        "more", "沉睡", "staff", "care", "buyers / all",
    ]  # fmt: skip
    assert done.schemes[0] == SchemeMove("care", 2, (TierMove("rest", "", 1), TierMove("vip", "", 1)))
    assert (shop.segments.all(), shop.schemes.all(), shop.goals.all(), shop.plan.plan().events) == ((), (), (), ())
    assert (shop.plan.plan().undeclared_events, shop.tiering.saved_thresholds("rfm")) == ("allow", {})


def test_tiers_are_renamed_together_with_who_names_them(shop: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "defs"
    shop.definitions.pull(folder)
    change(folder / "tier_schemes/care.yaml", "- key: vip", "- key: best")
    with pytest.raises(RefusedDefinitionError, match="care/vip"):
        shop.definitions.plan(folder)
    change(folder / "segments/沉睡.yaml", "care/vip", "care/best")
    with pytest.raises(RefusedDefinitionError, match="care/vip is named by others: “more”"):
        shop.definitions.plan(folder)
    change(folder / "goals/more.yaml", "care/vip", "care/best")
    assert [one.key.kind for one in shop.definitions.apply(folder).changes] == ["tier_scheme", "segment", "goal"]
    assert shop.goals.all()[0].whom == Whom(tier="care/best")


def test_lists_change_and_turn_into_rules_and_back(shop: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "defs"
    shop.definitions.pull(folder)
    file = folder / "segments/staff.yaml"
    file.write_text("name: staff\npeople: [bert, anna, anna]\norigin: {from: desk}\n")
    shop.definitions.apply(folder)
    assert (shop.segments.get("staff").size, shop.segments.get("staff").origin) == (2, {"from": "desk"})
    assert shop.definitions.plan(folder).same
    file.write_text("name: staff\nrule: {orders: purchases, value: 2}\n")
    shop.definitions.apply(folder)
    assert shop.segments.members("staff").tolist() == [shop.people.find("anna").id]
    file.write_text("name: staff\npeople: [zoe]\n")
    with pytest.raises(RefusedDefinitionError, match="zoe"):
        shop.definitions.apply(folder)


def test_a_goal_that_asks_something_else_is_set_anew(shop: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "defs"
    shop.definitions.pull(folder)
    number = shop.goals.all()[0].id
    change(folder / "goals/more.yaml", "owner: ann", "budget_minor: 900")
    shop.definitions.apply(folder)
    assert [(goal.id, goal.budget_minor, goal.owner) for goal in shop.goals.all()] == [(number, 900, "")]
    change(folder / "goals/more.yaml", "budget_minor: 900\n", "")
    shop.definitions.apply(folder)
    assert [(goal.id, goal.budget_minor) for goal in shop.goals.all()] == [(number, None)]
    shop.segments.save("anna", [shop.people.find("anna").id])
    change(folder / "goals/more.yaml", "repeat_rate", "revenue_per_person")
    change(folder / "goals/more.yaml", "tier: care/vip", "segment: anna")
    shop.definitions.apply(folder)
    # Over the thirty days before it, she bought for 40 yuan.
    assert [(goal.metric.name, goal.baseline) for goal in shop.goals.all()] == [("revenue_per_person", 4_000)]


def test_files_keep_their_names_and_others_are_left_alone(shop: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "defs"
    shop.definitions.pull(folder)
    (folder / "segments/staff.yaml").rename(folder / "segments/our people.yml")
    (folder / "segments/readme.txt").write_text("notes")
    (folder / "segments/new.yaml").write_text("name: new\nrule: {all: []}\n")
    change(folder / "segments/沉睡.yaml", "name: 沉睡", "name: 沉睡  # nobody's favourite")
    (folder / "goals/more.yaml").write_text("name: more\nmetric: {name: often}\n")
    shop.segments.save_rule("Buyers, all!", {"all": []})
    found = shop.definitions.pull(folder)
    assert set(found.written) >= {"segments/our people.yml", "segments/buyers-all-2.yaml"}
    assert (found.left, found.removed) == (("segments/new.yaml",), ())
    assert "favourite" in (folder / "segments/沉睡.yaml").read_text()  # it says what the workspace has
    assert "often" not in (folder / "goals/more.yaml").read_text()
    assert shop.definitions.pull(folder, prune=True).removed == ("segments/new.yaml",)
    assert (folder / "segments/readme.txt").exists()


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("segments/a.yaml", "name: a\nrule: {event: [", r"segments/a\.yaml: line \d"),
        ("segments/a.yaml", "- a\n", "the file is"),
        ("segments/a.yaml", "rule: {all: []}\n", "name is"),
        ("segments/a.yaml", "name: a\n", "rule is"),
        ("segments/a.yaml", "name: a\nrule: {any: []}\n", r"rule\.any is"),
        ("segments/a.yaml", "name: a\nrule: {orders: height}\n", r"rule\.orders is"),
        ("segments/a.yaml", "name: a\npeople: [3]\n", "people is"),
        ("segments/a.yaml", "name: a\npeople: []\ncolour: red\n", "colour is"),
        ("segments/a.yaml", b"name: \xff\n", "segments/a.yaml: the file"),
        ("segments/a.yaml", "name: a\nrule: {all: []}\nrule: {any: []}\n", r"line 3 is a second “rule”"),
        ("segments/a.yaml", "name: a\nrule: {all: []}\npeople: []\n", "people is"),
        ("segments/a.yaml", "name: a\nrule: {all: []}\norigin: {}\n", "origin is"),
        ("segments/a.yaml", "name: a\ndescription: [1]\nrule: {all: []}\n", "description is"),
        ("segments/a.yaml", "name: a\npeople: []\norigin: 3\n", "origin is 3"),
        ("tier_schemes/a.yaml", "name: a\ntiers: []\n", "tiers is"),
        ("thresholds/a.yaml", "scheme: rfm\nthresholds: 3\n", "thresholds is"),
        ("thresholds/a.yaml", "scheme: rfm\nthresholds: {shoe: 3}\n", "thresholds/a.yaml.*shoe"),
        ("thresholds/a.yaml", "scheme: rfn\nthresholds: {}\n", "thresholds/a.yaml.*rfn"),
        ("goals/a.yaml", "name: a\nmetric: {name: repeat_rate}\n", "goals/a.yaml"),
        ("tracking_plan/a.yaml", "event: a\nstatus: often\n", "tracking_plan/a.yaml.*status"),
        ("tracking_plan.yaml", "undeclared_events: maybe\n", "tracking_plan.yaml.*maybe"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_node(plain: Workspace, tmp_path: Path, path: str, text: Any, told: str) -> None:
    file = tmp_path / "defs" / path
    file.parent.mkdir(parents=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadDefinitionError, match=told):
        plain.definitions.plan(tmp_path / "defs")


def test_defaults_that_are_written_out_are_no_change(plain: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "defs"
    (folder / "thresholds").mkdir(parents=True)
    (folder / "thresholds/rfm.yaml").write_text("scheme: rfm\nthresholds: {}\n")
    (folder / "tracking_plan.yaml").write_text("undeclared_events: allow\n")
    assert plain.definitions.plan(folder).same
    plain.plan.set_undeclared_events("show")
    (change,) = plain.definitions.apply(folder).changes
    assert [(one.before, one.after) for one in change.fields] == [("show", "allow")]
    assert plain.definitions.plan(folder, prune=True).same


def test_links_that_lead_out_of_the_folder_are_not_followed(shop: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "defs"
    (folder / "segments").mkdir(parents=True)
    (tmp_path / "secret").write_text("name: secret\nrule: {all: []}\n")
    link = folder / "segments/secret.yaml"
    link.symlink_to(tmp_path / "secret")
    with pytest.raises(BadDefinitionError, match=r"segments/secret\.yaml: the file is a link"):
        shop.definitions.plan(folder)
    link.rename(folder / "kept")
    (folder / "segments/staff.yaml").symlink_to(tmp_path / "made")
    with pytest.raises(NoDefinitionsError, match="leads out"):
        shop.definitions.pull(folder)
    assert not (tmp_path / "made").exists()


def test_refusals_are_told_in_the_language_of_who_reads_them(plain: Workspace, tmp_path: Path) -> None:
    (tmp_path / "defs/segments").mkdir(parents=True)
    (tmp_path / "defs/segments/a.yaml").write_text("name: a\npeople: [nobody]\n")
    with pytest.raises(RefusedDefinitionError) as caught:
        plain.definitions.plan(tmp_path / "defs")
    assert "Nobody has the id “nobody”" in str(caught.value)
    assert "没有标识为“nobody”的用户" in caught.value.message("zh_CN")
    assert caught.value.message("zh_CN").endswith("请修改 文件。")


def test_folders_that_cannot_be_used_are_told(plain: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NoDefinitionsError, match="no such folder"):
        plain.definitions.plan(tmp_path / "nowhere")
    (tmp_path / "defs/segments").mkdir(parents=True)
    for name in ("a", "b"):
        (tmp_path / f"defs/segments/{name}.yaml").write_text("name: x\nrule: {all: []}\n")
    with pytest.raises(TwiceDefinedError, match=r"segments/b\.yaml and segments/a\.yaml both define"):
        plain.definitions.plan(tmp_path / "defs")
    plain.segments.save_rule("x", {"all": []})
    with pytest.raises(NoDefinitionsError):
        plain.definitions.pull(tmp_path / "orders.csv")


def test_it_takes_the_permissions_of_what_is_changed(shop: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "defs"
    shop.definitions.pull(folder)
    change(folder / "goals/more.yaml", "0.5", "0.75")
    with acting_as(Actor("user", 7, "ann", frozenset({"query:read", "people:read"}))):
        assert shop.definitions.pull(folder / "own").written
        with pytest.raises(NotAllowedError, match="goal:write"):
            shop.definitions.apply(folder)
    with acting_as(Actor("user", 8, "ben", frozenset({"query:read"}))), pytest.raises(NotAllowedError, match="people:read"):
        shop.definitions.pull(folder)


_PRINTABLE = st.characters(exclude_categories=["C", "Z"]) | st.just(" ")
texts = st.text(_PRINTABLE, min_size=1, max_size=40).filter(lambda text: text.strip() == text != "")
rules = st.recursive(
    st.sampled_from([fg.rule.orders("purchases", at_least=2), fg.rule.tier("rfm/none"), fg.rule.did("*", last_days=3)]),
    lambda inner: st.builds(lambda a, b: a & ~b, inner, inner),
    max_leaves=3,
)


@given(names=st.lists(texts, min_size=1, max_size=4, unique=True), some=st.lists(rules, min_size=4, max_size=4), note=texts)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
def test_any_names_and_rules_come_back_as_they_were(
    plain: Workspace, tmp_path: Path, names: list[str], some: list[Any], note: str
) -> None:
    one, folder = plain, tmp_path / f"defs{len(list(tmp_path.glob('defs*')))}"
    for name, rule in zip(names, some, strict=False):
        one.segments.save_rule(name, rule, description=note)
    scheme = one.schemes.save("law", [(f"t{place}", note, rule) for place, rule in enumerate(some)], label=note, replace=True)
    kept = {segment.name: (segment.rule, segment.description) for segment in one.segments.all()}
    one.definitions.pull(folder)
    assert one.definitions.plan(folder, prune=True).same
    one.schemes.delete("law")
    for name in names:
        one.segments.delete(name)
    one.definitions.apply(folder)
    assert {segment.name: (segment.rule, segment.description) for segment in one.segments.all()} == kept
    assert one.schemes.get("law").definition() == scheme.definition()
    for name in names:
        one.segments.delete(name)
