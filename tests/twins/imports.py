"""A slow twin of the import of orders: the rules of BEHAVIOUR (order facts), row by row, with Decimal."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

TIMES = ("2024-05-01", "2024-05-02 10:30")


@dataclass(frozen=True)
class Row:
    """One row of a file of orders, as text; an empty text is no value."""

    who: str
    id: str
    at: str
    n: str
    price: str
    state: str

    def csv(self) -> str:
        """Give it as a line of the file."""
        return f"{self.who},{self.id},{self.at},{self.n},{self.price},{self.state}"


@dataclass
class Twin:
    """What the import must come to."""

    rejected: Counter[str] = field(default_factory=Counter)
    totals: dict[str, Decimal] = field(default_factory=dict)
    revenue: Decimal = Decimal(0)
    people: set[str] = field(default_factory=set)


def reason(row: Row) -> str | None:
    """Give the first reason to refuse ``row``."""
    checks = (
        ("no_person", not row.who),
        ("no_order_id", not row.id),
        ("no_time", not row.at),
        ("bad_time", row.at not in TIMES),
        ("bad_quantity", bool(row.n) and number(row.n) is None),
        ("bad_amount", bool(row.price) and number(row.price) is None),
        ("negative_price", (number(row.price) or 0) < 0),
        ("no_amount", not row.price),
        ("bad_quantity", not row.n),
    )
    return next((name for name, holds in checks if holds), None)


def number(text: str) -> Decimal | None:
    """Give ``text`` as a number."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def cents(amount: Decimal) -> Decimal:
    """Round half up to cents."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def import_orders(rows: list[Row], *, by_line: bool) -> Twin:
    """Import ``rows``, with refund prefix C and the state void."""
    twin = Twin(rejected=Counter(found for row in rows if (found := reason(row))))
    good = [row for row in rows if reason(row) is None]
    twin.people = {row.who for row in good}
    orders, documents, refunds = sort_rows(good)
    cancelled = {key for key, lines in orders.items() if (all if by_line else any)(row.state == "void" for row in lines)}
    for key, lines in orders.items():
        if by_line and key not in cancelled:
            refunds[key] += sum((paid(row) for row in lines if row.state == "void"), Decimal(0))
        twin.totals[key] = cents(sum(map(paid, lines), Decimal(0)) if by_line else paid(lines[-1]))
    for lines in documents.values():
        twin.revenue -= abs(cents(sum(map(paid, lines), Decimal(0)) if by_line else paid(lines[0])))
    for key in orders.keys() | refunds.keys():
        if key not in orders:
            twin.revenue -= cents(refunds[key])
        elif key not in cancelled:
            twin.revenue += max(twin.totals[key] - cents(refunds[key]), Decimal(0))
    return twin


def sort_rows(rows: list[Row]) -> tuple[dict[str, list[Row]], dict[str, list[Row]], defaultdict[str, Decimal]]:
    """Give the rows of orders by id, those of refund documents by id, and what rows take back by order id."""
    orders: dict[str, list[Row]] = {}
    documents: dict[str, list[Row]] = {}
    refunds: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.id.startswith("C"):
            documents.setdefault(row.id, []).append(row)
        elif Decimal(row.n) < 0:
            refunds[row.id] += abs(paid(row))
        else:
            orders.setdefault(row.id, []).append(row)
    return orders, documents, refunds


def paid(row: Row) -> Decimal:
    """Give quantity times price."""
    return Decimal(row.n) * Decimal(row.price)
