"""The fields of orders, events and people that the columns of a file can fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.collect.mapping.contract import FIELDS, Field
from finegrain.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Collection

    from finegrain.collect.mapping.contract import ImportKind

FIELDS["orders"] = (
    Field("person", required=True, help=N_("Who ordered: user ID, member number, e-mail address or phone number.")),
    Field("time", required=True, help=N_("When the order was placed.")),
    Field("order_id", required=False, help=N_("The order's number. Without one, each row is an order of its own.")),
    Field(
        "amount",
        required=False,
        help=N_("What was paid, for the order or for the line. Not needed where quantity and unit price are there."),
    ),
    Field("quantity", required=False, help=N_("How many pieces; below zero for a return.")),
    Field("unit_price", required=False, help=N_("Price of one piece.")),
    Field("currency", required=False, help=N_("Currency of the amount, such as CNY; without one it is the workspace's.")),
    Field("status", required=False, help=N_("State of the order; some states mean cancelled or refunded.")),
    Field("refund_of", required=False, help=N_("For a refund: the number of the order that it refunds.")),
    Field("product_id", required=False, help=N_("Number or SKU of the product.")),
    Field("product_name", required=False, help=N_("Name of the product.")),
    Field("category", required=False, help=N_("Category of the product.")),
    Field("coupon", required=False, help=N_("Code of the coupon that was used.")),
    Field("discount", required=False, help=N_("Amount that was taken off.")),
)
FIELDS["events"] = (
    Field("person", required=True, help=N_("Who did it: user ID, device ID or another identifier.")),
    Field("event", required=True, help=N_("What was done: the name of the event.")),
    Field("time", required=True, help=N_("When it was done.")),
    Field("message_id", required=False, help=N_("An ID of the event itself, by which a repetition is recognised.")),
    Field("properties", required=False, help=N_("The event's properties as one JSON object.")),
)
FIELDS["people"] = (
    Field("person", required=True, help=N_("The person's identifier: user ID, member number, e-mail address or phone number.")),
    Field("known_since", required=False, help=N_("When the person registered or was first seen.")),
)


def missing_fields(kind: ImportKind, mapped: Collection[str]) -> tuple[str, ...]:
    """Give the fields that an import of ``kind`` needs and that are not among the ``mapped`` ones.

    Orders need an amount, or quantity and unit price; where both are lacking, ``amount`` is what is missing.
    """
    missing = [field.name for field in FIELDS[kind] if field.required and field.name not in mapped]
    if kind == "orders" and "amount" not in mapped and not {"quantity", "unit_price"} <= set(mapped):
        missing.append("amount")
    return tuple(missing)
