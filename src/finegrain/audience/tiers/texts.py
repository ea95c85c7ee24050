"""How days, counts, shares and money are written in the sentences about tiers, in the reader's language."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from finegrain.i18n import _, current_language, ngettext
from finegrain.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping


def render(template: str, facts: Mapping[str, object]) -> str:
    """Translate ``template`` and fill in ``facts``, each written as the reader expects it."""
    return _(template).format(**{name: fact_text(value) for name, value in facts.items()})


def fact_text(value: object) -> str:
    """Write one fact: money with its symbol, numbers with separators and at most one decimal, other values as they are."""
    match value:
        case Money():
            return value.text(current_language())
        case bool() | str():
            return str(value)
        case int():
            return f"{value:,}"
        case float() | Fraction():
            return number_text(float(value))
        case tuple() | list():
            return _(", ").join(fact_text(part) for part in value)
        case _:
            return str(value)


def number_text(value: float) -> str:
    """Write a number with separators and at most one decimal: ``1,234.5``, ``91``."""
    return f"{value:,.1f}".removesuffix(".0")


def days_text(days: int) -> str:
    """Write a number of days out: ``1 day``, ``12 days``."""
    return ngettext("{n} day", "{n} days", days)


def purchases_text(purchases: int) -> str:
    """Write a number of purchases out: ``1 purchase``, ``12 purchases``."""
    return ngettext("{n} purchase", "{n} purchases", purchases)
