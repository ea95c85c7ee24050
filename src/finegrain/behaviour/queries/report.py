"""Answers in sentences: each with its numbers beside it, and figures written as people read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from finegrain.i18n import N_, _, current_language
from finegrain.money import Money

_SMALLEST = 0.001
_UNITS = ((86_400, N_("{amount} days")), (3_600, N_("{amount} hours")), (60, N_("{amount} minutes")), (0, N_("{amount} seconds")))


@dataclass(frozen=True)
class Sentence:
    """One sentence of a report.

    Attributes:
        code: what it says, by a name that stays the same in all languages.
        text: the sentence, in the reader's language.
        numbers: the figures behind it.
        select: which people stand behind it, as the kind's ``/people`` takes it; None where nobody does.
    """

    code: str
    text: str
    numbers: dict[str, Any] = field(default_factory=dict)
    select: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return dict(vars(self))


def count(value: float) -> str:
    """Write a number with thousands separators; one decimal below ten, where it has any.

    Examples:
        >>> count(48213), count(2.54), count(312.7)
        ('48,213', '2.5', '313')
    """
    return f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else f"{value:,.1f}"  # noqa: PLR2004


def percent(share: float) -> str:
    """Write a share of 0–1 as per cent with one decimal.

    Examples:
        >>> percent(0.342)
        '34.2%'
    """
    return f"{share * 100:.1f}%"


def small(value: float) -> str:
    """Write a small share, such as a q value, with what stands before it.

    Examples:
        >>> small(0.0123), small(2e-225)
        ('= 0.012', '< 0.001')
    """
    return f"= {value:.3f}" if value >= _SMALLEST else f"< {_SMALLEST}"


def amount(value: float, currency: str) -> str:
    """Write major units of a currency, short from 10,000 on."""
    return Money.from_major(Decimal(str(value)), currency).compact(current_language())


def duration(seconds: float) -> str:
    """Write a length of time in the largest unit that it fills, with one decimal.

    Examples:
        >>> duration(5400), duration(0)
        ('1.5 hours', '0 seconds')
    """
    size, text = next(unit for unit in _UNITS if seconds >= unit[0])
    return _(text, amount=f"{seconds / max(1, size):.1f}".removesuffix(".0"))
