"""Files that try an import's limits: very many columns, and texts that other programs wrote in their own way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from finegrain.collect.imports.contract import ImportSummary
    from finegrain.collect.mapping.contract import Granularity


def imported(shop: Any, path: Path, **options: str) -> ImportSummary:
    """Import an order file as its preview says."""
    summary: ImportSummary = shop.imports.run([path], "orders", shop.imports.preview(path, "orders", **options).mapping)
    return summary


@pytest.mark.parametrize("granularity", ["order", "line"])
def test_a_file_of_400_columns_fits_into_the_usual_memory(
    shop: Any, csv_file: Callable[..., Path], granularity: Granularity
) -> None:
    names = [f"c{place}" for place in range(400)]
    header = ",".join(["order_id", "user_id", "time", "amount", *names])
    rows = [",".join([f"o{row // 2}", "u", "2024-01-01", "5", *names]) for row in range(4)]
    summary = imported(shop, csv_file(header, *rows), granularity=granularity)
    assert (summary.accepted, summary.people) == (4, 1)
    properties = shop.events.timeline(["u"], limit=1)[0].properties
    assert properties["c399"] == "c399"
