"""Small tables of tiers as text and as HTML, for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from finegrain.i18n import _, current_language
from finegrain.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.audience.tiers.contract import Tier


def tier_table(tiers: Sequence[Tier], currency: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Give head and rows of a table of tiers in the reader's language; the first column is text, the others numbers."""
    head = (_("Tier"), _("People"), _("Share"), _("Revenue"), _("Purchases"), _("Average order value"))
    return head, [_row(tier, currency) for tier in tiers]


def _row(tier: Tier, currency: str) -> tuple[str, ...]:
    average = tier.average_order_value_minor
    return (
        _(tier.name),
        f"{tier.people:,}",
        f"{tier.share:.1%}",
        money_text(tier.revenue_minor, currency),
        f"{tier.purchases:,}",
        "–" if average is None else money_text(average, currency),
    )


def money_text(minor: int, currency: str) -> str:
    """Write an amount of minor units out in the reader's language."""
    return Money(currency, minor).text(current_language())


def to_html(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str] = ()) -> str:
    """Give a plain HTML table: first column left, numbers right, notes below; every text is escaped."""
    cells = "".join(f'<th style="text-align:{_side(place)}">{escape(text)}</th>' for place, text in enumerate(head))
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    below = "".join(f"<div><small>{escape(note)}</small></div>" for note in notes)
    return f"<table><caption>{escape(title)}</caption><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>{below}"


def _cells(row: Sequence[str]) -> str:
    return "".join(f'<td style="text-align:{_side(place)}">{escape(text)}</td>' for place, text in enumerate(row))


def _side(place: int) -> str:
    return "right" if place else "left"
