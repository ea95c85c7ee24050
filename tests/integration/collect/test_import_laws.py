"""Laws of imports over made tables of orders: nothing disappears, the money is right, and nothing counts twice."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.twins import imports as twin

from finegrain.collect.imports.service import ImportService
from finegrain.collect.mapping.contract import Mapping
from finegrain.settings import load_settings
from finegrain.store.events import DuckDBEventStore
from finegrain.store.events.contract import PropertyColumn

if TYPE_CHECKING:
    from decimal import Decimal

    from finegrain.clock import SettableClock


def mostly(good: tuple[str, ...], *bad: str) -> st.SearchStrategy[str]:
    """Draw a bad value one time in twelve or so, so that most rows of a table are good."""
    return st.integers(0, 11).flatmap(lambda n: st.sampled_from(bad if n == 0 else good))


ROWS = st.lists(
    st.builds(
        twin.Row,
        who=mostly(("ann", "bob", "cai"), ""),
        id=mostly(("1", "2", "3", "C1", "C2"), ""),
        at=mostly(twin.TIMES, "soon", ""),
        n=mostly(("1", "2", "0", "-1", "-2"), "x", ""),
        price=mostly(("0", "1.005", "2.5", "0.335"), "-1", "x", ""),
        state=st.sampled_from(("paid", "paid", "void", "")),
    ),
    max_size=25,
)
COLUMNS = {"person": "who", "order_id": "id", "time": "at", "quantity": "n", "unit_price": "price", "status": "state"}
NUMBERS = count()


def mapping(*, by_line: bool) -> Mapping:
    return Mapping("orders", COLUMNS, granularity="line" if by_line else "order", refund_prefix="C", refund_status=("void",))


@given(rows=ROWS, by_line=st.booleans(), cut=st.integers(0, 25))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_import_agrees_with_its_slow_twin_and_counts_once(
    shop: Any, clock: SettableClock, rows: list[twin.Row], by_line: bool, cut: int
) -> None:
    expected = twin.import_orders(rows, by_line=by_line)
    paths = [write(shop.home, part) for part in (rows[:cut], rows[cut:])]
    events = DuckDBEventStore(Path(":memory:"), threads=1)
    imports = ImportService(events, shop.ops, shop.people, load_settings(shop.home), clock)
    first = imports.run(paths, "orders", mapping(by_line=by_line))
    again = imports.run(paths, "orders", mapping(by_line=by_line))
    assert first.accepted + sum(first.rejected.values()) == first.rows == len(rows)
    assert first.rejected == dict(expected.rejected)
    assert (first.orders, first.people) == (len(expected.totals), len(expected.people))
    assert first.revenue_minor == again.revenue_minor == expected.revenue * 100
    assert (again.events, again.orders, again.refunds, again.duplicates) == (0, 0, 0, again.accepted)
    assert stored_totals(events) == expected.totals
    assert 0 <= first.duplicates <= first.accepted
    events.close()


def write(home: Path, rows: list[twin.Row]) -> Path:
    path = home / f"rows{next(NUMBERS)}.csv"
    path.write_text("\n".join(["who,id,at,n,price,state", *(row.csv() for row in rows)]) + "\n", encoding="utf-8")
    return path


def stored_totals(events: DuckDBEventStore) -> dict[str, Decimal]:
    columns = [PropertyColumn("order_id", "text"), PropertyColumn("total", "decimal")]
    found = events.scan(events=["Order Completed"], columns=columns).read_all().to_pylist()
    return {row["order_id"]: row["total"] for row in found}
