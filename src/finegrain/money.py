"""Money: whole minor units of one currency, and how people read them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from finegrain.errors import BadValueError
from finegrain.i18n import Phrase


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """Give the number of decimal places of ``currency`` by ISO 4217 (2 for CNY, 0 for JPY, 3 for KWD).

    Raises:
        BadValueError: ``currency`` is not a three-letter code of a currency in use.
    """
    from babel.core import get_global

    if currency not in get_global("all_currencies"):
        raise BadValueError(name="currency", value=currency, allowed=Phrase("an ISO 4217 code such as CNY, USD or EUR"))
    fractions = get_global("currency_fractions")
    return int(fractions.get(currency, fractions["DEFAULT"])[0])


@dataclass(frozen=True, order=True)
class Money:
    """An amount of one currency.

    Attributes:
        currency: ISO 4217 code.
        amount_minor: whole minor units (cents, 分), negative for money owed.

    Examples:
        >>> Money.from_major(Decimal("12.345"), "CNY")
        Money(currency='CNY', amount_minor=1235)
        >>> Money("JPY", 500).major
        Decimal('500')
    """

    currency: str
    amount_minor: int

    @classmethod
    def from_major(cls, amount: Decimal, currency: str) -> Money:
        """Round ``amount`` in major units half up to whole minor units."""
        scaled = amount.scaleb(exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return cls(currency, int(scaled))

    @property
    def major(self) -> Decimal:
        """The amount in major units (yuan, dollars), exact."""
        return Decimal(self.amount_minor).scaleb(-exponent(self.currency))

    def text(self, language: str = "en") -> str:
        """Write the amount out in full: ``¥1,284,930.00``."""
        from babel.numbers import format_currency

        return _plain_symbol(format_currency(self.major, self.currency, locale=language))

    def compact(self, language: str = "en") -> str:
        """Write the amount short, as tables and charts do: ``¥128.5万`` in Chinese, ``¥1.28M`` in English.

        Amounts below 10,000 are written out in full.
        """
        from babel.numbers import format_compact_currency

        if abs(self.major) < 10_000:  # noqa: PLR2004
            return self.text(language)
        digits = 1 if language.startswith("zh") else 2
        return _plain_symbol(format_compact_currency(self.major, self.currency, locale=language, fraction_digits=digits))


def _plain_symbol(text: str) -> str:
    # A workspace has one currency, so the country before its symbol (CN¥, US$) says nothing and costs width.
    return text.replace("CN¥", "¥").replace("US$", "$").replace("JP¥", "¥")
