"""Retention, intervals and distributions of 100,000 real ratings, against pandas."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from tests.twins.behaviour import CURRENCY, FakeEvents, FakePeople, Happening
from tests.twins.logs import ZONE, FakeAudiences, FakeTraits

from finegrain.behaviour.building import build
from finegrain.behaviour.queries.columns import PropertyColumns
from finegrain.behaviour.queries.embedded import EmbeddedEngine
from finegrain.behaviour.queries.service import QueryService
from finegrain.behaviour.queries.snapshot import Snapshot
from finegrain.behaviour.retention.contract import RetentionCell

if TYPE_CHECKING:
    from collections.abc import Sequence

AS_OF = datetime(1998, 12, 1, tzinfo=UTC)
HOUR_S = 3600


@pytest.fixture(scope="module")
def ratings() -> Any:
    """Everybody's ratings in time order, with the civil day and week of each."""
    path = Path(__file__).parents[4] / "shared" / "data" / "movielens_100k_ratings.parquet"
    if not path.is_file():
        pytest.skip("the folder ../shared/data with real data is not beside this checkout")
    frame = pd.read_parquet(path).sort_values("ts", kind="stable", ignore_index=True)
    local = frame["ts"].dt.tz_localize("UTC").dt.tz_convert(ZONE.name).dt.tz_localize(None)
    return frame.assign(day=local.dt.normalize(), week=local.dt.to_period("W-SUN").dt.start_time)


@pytest.fixture(scope="module")
def service(ratings: Any) -> QueryService:
    rows = zip(ratings["user_id"], ratings["ts"].dt.tz_localize("UTC"), ratings["rating"], strict=True)
    log = [Happening(str(who), "Rated", at.to_pydatetime(), properties={"stars": int(stars)}) for who, at, stars in rows]
    events = FakeEvents(log, batch_rows=50_000)
    people = FakePeople(dict.fromkeys(dict.fromkeys(one.who for one in log), datetime(1997, 1, 1, tzinfo=UTC)))
    state = build(events, people, CURRENCY)
    snapshot = Snapshot(state.index, state.log, PropertyColumns(events, Path("/nowhere")))
    engine = EmbeddedEngine(lambda: snapshot)
    return QueryService(engine, FakeTraits(), FakeAudiences(), zone=ZONE, currency=CURRENCY, session_minutes=30)


def weekly_counts(ratings: Any, periods: int) -> dict[str, Sequence[int]]:
    """Give how many of those who first rated in a week did so again in the weeks after it."""
    active = ratings[["user_id", "week"]].drop_duplicates()
    active = active.assign(cohort=active.groupby("user_id")["week"].transform("min"))
    active = active.assign(after=(active["week"] - active["cohort"]).dt.days // 7)
    counts = pd.crosstab(active["cohort"], active["after"]).reindex(columns=range(periods + 1), fill_value=0)
    starts = pd.DatetimeIndex(counts.index).strftime("%Y-%m-%d")
    return dict(zip(starts, counts.to_numpy().tolist(), strict=True))


def test_weekly_retention_is_that_of_pandas(ratings: Any, service: QueryService) -> None:
    query = {"start": "Rated", "returns": "Rated", "period": "all", "granularity": "week", "periods": 8}
    result = service.retention(query, AS_OF)
    found = {cohort.start: [cohort.size, *cohort.counts[1:]] for cohort in result.total.cohorts if cohort.size}
    assert found == weekly_counts(ratings, 8)
    cohort = result.total.cohorts[3]
    assert len(service.people("retention", query, RetentionCell(3, 1), AS_OF)) == cohort.counts[1] > 0


def test_times_between_ratings_are_those_of_pandas(ratings: Any, service: QueryService) -> None:
    result = service.intervals({"start": "Rated", "end": "Rated", "period": "all", "window": "30d"}, AS_OF)
    gaps = ratings.groupby("user_id")["ts"].diff().dt.total_seconds().dropna()
    gaps = gaps[gaps <= 30 * 24 * HOUR_S]
    assert result.total.time.count == len(gaps)
    assert result.total.time.p99_s == pytest.approx(gaps.quantile(0.99))
    assert result.total.time.mean_s == pytest.approx(gaps.mean())


def test_days_and_stars_are_those_of_pandas(ratings: Any, service: QueryService) -> None:
    days = service.distribution({"event": "Rated", "period": "all", "measure": "days", "breaks": [2, 5]}, AS_OF)
    per_person = ratings.groupby("user_id")["day"].nunique()
    assert [bar.count for bar in days.total.bars] == pd.cut(per_person, [0, 1, 4, 1_000]).value_counts(sort=False).tolist()
    stars = service.distribution({"event": "Rated", "period": "all", "measure": "sum", "property": "stars"}, AS_OF)
    sums = ratings.groupby("user_id")["rating"].sum()
    assert stars.total.p90 == pytest.approx(sums.quantile(0.9))
    assert stars.total.sum == sums.sum()
