"""How fast a file of orders is imported, the whole way: read, checked, stored, people registered."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import finegrain as fg
from benchmarks.figure import Figures, figure, seconds

REAL = Path(__file__).parents[2] / "shared" / "data" / "online_retail.parquet"
ROWS = 541_909
ROUNDS = 3
CANCELLED, WITHOUT_CUSTOMER = 0.148, 0.25
START = np.datetime64("2010-12-01T08:00", "us")


def figures() -> Figures:
    """Measure the import of order lines into a new workspace."""
    with tempfile.TemporaryDirectory() as folder:
        path = REAL if REAL.is_file() else made_up(Path(folder) / "lines.parquet", np.random.default_rng(1))
        runs = [import_once(path, Path(folder) / f"shop{run}") for run in range(ROUNDS)]
        rows = pq.read_metadata(path).num_rows
    value = rows / statistics.median(runs)
    source = "online_retail (real)" if path == REAL else "a made-up file in the shape of online_retail, which was not at hand"
    note = (
        f"{rows:,} order lines of {source} from Parquet, with guessing, checking, rejects and commit, by Workspace.import_orders "
        f"into a new workspace; opening it is not counted; median of {ROUNDS} runs."
    )
    return {"import_rows_per_s": figure(value, "rows/s", "higher", "limit 100,000 rows/s", note)}


def import_once(path: Path, home: Path) -> float:
    """Import the file into a new workspace; give the seconds that took, without opening and closing it."""
    with fg.open(home, zone="Europe/London", currency="GBP") as workspace:
        return seconds(lambda: workspace.import_orders(path, refund_prefix="C"))


def made_up(path: Path, rng: np.random.Generator) -> Path:
    """Write order lines in the shape of online_retail: 25,900 invoices, a quarter of lines without a customer."""
    invoice = np.sort(rng.integers(0, 25_900, ROWS))
    cancelled, customer = rng.random(25_900) < CANCELLED, rng.integers(12_346, 18_288, 25_900)
    unknown = rng.random(25_900) < WITHOUT_CUSTOMER
    minutes = np.sort(rng.integers(0, 373 * 24 * 60, 25_900)).astype("timedelta64[m]")
    prefix = np.where(cancelled[invoice], "C", "")
    quantity = rng.integers(1, 25, ROWS) * np.where(cancelled[invoice], -1, 1)
    stock = np.char.add("SKU", rng.integers(10_000, 14_000, ROWS).astype(str))
    columns = {
        "InvoiceNo": np.char.add(prefix, (536_365 + invoice).astype(str)),
        "StockCode": stock,
        "Description": np.char.add("PRODUCT ", stock),
        "Quantity": pa.array(quantity, pa.int32()),
        "InvoiceDate": pa.array((START + minutes)[invoice], pa.timestamp("us")),
        "UnitPrice": np.round(rng.lognormal(0.8, 0.9, ROWS), 2),
        "CustomerID": pa.array(customer[invoice], pa.int64(), mask=unknown[invoice]),
        "Country": pa.array(np.full(ROWS, "United Kingdom")),
    }
    pq.write_table(pa.table(columns), path)
    return path
