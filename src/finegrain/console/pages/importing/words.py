"""The words of the import pages: kinds, fields, reasons, stages and file sizes as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from finegrain.collect.imports.contract import Reason
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from finegrain.collect.mapping.contract import ImportKind

KINDS: dict[ImportKind, str] = {"orders": N_("Orders"), "events": N_("Events"), "people": N_("People")}
KIND_HINTS: dict[ImportKind, str] = {
    "orders": N_("One row per order or per line of an order: who, when, how much. Refunds are recognised."),
    "events": N_("One row per event: who did what, and when. All other columns become properties."),
    "people": N_("One row per person. All other columns become traits."),
}
FIELD_NAMES: dict[str, str] = {
    "person": N_("Person"),
    "time": N_("Time"),
    "order_id": N_("Order number"),
    "amount": N_("Amount"),
    "quantity": N_("Quantity"),
    "unit_price": N_("Unit price"),
    "currency": N_("Currency"),
    "status": N_("Order status"),
    "refund_of": N_("Refunded order"),
    "product_id": N_("Product number"),
    "product_name": N_("Product name"),
    "category": N_("Category"),
    "coupon": N_("Coupon"),
    "discount": N_("Discount"),
    "event": N_("Event name"),
    "message_id": N_("Event ID"),
    "properties": N_("Properties (JSON)"),
    "known_since": N_("Known since"),
}
REASONS: dict[str, str] = {
    "no_person": N_("No person"),
    "no_order_id": N_("No order number"),
    "no_event": N_("No event name"),
    "no_time": N_("No time"),
    "bad_time": N_("Unreadable time"),
    "future_time": N_("Time in the future"),
    "no_amount": N_("No amount"),
    "bad_amount": N_("Unreadable amount"),
    "bad_quantity": N_("Unreadable quantity"),
    "negative_price": N_("Negative price"),
    "other_currency": N_("Other currency"),
    "bad_properties": N_("Unreadable properties"),
    "id_too_long": N_("ID too long"),
    "broken_row": N_("Broken row"),
}
REASON_KEYS: tuple[str, ...] = get_args(Reason)
STAGES = {"reading": N_("Reading"), "checking": N_("Checking"), "storing": N_("Storing")}
_UNITS = ("B", "KB", "MB", "GB")
_STEP = 1024


def reason_name(reason: str) -> str:
    """Give the name of a reason for which rows are refused."""
    return _(REASONS.get(reason, reason))


def field_name(field: str) -> str:
    """Give the name of one of our fields."""
    return _(FIELD_NAMES.get(field, field))


def file_size(size_bytes: int) -> str:
    """Write a size short.

    Examples:
        >>> file_size(0), file_size(1536), file_size(3 * 1024**3)
        ('0 B', '1.5 KB', '3.0 GB')
    """
    value = float(size_bytes)
    for unit in _UNITS[:-1]:
        if value < _STEP:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= _STEP
    return f"{value:.1f} {_UNITS[-1]}"
