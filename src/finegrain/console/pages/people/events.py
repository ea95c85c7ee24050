"""How events read on a person's timeline: a plain name, an icon, and the properties that matter."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from finegrain.errors import FinegrainError
from finegrain.i18n import N_, _, current_language, ngettext
from finegrain.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping

Tone = Literal["plain", "good", "bad", "accent"]
Reading = Literal["text", "money", "number", "products"]
LONGEST_DETAIL = 80
MOST_DETAILS = 3
"""Properties shown of an event whose name is not known here."""
_LARGEST_MAJOR = 1e15
"""Amounts beyond this are shown as the text they came as: no shop has them, and cents would be lost."""


@dataclass(frozen=True)
class EventLook:
    """How events of one name are shown; ``main`` are the properties worth a glance, in order."""

    name: str
    icon: str
    main: tuple[str, ...] = ()
    tone: Tone = "plain"


@dataclass(frozen=True)
class Detail:
    """One property as it is read: its label and its value."""

    label: str
    value: str


LOOKS: dict[str, EventLook] = {
    "Order Completed": EventLook(N_("Placed an order"), "shopping_bag", ("total", "order_id", "coupon", "products"), "good"),
    "Order Refunded": EventLook(N_("Got a refund"), "undo", ("total", "order_id", "products"), "bad"),
    "Order Cancelled": EventLook(N_("Cancelled an order"), "cancel", ("order_id",), "bad"),
    "Order Updated": EventLook(N_("Changed an order"), "edit_note", ("total", "order_id")),
    "Signed Up": EventLook(N_("Signed up"), "person_add", ("method", "channel"), "accent"),
    "Page Viewed": EventLook(N_("Viewed a page"), "article", ("title", "name", "path", "url")),
    "Products Searched": EventLook(N_("Searched for products"), "search", ("query",)),
    "Product Viewed": EventLook(N_("Viewed a product"), "visibility", ("name", "category", "price")),
    "Product Added": EventLook(N_("Added to cart"), "add_shopping_cart", ("name", "category", "price", "quantity"), "accent"),
    "Product Removed": EventLook(N_("Removed from cart"), "remove_shopping_cart", ("name", "category", "price", "quantity")),
    "Checkout Started": EventLook(N_("Started checkout"), "shopping_cart_checkout", ("value", "total", "products"), "accent"),
    "Payment Info Entered": EventLook(N_("Entered payment details"), "credit_card", ("payment_method",), "accent"),
    "Product Shared": EventLook(N_("Shared a product"), "share", ("name", "share_via", "category")),
    "Coupon Entered": EventLook(N_("Entered a coupon"), "confirmation_number", ("coupon_name", "coupon", "coupon_id")),
    "Coupon Applied": EventLook(
        N_("Used a coupon"), "confirmation_number", ("coupon_name", "coupon", "coupon_id", "discount"), "accent"
    ),
    "Product Reviewed": EventLook(N_("Reviewed a product"), "rate_review", ("name", "rating", "review_body")),
}
UNKNOWN_LOOK = EventLook("", "bolt")

_LABELS: dict[str, tuple[str, Reading]] = {
    "category": (N_("Category"), "text"),
    "channel": (N_("Channel"), "text"),
    "coupon": (N_("Coupon"), "text"),
    "coupon_id": (N_("Coupon"), "text"),
    "coupon_name": (N_("Coupon"), "text"),
    "discount": (N_("Discount"), "money"),
    "method": (N_("Method"), "text"),
    "name": (N_("Name"), "text"),
    "order_id": (N_("Order"), "text"),
    "path": (N_("Path"), "text"),
    "payment_method": (N_("Paid by"), "text"),
    "price": (N_("Price"), "money"),
    "products": (N_("Products"), "products"),
    "quantity": (N_("Quantity"), "number"),
    "query": (N_("Searched for"), "text"),
    "rating": (N_("Rating"), "number"),
    "review_body": (N_("Review"), "text"),
    "share_via": (N_("Shared by"), "text"),
    "title": (N_("Title"), "text"),
    "total": (N_("Amount"), "money"),
    "url": (N_("URL"), "text"),
    "value": (N_("Amount"), "money"),
}


def look_of(event: str) -> EventLook:
    """Give how events called ``event`` are shown; an unknown name has a plain look without a name."""
    return LOOKS.get(event, UNKNOWN_LOOK)


def event_name(event: str) -> str:
    """Give the name of ``event`` in the reader's language; an unknown one as it was sent."""
    look = LOOKS.get(event)
    return _(look.name) if look else event


def is_amount(name: str) -> bool:
    """Say whether a property of that name is an amount of money."""
    return _LABELS.get(name, ("", "text"))[1] == "money"


def details(event: str, properties: Mapping[str, Any], currency: str) -> tuple[Detail, ...]:
    """Give the properties of one event that are worth a glance, in the reader's language.

    Args:
        event: the event's name; of an unknown one the first few plain properties are given.
        properties: as they were sent; untrusted, so the result is plain text and never markup.
        currency: of amounts, where the event does not say its own.
    """
    look = LOOKS.get(event)
    if look is None:
        plain = [name for name, value in properties.items() if isinstance(value, (str, int, float)) and value != ""]
        return tuple(Detail(name, _as_text(properties[name])) for name in plain[:MOST_DETAILS])
    own = properties.get("currency")
    code = own if isinstance(own, str) else currency
    found = (_detail(name, properties[name], code) for name in look.main if properties.get(name) not in (None, "", []))
    return _without_repeats(detail for detail in found if detail.value)


def _detail(name: str, value: Any, currency: str) -> Detail:
    label, reading = _LABELS[name]
    match reading:
        case "money":
            text = _as_money(value, currency)
        case "products":
            text = _as_products(value)
        case "number":
            text = f"{value:,}" if isinstance(value, int) else _as_text(value)
        case _:
            text = _as_text(value)
    return Detail(_(label), text)


def _without_repeats(found: Any) -> tuple[Detail, ...]:
    by_label: dict[str, Detail] = {}
    for detail in found:
        by_label.setdefault(detail.label, detail)
    return tuple(by_label.values())


def _as_money(value: Any, currency: str) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or abs(value) > _LARGEST_MAJOR:
        return _as_text(value)
    try:
        return Money.from_major(Decimal(str(value)), currency).text(current_language())
    except FinegrainError:  # the event names a currency that does not exist
        return _as_text(value)


def _as_products(value: Any) -> str:
    if not isinstance(value, list):
        return _as_text(value)
    lines = [line for line in value if isinstance(line, dict)]
    names = [str(line["name"]) for line in lines if line.get("name")]
    first = _shortened(names[0]) if names else ""
    kinds = ngettext("{n} product", "{n} products", len(value))
    return _("{first} and others, {kinds}", first=first, kinds=kinds) if first and len(value) > 1 else first or kinds


def _as_text(value: Any) -> str:
    return _shortened(str(value))


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST_DETAIL else f"{flat[: LONGEST_DETAIL - 1]}…"
