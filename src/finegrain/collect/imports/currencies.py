"""The marks by which texts name a currency, so that ours are taken off an amount and those of others are noticed."""

from __future__ import annotations

import re

_MARKS: dict[str, tuple[str, ...]] = {
    "CNY": ("CNY", "RMB", "CN¥", "¥", "￥", "元", "圆", "人民币"),
    "JPY": ("JPY", "JP¥", "¥", "￥", "円", "日元"),
    "USD": ("USD", "US$", "$", "＄", "美元"),
    "EUR": ("EUR", "€", "欧元"),
    "GBP": ("GBP", "£", "￡", "英镑"),
    "HKD": ("HKD", "HK$", "$", "港币", "港元"),
    "TWD": ("TWD", "NT$", "$", "新台币", "元"),
    "MOP": ("MOP", "MOP$", "澳门元"),
    "SGD": ("SGD", "S$", "$", "新元"),
    "AUD": ("AUD", "A$", "AU$", "$", "澳元"),
    "CAD": ("CAD", "C$", "CA$", "$", "加元"),
    "NZD": ("NZD", "NZ$", "$"),
    "KRW": ("KRW", "₩", "￦", "韩元"),
    "INR": ("INR", "₹"),
    "RUB": ("RUB", "₽", "卢布"),
    "THB": ("THB", "฿", "泰铢"),
    "VND": ("VND", "₫"),
    "MYR": ("MYR", "RM"),
    "IDR": ("IDR", "RP"),
    "PHP": ("PHP", "₱"),
    "BRL": ("BRL", "R$"),
    "MXN": ("MXN", "MX$", "$"),
    "CHF": ("CHF", "FR."),
    "SEK": ("SEK",),
    "NOK": ("NOK",),
    "DKK": ("DKK",),
    "PLN": ("PLN", "ZŁ"),
    "TRY": ("TRY", "₺"),
    "AED": ("AED",),
}


def own_marks(currency: str) -> tuple[str, ...]:
    """Give what may stand beside an amount of ``currency``, in capitals, longest first."""
    return tuple(sorted(_MARKS.get(currency, (currency,)), key=len, reverse=True))


def own_pattern(currency: str) -> str:
    """Give a regular expression of ``own_marks``."""
    return "|".join(map(re.escape, own_marks(currency)))


def foreign_pattern(currency: str) -> str:
    """Give a regular expression of the marks that only other currencies have, and that are no part of one of ours.

    Examples:
        >>> bool(re.search(foreign_pattern("CNY"), "$12")), bool(re.search(foreign_pattern("USD"), "US$12"))
        (True, False)
    """
    own = own_marks(currency)
    marks = {mark for code in _MARKS if code != currency for mark in _MARKS[code]}
    foreign = (mark for mark in marks if not any(mark in one for one in own))
    return "|".join(map(re.escape, sorted(foreign, key=lambda mark: (-len(mark), mark))))
