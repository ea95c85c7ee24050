"""Money: rounding, minor units, and how it is read."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finegrain.errors import BadValueError
from finegrain.money import Money, exponent


@pytest.mark.parametrize(("currency", "places"), [("CNY", 2), ("JPY", 0), ("KWD", 3)])
def test_minor_units_follow_iso_4217(currency: str, places: int) -> None:
    assert exponent(currency) == places


@given(st.integers(-(10**15), 10**15), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_major_and_minor_units_give_back_each_other(minor: int, currency: str) -> None:
    money = Money(currency, minor)
    assert Money.from_major(money.major, currency) == money


@pytest.mark.parametrize(("amount", "minor"), [("0.005", 1), ("-0.005", -1), ("2.675", 268), ("2.674", 267)])
def test_halves_are_rounded_away_from_zero(amount: str, minor: int) -> None:
    assert Money.from_major(Decimal(amount), "CNY").amount_minor == minor


@pytest.mark.parametrize(
    ("minor", "language", "text"),
    [
        (128_493_000, "zh_CN", "¥128.5万"),
        (128_493_000, "en", "¥1.28M"),
        (999_999, "zh_CN", "¥9,999.99"),
        (-5_000, "en", "-¥50.00"),
        (0, "en", "¥0.00"),
    ],
)
def test_compact_money_reads_as_in_the_readers_language(minor: int, language: str, text: str) -> None:
    assert Money("CNY", minor).compact(language) == text


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(BadValueError, match="ISO 4217"):
        exponent("XXZ")


AMOUNTS = st.integers(-(10**12), 10**12)
CURRENCIES = st.sampled_from(["CNY", "USD", "JPY", "KWD"])


@given(AMOUNTS, CURRENCIES, st.sampled_from(["en", "zh_CN"]))
def test_every_digit_of_an_amount_is_written_out(minor: int, currency: str, language: str) -> None:
    text = Money(currency, minor).text(language)
    assert int("".join(character for character in text if character.isdigit())) == abs(minor)
    assert text.startswith("-") == (minor < 0)


@given(st.lists(AMOUNTS, min_size=2, max_size=2))
def test_amounts_of_one_currency_sort_by_size(minors: list[int]) -> None:
    low, high = sorted(Money("CNY", minor) for minor in minors)
    assert low.amount_minor <= high.amount_minor


@pytest.mark.parametrize(
    ("currency", "minor", "text"),
    [("USD", 150_000, "$1,500.00"), ("USD", 1_500_000, "$15K"), ("JPY", 9_999, "¥9,999"), ("EUR", 5, "€0.05")],
)
def test_symbols_stand_without_their_country(currency: str, minor: int, text: str) -> None:
    assert Money(currency, minor).compact("en") == text


@given(st.decimals(-(10**9), 10**9, places=6), CURRENCIES)
def test_rounding_is_never_off_by_more_than_half_a_minor_unit(amount: Decimal, currency: str) -> None:
    rounded = Money.from_major(amount, currency).major
    assert abs(rounded - amount) * 2 <= Decimal(1).scaleb(-exponent(currency))
