"""What a dashboard and its cards are, as other rooms see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

WIDTHS = (1, 2, 3, 4)
"""Quarters of the page's width that a card can take."""
HEIGHTS = (1, 2, 3)
"""Rows that a card can take."""


@dataclass(frozen=True)
class Card:
    """One saved question on a dashboard.

    Attributes:
        id: a number that stays the same.
        title: what stands above the answer.
        kind: the kind of query, see ``queries.kinds``.
        query: its fields as JSON values, as ``/api/v1/query/<kind>`` takes them.
        width: quarters of the page's width, 1 to 4.
        height: rows, 1 to 3.
    """

    id: int
    title: str
    kind: str
    query: dict[str, Any] = field(hash=False)
    width: int
    height: int

    def to_dict(self) -> dict[str, Any]:
        """Give the card as JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class Dashboard:
    """A page of saved questions.

    Attributes:
        id: a number that stays the same.
        name: unique in the workspace.
        period: the period that all cards are asked for, see ``Query.period``; empty where each keeps its own.
        cards: in the order in which they stand.
        made_at, changed_at: aware, in UTC.
        made_by: who made it.
    """

    id: int
    name: str
    period: str
    cards: tuple[Card, ...]
    made_at: datetime
    changed_at: datetime
    made_by: str

    def card(self, number: int) -> Card | None:
        """Give a card by its id; None where the dashboard has no such card."""
        return next((card for card in self.cards if card.id == number), None)

    def to_dict(self) -> dict[str, Any]:
        """Give the dashboard as JSON values."""
        times = {"made_at": self.made_at.isoformat(), "changed_at": self.changed_at.isoformat()}
        return {**vars(self), **times, "cards": [card.to_dict() for card in self.cards]}
