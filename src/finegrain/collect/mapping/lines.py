"""Whether the rows of an order file are whole orders or lines of them, and which column is then the amount."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping as Lookup

    from finegrain.collect.mapping.contract import Granularity
    from finegrain.collect.mapping.profile import ColumnProfile

_MOSTLY = 0.9
_CENT = 0.011


@dataclass(frozen=True)
class GranularityGuess:
    """What a row is.

    Attributes:
        granularity: a whole order, or a line of one.
        amount_is_total: whether the amount column repeats the total of the order on its lines, so that it must not be added up.
        note: what was seen, in the reader's language; empty where nothing is worth saying.
    """

    granularity: Granularity
    amount_is_total: bool
    note: str


def guess_granularity(fields: Lookup[str, ColumnProfile]) -> GranularityGuess:
    """Tell what a row is from the columns that fill ``fields`` (field name → profile).

    Rows are lines where order numbers repeat, or where there are products or prices of single pieces. Where the lines of each
    order all show one amount, and that is not what quantity × unit price gives, the amount is the order's.
    """
    order_id = fields.get("order_id")
    if order_id is None:
        return GranularityGuess(
            "order", amount_is_total=False, note=_("No column gives an order number, so each row is an order of its own.")
        )
    groups = _groups(order_id)
    has_parts = bool({"product_id", "product_name", "unit_price", "quantity"} & fields.keys())
    if groups and "amount" in fields and _is_total(fields, groups):
        return _of_totals(fields)
    if groups:
        note = _("Order numbers repeat, so each row is a line, and the lines of an order are added up.")
        return GranularityGuess("line", amount_is_total=False, note=note)
    if has_parts and "unit_price" in fields:
        note = _("There are prices of single pieces, so each row is taken as a line of an order.")
        return GranularityGuess("line", amount_is_total=False, note=note)
    return GranularityGuess("order", amount_is_total=False, note=_("Order numbers do not repeat, so each row is a whole order."))


def _of_totals(fields: Lookup[str, ColumnProfile]) -> GranularityGuess:
    column = fields["amount"].name
    if {"quantity", "unit_price"} <= fields.keys():
        note = _(
            "“{column}” shows the total of the order on its lines, so the amount is taken from quantity × unit price instead.",
            column=column,
        )
        return GranularityGuess("line", amount_is_total=True, note=note)
    note = _("“{column}” shows the same total on every row of an order, so it counts once an order.", column=column)
    return GranularityGuess("order", amount_is_total=True, note=note)


def _groups(order_id: ColumnProfile) -> list[list[int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for row, value in enumerate(order_id.values):
        if value is not None:
            rows[value].append(row)
    return [group for group in rows.values() if len(group) > 1]


def _is_total(fields: Lookup[str, ColumnProfile], groups: list[list[int]]) -> bool:
    amounts = fields["amount"].numbers
    # Shopify shows the total on the first line only.
    shown_once = [len({amounts[row] for row in group} - {None}) <= 1 for group in groups]
    if sum(shown_once) < _MOSTLY * len(groups):
        return False
    products = _products(fields)
    if products is None:
        return len(groups) > 1
    rows = [row for group in groups for row in group]
    return not _agree([amounts[row] for row in rows], [products[row] for row in rows])


def _products(fields: Lookup[str, ColumnProfile]) -> list[float | None] | None:
    if not {"quantity", "unit_price"} <= fields.keys():
        return None
    pairs = zip(fields["quantity"].numbers, fields["unit_price"].numbers, strict=True)
    return [None if quantity is None or price is None else quantity * price for quantity, price in pairs]


def _agree(some: list[float | None], others: list[float | None]) -> bool:
    alike = [a is not None and b is not None and abs(a - b) <= _CENT for a, b in zip(some, others, strict=True)]
    return sum(alike) >= _MOSTLY * len(alike)
