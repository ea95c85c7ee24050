"""Tiers of ``online_retail`` against DATA.md and against plain SQL over the same file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pytest

import finegrain as fg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.workspace import Workspace

AS_OF = "2011-12-10"
ORDERS = """
    SELECT CustomerID::VARCHAR AS person, InvoiceNo AS invoice, min(InvoiceDate) AS time
    FROM read_parquet($path) WHERE CustomerID IS NOT NULL AND InvoiceNo NOT LIKE 'C%'
    GROUP BY ALL
"""


@pytest.fixture(scope="module")
def path() -> Path:
    """The file of orders; skipped where it is absent."""
    from pathlib import Path

    found = Path(__file__).parents[4] / "shared" / "data" / "online_retail.parquet"
    if not found.is_file():
        pytest.skip("../shared/data/online_retail.parquet is not beside this checkout")
    return found


@pytest.fixture(scope="module")
def shop(path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """All orders imported the ordinary way."""
    with fg.open(tmp_path_factory.mktemp("retail") / "shop", zone="Europe/London", currency="GBP") as workspace:
        workspace.import_orders(path, refund_prefix="C")
        yield workspace


def sql(path: Path, query: str) -> list[tuple[int, ...]]:
    """Run a query over the file's orders, named ``orders``."""
    with duckdb.connect() as connection:
        return connection.execute(f"WITH orders AS ({ORDERS}) {query}", {"path": str(path)}).fetchall()


def test_frequency_gives_the_published_numbers(shop: Workspace) -> None:
    # DATA.md: of 4,339 buyers 1,449 not for more than 90 days, 1,494 once, 2,845 again.
    result = shop.tiers("frequency", AS_OF, {"lapsed_days": 90})
    assert (result.tier("lapsed").people, result.total - result.tier("never").people) == (1449, 4339)
    forever = shop.tiers("frequency", AS_OF, {"lapsed_days": 3650})
    assert (forever.tier("first").people, forever.tier("repeat").people) == (1494, 2845)


def test_everybody_with_a_customer_id_is_in_each_scheme_once(shop: Workspace) -> None:
    for scheme in ("rfm", "activity", "value", "frequency", "lifecycle"):
        result = shop.tiers(scheme, AS_OF)
        assert result.total == sum(tier.people for tier in result.tiers) == 4372
        assert sum(tier.revenue_minor for tier in result.tiers) == 830_006_581


def test_high_value_people_bring_eighty_percent_and_one_fewer_would_not(shop: Workspace) -> None:
    result = shop.tiers("value", AS_OF)
    revenue = np.sort(result.basis.facts.revenue_minor)[::-1]
    total, n = int(revenue[revenue > 0].sum()), result.tier("high").people
    assert int(revenue[:n].sum()) * 100 >= 80 * total > int(revenue[: n - 1].sum()) * 100


def test_recency_and_frequency_of_the_window_equal_sql(shop: Workspace, path: Path) -> None:
    query = """
        , people AS (
            SELECT date_diff('second', max(time), TIMESTAMP '2011-12-10') // 86400 AS r,
                   count(*) FILTER (time >= TIMESTAMP '2010-12-10') AS f
            FROM orders GROUP BY person
        ), bought AS (FROM people WHERE f > 0)
        SELECT count(*) FILTER (r < (SELECT median(r) FROM bought)),
               count(*) FILTER (f > (SELECT median(f) FROM bought)) FROM people
    """
    result = shop.tiers("rfm", AS_OF, {"split": "median"})
    assert result.basis.facts.purchases.sum() == 18_536
    recent = ("important_value", "important_development", "general_value", "general_development")
    often = ("important_value", "important_retention", "general_value", "general_retention")
    counted = tuple(sum(result.tier(key).people for key in keys) for keys in (recent, often))
    assert [counted] == sql(path, query)


def test_suggested_silence_equals_sql(shop: Workspace, path: Path) -> None:
    query = """
        , gaps AS (
            SELECT epoch_us(time) - epoch_us(lag(time) OVER (PARTITION BY person ORDER BY time)) AS gap FROM orders
        )
        SELECT ceil(quantile_disc(gap, 0.9) / 86400e6)::INTEGER FROM gaps WHERE gap IS NOT NULL
    """
    suggested = shop.tiering.suggest("frequency", shop.as_of(AS_OF))
    assert [(suggested.values()["lapsed_days"],)] == sql(path, query)


def test_explained_moves_come_true(shop: Workspace) -> None:
    result = shop.tiers("frequency", AS_OF)
    for person_id in result.people("repeat")[::200].tolist():
        said = result.explain(person_id)
        assert said.moves_at is not None
        assert shop.tiers("frequency", said.moves_at).tier_of(person_id) == said.moves_to == "lapsed"
