"""Rules as sentences, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from tests.twins.rules import rules

from finegrain.audience.rules.builder import rule as r
from finegrain.audience.rules.contract import All, Rule
from finegrain.audience.rules.sentences import sentence
from finegrain.i18n import speaking

SAID = [
    (All(), "everybody", "所有用户"),
    (
        r.trait("city").is_("Ulm", "Bonn") & ~r.tier("rfm/lost"),
        "city is “Ulm” or “Bonn”, and not (in the tier “RFM · Lost”)",
        "city 为“Ulm”或“Bonn”，且不满足（处于层级“RFM · 流失”）",
    ),
    (
        r.did("Order Completed", at_least=3, last_days=30) | (r.trait("vip").is_(True) & r.segment("list")),
        "times of “Order Completed”: at least 3, in the last 30 days, or (vip is true, and in the segment “list”)",
        "近 30 天，“Order Completed”的次数：不少于 3，或（vip 为真，且属于人群“list”）",
    ),
    (r.did("A", period="today"), "did “A”, today", "今天，做过“A”"),
    (r.did("*", exactly=0, period="4w"), "did not do any event, in the last 4 weeks", "近 4 周，没有做过任意事件"),
    (
        r.did("A", days=True, between=(2, 3), period="1m"),
        "days with “A”: from 2 to 3, in the last 1 month",
        "近 1 个月，做过“A”的天数：在 2 到 3 之间",
    ),
    (
        r.did(r.event("A", r.where("price", "gt", 9.5), r.where("kind", "exists")), sum_of="price"),
        "the sum of price over “A” where price is more than 9.5 and kind has a value is at least 1",
        "满足 price 大于 9.5 且 kind 有值 的“A”的 price 之和不少于 1",
    ),
    (
        r.first_time("A", period="2024-01-01"),
        "did “A” for the first time, from 2024-01-01 to 2024-01-01",
        "2024-01-01 至 2024-01-01，首次做“A”",
    ),
    (r.without("A", "B", within="1d"), "did “A”, and no “B” within 1 day", "做过“A”，且 1 天内没有做“B”"),
    (r.sequence("A", "B", within="30m"), "did “A”, then “B” within 30 minutes", "做过“A”，并在 30 分钟内做了“B”"),
    (r.orders("revenue", at_most=1000), "revenue at most 1,000", "消费金额不超过 1,000"),
    (
        r.moved("rfm", was=("champions",)),
        "moved from “RFM · Champions” to any other (RFM), in the last 30 days",
        "近 30 天，从“RFM · 冠军用户”迁移到其他层级（RFM）",
    ),
    (r.tier("rfm/lost", at="2024-01-01"), "on 2024-01-01 in the tier “RFM · Lost”", "2024-01-01 处于层级“RFM · 流失”"),
    (r.tier("mine/gold", "mine/silver"), "in the tier “mine/gold” or “mine/silver”", "处于层级“mine/gold”或“mine/silver”"),
    (r.messages("opened", "email", exactly=0), "messages opened on email: exactly 0", "email 渠道打开的消息：等于 0"),
    (r.reachable("sms"), "reachable on sms for marketing", "可通过 sms 触达（用途：marketing）"),
    (
        r.trait("birthday").anniversary(within_days=7),
        "birthday has its anniversary within the next 7 days",
        "birthday 的周年日在未来 7 天内",
    ),
]


@pytest.mark.parametrize(("rule", "english", "chinese"), SAID)
def test_a_rule_reads_as_a_sentence(rule: Rule, english: str, chinese: str) -> None:
    assert sentence(rule) == english
    with speaking("zh_CN"):
        assert sentence(rule) == chinese


@given(rule=rules)
def test_every_rule_has_a_sentence_in_both_languages(rule: Rule) -> None:
    for language in ("en", "zh_CN"):
        with speaking(language):
            assert sentence(rule)
            assert "{" not in sentence(rule)
