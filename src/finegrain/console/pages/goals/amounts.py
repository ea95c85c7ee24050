"""Targets and budgets as they are typed: per cent, major units of the currency, days."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from finegrain.i18n import _
from finegrain.money import Money

if TYPE_CHECKING:
    from finegrain.strategy.goals.contract import Unit


def typed(value: float, unit: Unit, currency: str) -> float:
    """Give a figure as it stands in a field.

    Examples:
        >>> typed(0.35, "share", "CNY"), typed(12_050, "minor", "CNY"), typed(2.5, "days", "CNY")
        (35.0, 120.5, 2.5)
    """
    if unit == "minor":
        return float(Money(currency, round(value)).major)
    return round(value * 100, 4) if unit == "share" else value


def untyped(value: float, unit: Unit, currency: str) -> float:
    """Give what a field holds as a figure in its unit.

    Examples:
        >>> untyped(35, "share", "CNY"), untyped(120.5, "minor", "CNY"), untyped(2.5, "days", "CNY")
        (0.35, 12050.0, 2.5)
    """
    if unit == "minor":
        return float(minor(value, currency))
    return float(Decimal(str(value)) / 100) if unit == "share" else float(value)


def minor(value: float, currency: str) -> int:
    """Give an amount in major units, as it is typed, in minor units."""
    return Money.from_major(Decimal(str(value)), currency).amount_minor


def suffix(unit: Unit, currency: str) -> str:
    """Give what stands behind a field of that unit."""
    return {"share": "%", "minor": currency, "days": _("days")}[unit]
