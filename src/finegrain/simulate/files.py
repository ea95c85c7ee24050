"""The demo's folder: the shop's tables as files, as a shop would export them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finegrain.simulate.event_table import events_table
from finegrain.simulate.instants import find_instants
from finegrain.simulate.portraits import draw_portraits
from finegrain.simulate.tables import items_table, orders_table, people_table
from finegrain.simulate.truth import truth_document, truth_table

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pyarrow as pa

    from finegrain.simulate.shop import Shop

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class DemoFiles:
    """Where the files of the demo lie."""

    folder: Path

    @property
    def people(self) -> Path:
        """People and their traits."""
        return self.folder / "people.csv"

    @property
    def orders(self) -> Path:
        """Order lines and refunds."""
        return self.folder / "orders.csv"

    @property
    def events(self) -> Path:
        """Everything else that people did."""
        return self.folder / "events.parquet"

    @property
    def products(self) -> Path:
        """The items, in both languages."""
        return self.folder / "products.csv"

    @property
    def truth_people(self) -> Path:
        """The hidden parameters of each person."""
        return self.folder / "truth.parquet"

    @property
    def truth(self) -> Path:
        """The parameters of the shop; written last, so that where it stands the other files are whole."""
        return self.folder / "truth.json"

    def are_whole(self) -> bool:
        """Give whether all files are there."""
        files = (self.truth, self.truth_people, self.products, self.people, self.orders, self.events)
        return all(file.is_file() for file in files)

    def plan(self) -> dict[str, Any] | None:
        """Give the plan of the shop that lies here; None where there is none."""
        if not self.truth.is_file():
            return None
        plan: dict[str, Any] = json.loads(self.truth.read_text(encoding="utf-8"))["plan"]
        return plan


def write_files(shop: Shop, folder: Path, rng: np.random.Generator) -> DemoFiles:
    """Write the shop's files into ``folder``, which is made when missing; the same shop gives the same bytes.

    Args:
        shop: what was simulated.
        folder: where to.
        rng: draws names and portraits.
    """
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    files, instants = DemoFiles(folder), find_instants(shop)
    files.truth.unlink(missing_ok=True)
    portraits = draw_portraits(shop.world.plan.people, shop.world.plan.until, rng)
    _write_csv(people_table(shop, portraits, instants), files.people)
    _write_csv(orders_table(shop, instants), files.orders)
    _write_csv(items_table(shop), files.products)
    pq.write_table(events_table(shop, instants), files.events, compression="zstd", row_group_size=200_000)
    pq.write_table(truth_table(shop, instants), files.truth_people, compression="zstd")
    document = json.dumps(truth_document(shop), ensure_ascii=False, indent=2)
    files.truth.write_text(document + "\n", encoding="utf-8")
    return files


def _write_csv(table: pa.Table, path: Path) -> None:
    from pyarrow import csv

    with path.open("wb") as file:
        # Spreadsheet programs in China take a file without this mark for GBK.
        file.write(_BOM)
        csv.write_csv(table, file, csv.WriteOptions(quoting_style="needed"))
