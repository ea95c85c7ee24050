"""Order events completed with what the facts about orders read: their total."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

ORDERS_WITH_TOTAL = frozenset({"ordercompleted", "orderupdated"})
"""Orders that have one, as ``spelled`` gives their names."""

_PLACES = 6  # as many as the event store reads of an amount


@lru_cache(maxsize=4_096)
def spelled(event: str) -> str:
    """Give the name of an event without blanks, underscores and capitals, which differ from one SDK's habits to another's.

    Examples:
        >>> spelled("Order Completed") == spelled("OrderCompleted") == spelled("order_completed")
        True
    """
    return event.replace(" ", "").replace("_", "").lower()


def complete_total(properties: dict[str, Any]) -> None:
    """Give an order its ``total`` where the client sent none: its ``revenue``, else the sum of price × quantity.

    A product without a quantity counts once. Where a price is missing or unreadable the sum would be wrong, so the order stays
    without a total; so it does where nothing was bought.

    Args:
        properties: of the event; changed in place.
    """
    if amount(properties.get("total")) is not None:
        return
    total = amount(properties.get("revenue"))
    if total is None:
        total = _sum(properties.get("products"))
    if total is not None:
        properties["total"] = total


def amount(value: object) -> float | None:
    """Read an amount, given as a number or as text; None where there is none that is finite."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _sum(products: object) -> float | None:
    if not isinstance(products, list) or not products:
        return None
    parts = [_line(product) for product in products]
    known = [part for part in parts if part is not None]
    total = math.fsum(known) if len(known) == len(parts) else math.inf
    return round(total, _PLACES) if math.isfinite(total) else None


def _line(product: object) -> float | None:
    if not isinstance(product, dict):
        return None
    price = amount(product.get("price"))
    quantity = amount(product.get("quantity", 1))
    return None if price is None or quantity is None else price * quantity
