"""Dashboards: made, filled, arranged, asked over one period; on each engine of the ops store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import finegrain as fg
from finegrain.access.acting import NOBODY, acting_as
from finegrain.access.contract import Actor
from finegrain.access.errors import NotAllowedError
from finegrain.access.roles import GRANTS
from finegrain.behaviour.dashboards.checking import LONGEST_QUERY, MOST_CARDS, MOST_DASHBOARDS
from finegrain.behaviour.dashboards.errors import (
    BadDashboardError,
    DashboardExistsError,
    UnknownCardError,
    UnknownDashboardError,
)
from finegrain.behaviour.errors import BadPeriodError, BadQueryError, UnknownEventError
from finegrain.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.clients.stocked import CopyOf

    from finegrain.behaviour.dashboards.service import DashboardService
    from finegrain.workspace import Workspace

FUNNEL: dict[str, Any] = {"steps": ["Product Viewed", {"event": "Coupon Used"}], "period": "90d"}
EVENTS = """event,user_id,time
Product Viewed,ann,2024-05-01 10:00
Coupon Used,ann,2024-05-02 10:00
Product Viewed,ben,2024-06-01 10:00
"""
ANALYST, VIEWER = (Actor("user", 1, role, GRANTS[role]) for role in ("analyst", "viewer"))


def stock(home: Path, ops_url: str) -> None:
    """Import the events."""
    (home / "events.csv").write_text(EVENTS, encoding="utf-8")
    with fg.open(home, ops_url=ops_url, zone="UTC", currency="CNY") as opened:
        opened.import_events(home / "events.csv")


@pytest.fixture
def workspace(copy_of: CopyOf) -> Iterator[Workspace]:
    """A workspace in which two people looked and one bought."""
    home, ops_url = copy_of(stock)
    with fg.open(home, ops_url=ops_url, zone="UTC", currency="CNY") as opened:
        yield opened


@pytest.fixture
def boards(workspace: Workspace) -> DashboardService:
    return workspace.dashboards


def titles(boards: DashboardService, number: int) -> list[str]:
    return [card.title for card in boards.get(number).cards]


def test_a_dashboard_is_made_empty_and_listed_by_name(boards: DashboardService) -> None:
    second, first = boards.make(" Week "), boards.make("Day", period="7d")
    assert boards.all() == (first, second)
    assert (first.period, second.name, second.cards) == ("7d", "Week", ())


def test_a_card_keeps_its_question_as_json_without_defaults(boards: DashboardService) -> None:
    made = boards.add(boards.make("Shop").id, "Buying", "funnel", {**FUNNEL, "window": "7d"}, width=3, height=1)
    (card,) = boards.all()[0].cards
    assert card == made.cards[0]
    assert card.query == {"steps": [{"event": "Product Viewed"}, {"event": "Coupon Used"}], "period": "90d"}
    assert made.to_dict()["cards"][0] == {"id": card.id, "title": "Buying", "kind": "funnel", "width": 3, "height": 1,
                                          "query": card.query}  # fmt: skip


def test_a_process_by_its_preset_can_be_a_card(boards: DashboardService) -> None:
    made = boards.add(boards.make("Shop").id, "Buying", "process", {"preset": "purchase"})
    assert made.cards[0].query == {"preset": "purchase"}


def test_cards_are_answered_each_over_its_own_period_or_all_over_one(workspace: Workspace, boards: DashboardService) -> None:
    made = boards.add(boards.make("Shop").id, "Buying", "funnel", FUNNEL)
    as_of = workspace.as_of("2024-06-30")
    assert boards.answer(made, made.cards[0], as_of).total.steps[0].count == 2
    narrowed = boards.set_period(made.id, "2024-06-01..2024-06-30")
    assert boards.answer(narrowed, narrowed.cards[0], as_of).total.steps[0].count == 1
    assert boards.set_period(made.id, "").period == ""


def test_a_question_that_can_no_longer_be_answered_says_why(workspace: Workspace, boards: DashboardService) -> None:
    made = boards.add(boards.make("Shop").id, "Gone", "trends", {"series": ["Never"]})
    with pytest.raises(UnknownEventError, match="Never"):
        boards.answer(made, made.cards[0], workspace.as_of("2024-06-30"))


def test_cards_can_be_put_into_any_order(boards: DashboardService) -> None:
    board = boards.make("Shop")
    for title in ("a", "b", "c"):
        board = boards.add(board.id, title, "funnel", FUNNEL)
    one, two, three = (card.id for card in board.cards)
    boards.arrange(board.id, [three, one, two])
    assert titles(boards, board.id) == ["c", "a", "b"]
    boards.add(board.id, "d", "funnel", FUNNEL)
    boards.remove(board.id, one)
    assert titles(boards, board.id) == ["c", "b", "d"]


@pytest.mark.parametrize("order", [[], [1], [1, 1], [1, 2, 3]])
def test_an_order_that_is_none_is_refused(boards: DashboardService, order: list[int]) -> None:
    board = boards.make("Shop")
    for title in ("a", "b"):
        board = boards.add(board.id, title, "funnel", FUNNEL)
    numbers = {place: card.id for place, card in enumerate(board.cards, 1)}
    with pytest.raises(BadDashboardError, match="order"):
        boards.arrange(board.id, [numbers.get(place, 99) for place in order])


def test_a_card_gets_another_title_and_size(boards: DashboardService) -> None:
    board = boards.add(boards.make("Shop").id, "a", "funnel", FUNNEL)
    card = board.cards[0].id
    boards.change(board.id, card, title=" Buying ")
    (changed,) = boards.change(board.id, card, width=4, height=3).cards
    assert (changed.title, changed.width, changed.height) == ("Buying", 4, 3)


def test_a_dashboard_is_renamed_and_its_old_name_is_free(boards: DashboardService) -> None:
    board = boards.make("Shop")
    assert boards.rename(board.id, "Store").name == "Store"
    assert boards.rename(board.id, "Store").name == "Store"
    with pytest.raises(DashboardExistsError, match="Store"):
        boards.make("Store")
    with pytest.raises(DashboardExistsError):
        boards.rename(boards.make("Shop").id, "Store")


def test_a_copy_has_cards_of_its_own(boards: DashboardService) -> None:
    board = boards.add(boards.make("Shop", period="7d").id, "a", "funnel", FUNNEL, width=1)
    copy = boards.duplicate(board.id, "Copy")
    assert (copy.period, [(card.title, card.width) for card in copy.cards]) == ("7d", [("a", 1)])
    boards.remove(copy.id, copy.cards[0].id)
    assert titles(boards, board.id) == ["a"]


def test_a_dashboard_is_deleted_with_its_cards(boards: DashboardService) -> None:
    board = boards.add(boards.make("Shop").id, "a", "funnel", FUNNEL)
    boards.delete(board.id)
    assert boards.all() == ()
    with pytest.raises(UnknownDashboardError, match=str(board.id)):
        boards.get(board.id)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb"])
def test_a_name_that_no_dashboard_can_have_is_refused(boards: DashboardService, name: str) -> None:
    with pytest.raises(BadDashboardError, match="name"):
        boards.make(name)
    with pytest.raises(BadDashboardError, match="title"):
        boards.add(boards.make("Shop").id, name, "funnel", FUNNEL)


@pytest.mark.parametrize("size", [{"width": 0}, {"width": 5}, {"height": 0}, {"height": 4}])
def test_a_size_that_no_card_can_have_is_refused(boards: DashboardService, size: dict[str, int]) -> None:
    with pytest.raises(BadDashboardError, match=next(iter(size))):
        boards.add(boards.make("Shop").id, "a", "funnel", FUNNEL, **size)


def test_a_question_that_is_none_is_refused(boards: DashboardService) -> None:
    board = boards.make("Shop")
    with pytest.raises(UnknownNameError, match="tunnel"):
        boards.add(board.id, "a", "tunnel", FUNNEL)
    with pytest.raises(BadQueryError, match="stepps"):
        boards.add(board.id, "a", "funnel", {"stepps": []})
    with pytest.raises(BadDashboardError, match="question"):
        boards.add(board.id, "a", "funnel", {**FUNNEL, "group": "x" * LONGEST_QUERY})
    with pytest.raises(BadPeriodError):
        boards.set_period(board.id, "soon")


def test_there_are_no_more_cards_than_fit(boards: DashboardService) -> None:
    board = boards.make("Shop")
    for place in range(MOST_CARDS):
        boards.add(board.id, str(place), "funnel", FUNNEL)
    with pytest.raises(BadDashboardError, match="at most 30"):
        boards.add(board.id, "more", "funnel", FUNNEL)


def test_there_are_no_more_dashboards_than_can_be_overseen(boards: DashboardService, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_DASHBOARDS == 200
    monkeypatch.setattr("finegrain.behaviour.dashboards.service.MOST_DASHBOARDS", 2)
    for name in ("a", "b"):
        board = boards.make(name)
    with pytest.raises(BadDashboardError, match="at most 2"):
        boards.duplicate(board.id, "c")


def test_a_card_that_is_not_there_is_told(boards: DashboardService) -> None:
    mine, other = boards.make("Mine"), boards.add(boards.make("Other").id, "a", "funnel", FUNNEL)
    with pytest.raises(UnknownCardError, match="Mine"):
        boards.remove(mine.id, other.cards[0].id)
    with pytest.raises(UnknownCardError):
        boards.change(mine.id, other.cards[0].id, title="b")


def test_an_analyst_arranges_a_viewer_only_looks_and_nobody_sees_nothing(boards: DashboardService) -> None:
    with acting_as(ANALYST):
        board = boards.add(boards.make("Shop").id, "a", "funnel", FUNNEL)
    with acting_as(VIEWER):
        assert boards.get(board.id) == board
        for change in (
            lambda: boards.make("x"),
            lambda: boards.duplicate(board.id, "x"),
            lambda: boards.rename(board.id, "x"),
            lambda: boards.set_period(board.id, "7d"),
            lambda: boards.add(board.id, "b", "funnel", FUNNEL),
            lambda: boards.change(board.id, board.cards[0].id, width=1),
            lambda: boards.arrange(board.id, [board.cards[0].id]),
            lambda: boards.remove(board.id, board.cards[0].id),
            lambda: boards.delete(board.id),
        ):
            with pytest.raises(NotAllowedError):
                change()
    with acting_as(NOBODY), pytest.raises(NotAllowedError):
        boards.all()
    assert titles(boards, board.id) == ["a"]


def test_every_change_stands_in_the_audit_log(workspace: Workspace, boards: DashboardService) -> None:
    board = boards.add(boards.make("Shop").id, "a", "funnel", FUNNEL)
    card = board.cards[0].id
    boards.change(board.id, card, width=4)
    boards.arrange(board.id, [card])
    boards.rename(board.id, "Store")
    boards.remove(board.id, card)
    boards.delete(board.id)
    told = [entry.action.removeprefix("dashboard.") for entry in workspace.access.audit.search() if "dashboard" in entry.action]
    assert told == ["delete", "remove", "change", "arrange", "change", "add", "make"]
