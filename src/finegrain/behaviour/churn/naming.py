"""Which events happen to a person rather than being done, which mean trouble, and which are a shop's steps: by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from finegrain.behaviour.queries.contract import EventMatch
from finegrain.behaviour.receiving import folded, is_message, is_of_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.behaviour.churn.query import ChurnQuery

SHOP_STEPS = ("Product Viewed", "Product Added", "Checkout Started", "Payment Info Entered", "Order Completed")
_ORDER = re.compile(r"order_?(refunded|cancelled|updated|shipped|delivered|fulfilled)")
_TROUBLE = re.compile(
    r"error|fail|declin|crash|exception|timeout|refund|cancel|complain|dispute|return|reject|unsubscrib|spam"
    r"|错误|失败|崩溃|异常|超时|退款|退货|取消|投诉|拒"
)


def is_done_to(name: str) -> bool:
    """Say whether an event happens to a person, so that it is no sign of life: messages, and what the shop does to an order.

    Examples:
        >>> [name for name in ("Message Sent", "Order Refunded", "Page Viewed") if is_done_to(name)]
        ['Message Sent', 'Order Refunded']
    """
    return is_of_message(name) or _ORDER.fullmatch(folded(name)) is not None


def is_trouble(name: str) -> bool:
    """Say whether an event tells by its name that something went wrong.

    Examples:
        >>> [name for name in ("Payment Failed", "Order Refunded", "支付失败", "Page Viewed") if is_trouble(name)]
        ['Payment Failed', 'Order Refunded', '支付失败']
    """
    return _TROUBLE.search(folded(name)) is not None


def messages_of(query: ChurnQuery, names: Sequence[str]) -> EventMatch | None:
    """Give what counts as a message; None where the data hold none."""
    found = tuple(sorted(name for name in names if is_message(name)))
    return query.messages or (EventMatch(found) if found else None)


def steps_of(query: ChurnQuery, names: Sequence[str]) -> tuple[EventMatch, ...]:
    """Give the steps on the way to a purchase; none where fewer than two of a shop's ever happened."""
    found = tuple(EventMatch(name) for name in SHOP_STEPS if name in names)
    return query.steps or (found if len(found) > 1 else ())


def signs_of_life(query: ChurnQuery, names: Sequence[str]) -> tuple[bool, ...]:
    """Say of each event name whether it may be a sign of life: any where ``active`` is given, else any not done to people."""
    messages = messages_of(query, names)
    theirs = () if messages is None else (messages.event,) if isinstance(messages.event, str) else messages.event
    return tuple(query.active is not None or not (is_done_to(name) or name in theirs) for name in names)
