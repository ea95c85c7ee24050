"""The orders of one person, refunds included, so that the column of net amounts adds up to the net revenue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.console.widgets.cards import card
from finegrain.console.widgets.formats import NOTHING, moment, money
from finegrain.console.widgets.tables import Column, DataTable, TablePage, TableRequest
from finegrain.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from finegrain.behaviour.contract import OrderRow, OrderStatus, UnmatchedRefund
    from finegrain.console.pages.people.person import PersonView
    from finegrain.zones import Zone

PER_PAGE = 10
STATUS_NAMES: dict[OrderStatus, str] = {
    "completed": N_("Completed"),
    "partly_refunded": N_("Partly refunded"),
    "refunded": N_("Refunded"),
    "cancelled": N_("Cancelled"),
}
_STATUS_CELL = """
<q-td :props="props"><span class="fg-chip" :class="'fg-chip-' + props.row.tone">{{ props.value }}</span></q-td>"""


def orders_card(view: PersonView, zone: Zone, currency: str) -> None:
    """Draw the orders, newest first, refunds that name no order among them."""
    entries = order_entries(view.orders, view.refunds)
    count = order_count(view.orders)

    def fetch(request: TableRequest) -> TablePage:
        start = (request.page - 1) * request.per_page
        shown = entries[start : start + request.per_page]
        return TablePage(len(entries), [_row(start + place, entry, zone, currency) for place, entry in enumerate(shown)])

    columns = (
        Column("time", _("Time")),
        Column("order", _("Order")),
        Column("status", _("Status")),
        Column("amount", _("Amount"), "number"),
        Column("refunded", _("Refunded"), "number"),
        Column("net", _("Net"), "number"),
    )
    with card(_("Orders"), hint=count):
        table = DataTable(columns, fetch, label=_("Orders"), per_page=PER_PAGE, nothing=_("No order so far"))
        table.table.classes("fg-orders").add_slot("body-cell-status", _STATUS_CELL)


def order_count(orders: tuple[OrderRow, ...]) -> str:
    """Say how many orders there are, and how many of them were refunded in full: those are no purchases of the figures above."""
    taken_back = sum(order.status in {"refunded", "cancelled"} for order in orders)
    if not taken_back:
        return ngettext("{n} order", "{n} orders", len(orders))
    return ngettext("{n} order, {back} refunded in full", "{n} orders, {back} refunded in full", len(orders), back=taken_back)


def order_entries(orders: tuple[OrderRow, ...], refunds: tuple[UnmatchedRefund, ...]) -> list[OrderRow | UnmatchedRefund]:
    """Give orders and refunds that name no order as one list, newest first."""
    return sorted([*orders, *refunds], key=lambda entry: entry.time, reverse=True)


def _row(place: int, entry: OrderRow | UnmatchedRefund, zone: Zone, currency: str) -> dict[str, Any]:
    row: dict[str, Any] = {"key": place, "time": moment(entry.time, zone)}
    status = getattr(entry, "status", None)
    if status is None:
        refunded = entry.amount_minor
        return row | {
            "order": NOTHING,
            "status": _("Refund"),
            "tone": "warn",
            "amount": NOTHING,
            "refunded": money(refunded, currency),
            "net": money(-refunded, currency),
        }
    return row | _order_cells(entry, currency)  # type: ignore[arg-type]


def _order_cells(order: OrderRow, currency: str) -> dict[str, Any]:
    return {
        "order": order.order_id or NOTHING,
        "status": _(STATUS_NAMES[order.status]),
        "tone": "plain" if order.status == "completed" else "warn" if order.status == "partly_refunded" else "bad",
        "amount": money(order.amount_minor, currency),
        "refunded": money(order.refunded_minor, currency) if order.refunded_minor else NOTHING,
        "net": money(order.net_minor, currency),
    }
