"""How signs of a churn diagnosis are named, ranked and led from, without a workspace."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from finegrain.console.pages.analysis.answers.churn import ChurnAnswer
from finegrain.console.theme import DARK
from finegrain.i18n import speaking

READS = ChurnAnswer()


def sign(kind: str, event: str, verdict: str = "finding", **more: Any) -> SimpleNamespace:
    figures = {"silent_with": 60, "share_silent": 0.6, "share_stayed": 0.2, "ratio": 2.5, "low": 1.9, "high": 3.3, "q": 0.004}
    return SimpleNamespace(
        **{"kind": kind, "event": event, "following": "", "verdict": verdict, "stake_minor": 123_456} | figures | more
    )


def result(*signs: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(signs=signs, currency="CNY")


@pytest.mark.parametrize(
    ("found", "english", "chinese"),
    [
        (sign("unreached", "Message Delivered"), "No message", "没有收到消息"),
        (sign("missing", "Products Searched"), "Did not: Products Searched", "没有做：搜索商品"),
        (sign("stopped", "Product Added", following="My Step"), "Product Added, then no My Step", "加入购物车 之后没有 My Step"),
    ],
)
def test_signs_are_told_in_the_language_of_the_reader(found: SimpleNamespace, english: str, chinese: str) -> None:
    with speaking("en"):
        assert READS.table(result(found)).rows[0][0].text == english
    with speaking("zh_CN"):
        assert READS.table(result(found)).rows[0][0].text == chinese


def test_only_findings_say_what_is_at_stake() -> None:
    table = READS.table(result(sign("event", "A"), sign("event", "B", "none")))
    assert [row[-1].value for row in table.rows] == ["1234.56", None]


def test_a_sign_that_was_not_judged_has_no_ratio_and_is_not_drawn() -> None:
    thin = result(sign("event", "A", "thin", ratio=None, low=None, high=None, q=None))
    assert [cell.text for cell in READS.table(thin).rows[0][-3:]] == ["–", "–", "–"]
    assert READS.pictures(thin) == []


@pytest.mark.parametrize(("q", "text", "value"), [(0.0123, "0.012", 0.0123), (2e-225, "< 0.001", 2e-225), (0.0, "< 0.001", 0.0)])
def test_a_small_q_is_told_as_small_and_stands_in_files(q: float, text: str, value: float) -> None:
    cell = READS.table(result(sign("event", "A", q=q))).rows[0][-2]
    assert (cell.text, cell.value) == (text, value)


def test_signs_that_too_few_people_have_are_folded_away_unless_there_are_no_others() -> None:
    thin = sign("event", "A", "thin", ratio=None, low=None, high=None, q=None)
    table = READS.table(result(sign("event", "B"), sign("event", "C", "none"), thin))
    assert (len(table.rows), table.first, table.rest) == (3, 2, "Show 1 sign that too few people have")
    assert READS.table(result(thin)).first is None


def test_where_nobody_can_be_compared_it_is_said_why() -> None:
    nobody = SimpleNamespace(compared=SimpleNamespace(silent=0, stayed=0, too_new=1_200, back=3, outside=0))
    assert READS.is_empty(nobody)
    title, text = READS.nothing(nobody)
    assert title == "There is nobody to compare"
    assert text.startswith("Too new: 1,200. Silent and back: 3. Outside the period: 0.")


def test_bars_lead_to_either_side_of_a_sign() -> None:
    silent, stayed = READS.pictures(result(sign("event", "A")))[0].build(DARK)["series"]
    assert silent["data"][0]["door"] == {"sign": 0, "having": True}
    assert stayed["data"][0]["door"] == {"sign": 0, "having": True, "group": "stayed"}


@pytest.mark.parametrize(
    ("select", "title"),
    [
        ({"group": "back"}, "Left out: silent and back"),
        ({"sign": 0, "having": True}, "Went silent, with: Did: A"),
        ({"sign": 0, "having": False, "group": "stayed"}, "Stayed, without: Did: A"),
        ({"sign": 9}, "Went silent"),
    ],
)
def test_lists_are_called_by_whom_they_hold(select: dict[str, Any], title: str) -> None:
    assert READS.title(result(sign("event", "A")), select) == title
