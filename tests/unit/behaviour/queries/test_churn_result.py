"""What a churn diagnosis says of a crowd whose figures can be worked by hand: its numbers, its sentences, its frames."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.twins.logs import AS_OF, WORLDS

from finegrain.behaviour.churn.contract import Histories, LeftOut
from finegrain.behaviour.churn.naming import is_done_to, is_trouble
from finegrain.behaviour.churn.query import ChurnQuery
from finegrain.behaviour.churn.report import length_of
from finegrain.behaviour.churn.result import ChurnResult, churn_result
from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.contract import EventMatch
from finegrain.behaviour.receiving import is_message
from finegrain.i18n import speaking

DAY_US = 86_400_000_000
QUERY = ChurnQuery(period="2024-03-01..2024-04-04")


def crowd(cells: dict[tuple[bool, bool], int], **more: Any) -> Histories:
    """Give people of one stratum: by whether they went silent and whether a message reached them, how many."""
    rows = [cell for cell, count in cells.items() for _ in range(count)]
    n, nobody = len(rows), np.zeros(0, dtype=np.int64)
    silent, reached = (np.array([row[place] for row in rows], dtype=np.bool_) for place in (0, 1))
    moment = np.full(n, 1_710_000_000_000_000)
    ones = np.ones(n, dtype=np.int32)
    parts: dict[str, Any] = {
        "person_id": np.arange(1, n + 1), "silent": silent, "index_us": moment, "known_us": moment - 40 * DAY_US,
        "visits": ones, "orders": ones, "revenue_minor": np.full(n, 1_000), "messages": reached.astype(np.int32),
        "last_event": np.zeros(n, dtype=np.int32), "present": np.ones((n, 1), dtype=np.bool_),
        "stopped": np.zeros((n, 0), dtype=np.bool_), "names": ("A",), "message": EventMatch("Message Delivered"),
        "steps": (), "left_out": LeftOut(nobody, nobody, np.array([900, 901])),
    }  # fmt: skip
    return Histories(**{**parts, **more})


def diagnosed(found: Histories) -> ChurnResult:
    scope = WORLDS["embedded"]([]).service.scope(QUERY, AS_OF)
    return churn_result(QUERY, scope, found)


CELLS = {(True, False): 60, (True, True): 40, (False, False): 40, (False, True): 160}
"""Of 100 people whom no message reached 60 went silent, of 200 others 40: three times as often."""


@pytest.fixture
def result() -> ChurnResult:
    return diagnosed(crowd(CELLS))


def test_the_figures_of_a_sign_worked_by_hand(result: ChurnResult) -> None:
    (sign,) = result.findings
    assert (sign.kind, sign.event) == ("unreached", "Message Delivered")
    assert (sign.silent, sign.silent_with, sign.stayed, sign.stayed_with) == (100, 60, 200, 40)
    assert (sign.share_silent, sign.share_stayed) == (0.6, 0.2)
    assert sign.ratio == pytest.approx(3)
    # (3 − 1) / 3 of the revenue of 60 people with 10.00 each.
    assert sign.attributable == pytest.approx(2 / 3)
    assert (sign.revenue_minor, sign.stake_minor) == (60_000, 40_000)
    assert sign.stake_people == pytest.approx(40)


def test_a_finding_is_told_with_its_numbers_in_both_languages(result: ChurnResult) -> None:
    line = next(line for line in result.report("en") if line.code == "finding")
    assert "60% of the silent (60 of 100), but 20% of comparable people" in line.text
    assert "3.00 times as often" in line.text
    assert "about 40 of these 60 people" in line.text
    assert "¥400" in line.text
    assert (line.select, line.numbers["silent_with"]) == ({"sign": 0, "having": True}, 60)
    chinese = next(line for line in result.report("zh-CN") if line.code == "finding").text
    assert "沉默用户中占 60%（100 人中有 60 人）" in chinese
    with speaking("zh_CN"):
        assert next(line.text for line in result.report() if line.code == "finding") == chinese


def test_the_report_says_who_was_compared_and_left_out_and_that_a_sign_is_no_cause(result: ChurnResult) -> None:
    lines = {line.code: line for line in result.report("en")}
    assert list(lines) == ["compared", "matched", "left_out", "finding", "rare", "caution"]
    assert lines["compared"].numbers == {"silent": 100, "stayed": 200}
    assert lines["left_out"].numbers == {"too_new": 0, "outside": 0, "back": 2}
    assert result.people("back").tolist() == [900, 901]
    assert "only a trial with a control group can tell" in lines["caution"].text


def test_where_nothing_stands_out_it_says_so() -> None:
    even = diagnosed(crowd({(True, False): 40, (True, True): 80, (False, False): 40, (False, True): 80}))
    assert even.findings == ()
    told = {line.code: line.text for line in even.report("en")}
    assert "Signs judged: 1. None marks" in told["none"]
    assert "no finding" in repr(even)


def test_an_event_that_keeps_people_is_told_as_missing() -> None:
    present = np.array([[reached] for (_, reached), count in CELLS.items() for _ in range(count)])
    result = diagnosed(crowd(CELLS, present=present, message=None))
    (sign,) = result.findings
    assert (sign.kind, sign.event, sign.silent_with) == ("missing", "A", 60)
    assert sign.ratio == pytest.approx(3)
    assert result.people("silent", sign=0, having=True).tolist() == list(range(1, 61))
    assert result.to_dict()["message"] is None


def test_an_event_after_which_nobody_ever_goes_silent_is_the_strongest_of_findings() -> None:
    cells = {(True, False): 100, (False, False): 100, (False, True): 100}
    present = np.array([[renewed] for (_, renewed), count in cells.items() for _ in range(count)])
    result = diagnosed(crowd(cells, present=present, names=("Subscription Renewed",), message=None))
    (sign,) = result.findings
    assert (sign.kind, sign.silent_with, sign.stayed_with, sign.share_silent) == ("missing", 100, 100, 1)
    # 100½ of 201 without it against ½ of 101 with it.
    ratio = (100.5 / 201) / (0.5 / 101)
    assert sign.ratio == pytest.approx(ratio)
    assert sign.stake_minor == round((1 - 1 / ratio) * 100_000)


@pytest.mark.parametrize(("group", "field"), [("silent", "sign"), ("back", "group")])
def test_who_has_a_sign_is_not_asked_without_the_sign(group: Any, field: str) -> None:
    with pytest.raises(BadQueryError, match=field):
        diagnosed(crowd(CELLS)).people(group, having=True)


def test_trouble_that_comes_with_staying_is_no_sign() -> None:
    present = np.array([[reached] for (_, reached), count in CELLS.items() for _ in range(count)])
    result = diagnosed(crowd(CELLS, present=present, names=("Payment Failed",), message=None))
    sign = result.signs[0]
    assert (sign.kind, sign.verdict, sign.attributable, sign.stake_minor) == ("trouble", "none", 0, None)


def test_each_number_is_the_length_of_a_list(result: ChurnResult) -> None:
    assert result.people("silent", sign=0, having=False).tolist() == list(range(61, 101))
    assert len(result.people("stayed", sign=0, having=True)) == 40
    assert len(result.people("silent", matched=True)) == result.compared.matched_silent == 100
    assert result.compared.revenue_minor == 100_000


def test_the_answer_is_json_and_frames(result: ChurnResult) -> None:
    answer = result.to_dict()
    assert answer["compared"]["silent"] == 100
    assert answer["signs"][0]["stake_people"] == 40.0
    assert answer["report"][0]["code"] == "compared"
    assert answer["steps"] == []
    table = result.to_arrow()
    assert table.num_rows == len(result.signs)
    assert table["ratio"].to_pylist()[0] == pytest.approx(3)
    assert set(result.columns) <= set(table.column_names)
    assert "unreached Message Delivered ×3.00" in repr(result)
    assert diagnosed(crowd({})).to_arrow()["silent"].to_pylist() == [0, 0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Message Delivered", (True, True, False)),
        ("push_notification_received", (True, True, False)),
        ("$AppPushReceived", (True, True, False)),
        ("Email Bounced", (False, True, False)),
        ("Message Opened", (False, True, False)),
        ("Email Link Clicked", (False, False, False)),
        ("Order Refunded", (False, True, True)),
        ("Order Completed", (False, False, False)),
        ("支付失败", (False, False, True)),
        ("Payment Declined", (False, False, True)),
    ],
)
def test_names_tell_what_events_are(name: str, expected: tuple[bool, bool, bool]) -> None:
    assert (is_message(name), is_done_to(name), is_trouble(name)) == expected


@pytest.mark.parametrize(
    ("text", "words"), [("90m", "90 minutes"), ("12h", "12 hours"), ("2w", "2 weeks"), ("30s", "30 seconds")]
)
def test_lengths_are_told_in_words(text: str, words: str) -> None:
    assert length_of(text) == words
