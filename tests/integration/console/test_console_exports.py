"""CSV files over HTTP: who and what is in them, read back by a second library, and how a wrong request is refused."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from tests.integration.console.conftest import browser

from finegrain.access.acting import SYSTEM, acting_as
from finegrain.audience.tiers.contract import SCHEMES

if TYPE_CHECKING:
    from fastapi import FastAPI

    import finegrain as fg

pytestmark = pytest.mark.asyncio(loop_scope="module")

BUYERS, REVENUE = 90, sum(20 + 7 * (n % 13) + 5 * order for n in range(120) if n % 4 for order in range(n % 6 + 1))
"""Counted from how the shop is stocked: every fourth person never ordered."""


async def file(server: FastAPI, path: str, language: str = "en-US") -> pd.DataFrame:
    """Fetch a file and read it as pandas does."""
    async with browser(server, language) as session:
        answer = await session.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return pd.read_csv(io.BytesIO(answer.content), encoding="utf-8-sig", keep_default_na=False)


async def test_file_of_people_holds_everybody_once_and_all_the_money(server: FastAPI) -> None:
    people = await file(server, "/people.csv")
    assert people["Person"].nunique() == len(people) == 120
    assert people["Net revenue (CNY)"].sum() == REVENUE
    assert (people["Orders"] > 0).sum() == BUYERS


async def test_file_is_filtered_like_the_page_and_ignores_its_page(server: FastAPI) -> None:
    people = await file(server, "/people.csv?q=user-0&frequency=never&page=7")
    assert sorted(people["Person"]) == [f"user-{n:03d}" for n in range(0, 100, 4)]
    assert set(people["Purchase frequency"]) == {"Never bought"}


async def test_a_scheme_of_ones_own_filters_people_and_is_a_column(server: FastAPI, shop: fg.Workspace) -> None:
    with acting_as(SYSTEM):
        shop.schemes.save("care", [("often", "Often", {"orders": "purchases", "value": 5})], label="How we care")
    people = await file(server, "/people.csv?tier_care=often")
    assert set(people["How we care"]) == {"Often"}
    assert (people["Orders"] >= 5).all()
    with acting_as(SYSTEM):
        shop.schemes.delete("care")


async def test_file_says_nothing_where_there_is_nothing(server: FastAPI) -> None:
    people = await file(server, "/people.csv?q=user-008")
    row = people.iloc[0]
    assert [row["Average order value (CNY)"], row["First order"], row["Last order"]] == ["", "", ""]
    assert row["Last seen"] == "2024-05-23"


async def test_headings_and_tiers_speak_the_language_of_the_browser(server: FastAPI) -> None:
    people = await file(server, "/people.csv?q=user-008", "zh-CN,zh;q=0.9")
    assert list(people.columns)[:2] == ["用户", "姓名"]
    assert set(people["购买频次"]) == {"从未购买"}


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_file_of_tiers_adds_up_to_everybody(server: FastAPI, scheme: str) -> None:
    tiers = await file(server, f"/tiers/{scheme}.csv")
    assert tiers["People"].sum() == 120
    assert tiers["Share"].sum() == pytest.approx(1, abs=1e-5)
    assert tiers["Net revenue (CNY)"].sum() == REVENUE


async def test_people_of_all_tiers_together_are_everybody_once(server: FastAPI) -> None:
    tiers = await file(server, "/tiers/value.csv")
    people = pd.concat([await file(server, f"/tiers/value/people.csv?tier={key}") for key in tiers["Tier key"]])
    assert people["Person"].nunique() == len(people) == 120


async def test_people_of_a_cell_are_those_it_counts(server: FastAPI, shop: fg.Workspace) -> None:
    crossed = shop.matrix("activity", "value")
    row, column = (int(place) for place in divmod(int(crossed.counts.argmax()), crossed.counts.shape[1]))
    keys = crossed.row_tiers[row].key, crossed.column_tiers[column].key
    people = await file(server, f"/tiers/activity/people.csv?by=value&tier={keys[0]}&cell={keys[1]}")
    assert len(people) == crossed.counts[row, column] > 0


async def test_thresholds_tried_out_decide_who_is_in_the_file(server: FastAPI) -> None:
    """Those who never bought were last seen up to 99 days ago, so an earlier bound finds more people silent."""
    saved, tried = [await file(server, f"/tiers/activity.csv{query}") for query in ("", "?set.silent_days=20")]
    silent = [dict(zip(tiers["Tier key"], tiers["People"], strict=True))["silent"] for tiers in (saved, tried)]
    assert silent[1] > silent[0]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/people.csv?as_of=yesterday", 400, "bad_value"),
        ("/people.csv?as_of=0001-01-01", 400, "bad_value"),
        ("/tiers/rfm.csv?as_of=9999-12-31T23:59-12:00", 400, "bad_value"),
        ("/people.csv?value=golden", 404, "unknown"),
        ("/tiers/astrology.csv", 404, "unknown"),
        ("/tiers/astrology/people.csv", 404, "unknown"),
        ("/tiers/value.csv?as_of=yesterday", 400, "bad_value"),
        ("/tiers/activity.csv?set.silent_days=nan", 400, "threshold"),
        ("/tiers/activity.csv?set.nothing=1", 404, "threshold"),
        ("/tiers/value/people.csv?tier=golden", 404, "tier"),
        ("/tiers/value/people.csv", 404, "tier"),
    ],
)
async def test_file_that_cannot_be_made_is_refused_with_its_reason(server: FastAPI, path: str, status: int, code: str) -> None:
    async with browser(server) as session:
        answer = await session.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "Code: " in answer.text
    assert code in answer.text


async def test_name_of_the_file_says_what_it_holds(server: FastAPI) -> None:
    async with browser(server) as session:
        answer = await session.get("/tiers/frequency/people.csv?tier=never&as_of=2024-06-01")
    assert answer.headers["content-disposition"] == 'attachment; filename="frequency-never-2024-06-01.csv"'
    assert answer.headers["cache-control"] == "no-store"
