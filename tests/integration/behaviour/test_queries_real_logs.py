"""Real behaviour: kernels, SQL and the slow twins agree on a year of shopping (dunnhumby) and on film ratings (MovieLens)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from tests.twins.behaviour import FakePeople, Happening
from tests.twins.logs import PEOPLE, SQL_WORLDS, World, clickhouse_engine, embedded_engine
from tests.unit.behaviour.queries import test_distribution_laws as distribution
from tests.unit.behaviour.queries import test_funnel_laws as funnel
from tests.unit.behaviour.queries import test_intervals_laws as intervals
from tests.unit.behaviour.queries import test_retention_laws as retention

if TYPE_CHECKING:
    from collections.abc import Callable

    Ask = Callable[[World], Any]

DATA = Path(__file__).parents[4] / "shared" / "data"
AS_OF = datetime(2018, 2, 1, tzinfo=UTC)
SHOPPING = """
    SELECT household_id::VARCHAR AS who, 'Basket Paid' AS event, min(transaction_timestamp) AS moment, 'store' AS name,
        any_value(store_id)::VARCHAR AS value, round(sum(sales_value), 2) AS amount
    FROM read_parquet($path || '/dunnhumby_transactions.parquet') WHERE household_id % 12 = 0 GROUP BY household_id, basket_id
    UNION ALL
    SELECT household_id::VARCHAR, 'Coupon Redeemed', redemption_date, 'campaign', campaign_id::VARCHAR, 0
    FROM read_parquet($path || '/dunnhumby_coupon_redemptions.parquet') WHERE household_id % 12 = 0
"""
RATING = """
    SELECT user_id::VARCHAR AS who, CASE WHEN rating >= 4 THEN 'Liked' WHEN rating = 3 THEN 'Rated' ELSE 'Disliked' END AS event,
        ts AS moment, 'film' AS name, (item_id % 20)::VARCHAR AS value, rating AS amount
    FROM read_parquet($path || '/movielens_100k_ratings.parquet') WHERE user_id % 5 = 0
"""
LOGS = {"dunnhumby": (SHOPPING, "Basket Paid", "Coupon Redeemed"), "movielens": (RATING, "Liked", "Disliked")}


@pytest.fixture(scope="module", params=LOGS)
def real(request: pytest.FixtureRequest) -> tuple[list[Happening], str, str]:
    """Everything in order of arrival, and the names of two events."""
    if not DATA.is_dir():
        pytest.skip("the folder ../shared/data with real data is not beside this checkout")
    query, one, other = LOGS[request.param]
    rows = duckdb.execute(f"SELECT * FROM ({query}) ORDER BY moment, who, event, value, amount", {"path": str(DATA)}).fetchall()
    log = [
        Happening(who, event, at.replace(tzinfo=UTC), properties={name: value, "amount": float(amount)})
        for who, event, at, name, value, amount in rows
    ]
    return log, one, other


def of_three(log: list[Happening]) -> list[Happening]:
    """Give what the three who did most did, under the names that the twins know."""
    counts: dict[str, int] = {}
    for one in log:
        counts[one.who] = counts.get(one.who, 0) + 1
    three = dict(zip(sorted(counts, key=lambda who: (-counts[who], who)), PEOPLE[:3], strict=False))
    return [Happening(three[one.who], one.event, one.at, properties=one.properties) for one in log if one.who in three]


@pytest.mark.parametrize("engine", SQL_WORLDS)
def test_both_engines_find_what_the_twins_find(engine: str, real: tuple[list[Happening], str, str]) -> None:
    log, one, other = of_three(real[0]), *real[1:]
    here = SQL_WORLDS[engine](log)
    for window in ("1d", "30d"):
        funnel.compare(here, log, {"steps": [one, other, one], "period": "all", "window": window})
        intervals.compare(here, log, {"start": one, "end": other, "period": "all", "window": window})
    retention.compare(here, log, {"start": one, "returns": "*", "period": "all", "granularity": "week", "periods": 12})
    distribution.compare(here, log, {"event": one, "period": "all"})


QUESTIONS: dict[str, dict[str, Any]] = {
    "funnel": {"steps": ["one", "other", "one"], "window": "30d", "breakdown": "amount", "granularity": "month"},
    "retention": {"start": "one", "returns": "other", "granularity": "week", "periods": 10, "mode": "on_or_after"},
    "trends": {"series": [{"event": "one", "measure": "unique"}, {"event": "*", "measure": "sum", "property": "amount"}]},
    "lifecycle": {"event": "*", "granularity": "month"},
    "stickiness": {"event": "one", "granularity": "week"},
    "paths": {"start": "one", "scope": "window", "window": "7d", "depth": 4},
    "intervals": {"start": "one", "end": "one", "window": "90d", "granularity": "month"},
    "distribution": {"event": "one", "measure": "days"},
    "attribution": {"conversion": "one", "touches": ["other"], "lookback": "30d"},
}


@pytest.fixture(scope="module")
def both(real: tuple[list[Happening], str, str]) -> tuple[World, World]:
    """The same log on kernels and on ClickHouse."""
    log = real[0]
    people = FakePeople(dict.fromkeys(dict.fromkeys(one.who for one in log), datetime(1997, 1, 1, tzinfo=UTC)))
    return World(log, embedded_engine(log, people)), World(log, clickhouse_engine(log, people))


@pytest.mark.parametrize("kind", QUESTIONS)
def test_every_answer_is_the_same_on_both_engines(
    kind: str, real: tuple[list[Happening], str, str], both: tuple[World, World]
) -> None:
    query = _named({**QUESTIONS[kind], "period": "all"}, {"one": real[1], "other": real[2]})
    ours, theirs = (getattr(world.service, kind)(query, AS_OF).to_dict() for world in both)
    assert _rounded(ours) == _rounded(theirs)
    assert len(str(ours)) > 300


def _named(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _named(inner, names) for name, inner in value.items()}
    if isinstance(value, list):
        return [_named(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value


def _rounded(value: Any) -> Any:
    """Make answers comparable: floats to ten digits, which the order of an addition may touch."""
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return float(f"{value:.10g}") if isinstance(value, float) else value
