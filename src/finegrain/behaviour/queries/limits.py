"""Refuses values of a query's fields that lie outside what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.behaviour.errors import BadQueryError

if TYPE_CHECKING:
    from finegrain.i18n import Phrase


def check_within(field: str, value: float, low: float, high: float, allowed: Phrase) -> None:
    """Refuse a number outside ``[low, high]``.

    Args:
        field: its path in the query.
        value: the number.
        low: the least that is allowed.
        high: the most that is allowed.
        allowed: what the error tells to give instead.

    Raises:
        BadQueryError: it lies outside, or is not a number at all.
    """
    if not low <= value <= high:
        raise BadQueryError(field=field, value=value, allowed=allowed)
