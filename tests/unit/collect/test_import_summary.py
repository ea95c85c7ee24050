"""The shape of what imports give back."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from finegrain.collect.imports.contract import ImportSummary, Reason
from finegrain.collect.imports.reasons import REASONS, detail, reason_name
from finegrain.i18n import speaking

SUMMARY = ImportSummary(
    import_id=7,
    kind="orders",
    rows=5,
    accepted=3,
    rejected={"no_person": 2},
    duplicates=1,
    orders=2,
    refunds=0,
    events=2,
    people=2,
    buyers=2,
    new_people=1,
    revenue_minor=-1205,
    currency="CNY",
    seconds=0.12345,
)


def test_the_summary_is_the_object_that_the_issue_names() -> None:
    assert SUMMARY.to_dict() == {
        "rows": 5,
        "accepted": 3,
        "rejected": {"no_person": 2},
        "orders": 2,
        "refunds": 0,
        "people": 2,
        "duplicates": 1,
        "events": 2,
        "buyers": 2,
        "new_people": 1,
        "net_revenue": "-12.05",
        "currency": "CNY",
        "import_id": 7,
        "kind": "orders",
        "seconds": 0.123,
    }


@pytest.mark.parametrize(("currency", "text"), [("JPY", "-1205"), ("KWD", "-1.205"), ("USD", "-12.05")])
def test_net_revenue_has_the_decimals_of_its_currency(currency: str, text: str) -> None:
    assert replace(SUMMARY, currency=currency).to_dict()["net_revenue"] == text


def test_every_reason_has_a_name_and_a_sentence_in_both_languages() -> None:
    assert set(get_args(Reason)) == set(REASONS)
    for reason in REASONS:
        english = (reason_name(reason), detail(reason, {}, {}))
        with speaking("zh_CN"):
            chinese = (reason_name(reason), detail(reason, {}, {}))
        assert all(one != other for one, other in zip(english, chinese, strict=True))


def test_a_sentence_shows_the_value_that_was_refused() -> None:
    columns = {"amount": "paid", "unit_price": "price", "person": "who", "order_id": "id"}
    assert "“x” in column “price”" in detail("bad_amount", {"paid": "5", "price": "x"}, columns)
    assert "column “id” is longer" in detail("id_too_long", {"who": "a", "id": "1" * 300}, columns)
    assert "…" in detail("id_too_long", {"who": "a", "id": "1" * 300}, columns)
