"""The catalogue equals a slow count over whatever was stored, however it is cut into steps, and shows no secret."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twins import catalogue as twin

import finegrain as fg
from finegrain.clock import SettableClock
from finegrain.collect.catalogue import counting
from finegrain.collect.catalogue.errors import UnknownEventError
from finegrain.collect.catalogue.masking import MASK
from finegrain.store.events.contract import EVENT_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.collect.catalogue.service import CatalogueService

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
Event = tuple[str, str, dict[str, Any]]

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.one_of(
    st.sampled_from(["a", "a.b", 'quo"te', "it's", "", "\x00", "$x", "名", "n" * 10_240, "%s", "{0}", "a\nb", "a/b", ".", ".."]),
    TEXTS,
)
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False), TEXTS,
        st.sampled_from(["2024-06-01", "2024-06-01T12:00:00Z", "2024-06-01 12:00:00.123 +08:00", "2024-6-1", "12:00"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
EVENTS = st.lists(
    st.tuples(NAMES, st.sampled_from(["web", "app", "import"]), st.dictionaries(NAMES, VALUES, max_size=5)), max_size=12
)


@pytest.fixture
def shop(tmp_path: Path, ops_url: str) -> Iterator[fg.Workspace]:
    """A new workspace at noon of 2024-06-01 UTC, on each engine of the ops store."""
    with fg.open(tmp_path / "shop", clock=SettableClock(NOON), ops_url=ops_url) as workspace:
        yield workspace


def append(shop: fg.Workspace, events: list[Event], *, first: int = 0) -> None:
    """Store events, one a second from noon on."""
    rows = [
        {
            "message_id": f"m{first + place}", "distinct_id": "ann", "event": name, "source": source, "historical": False,
            "time": NOON.replace(tzinfo=None), "received_at": (NOON + timedelta(seconds=first + place)).replace(tzinfo=None),
            "properties": json.dumps(properties),
        }
        for place, (name, source, properties) in enumerate(events)
    ]  # fmt: skip
    shop.events.append(pa.Table.from_pylist(rows, schema=EVENT_SCHEMA))


def counted(catalogue: CatalogueService) -> dict[str, Any]:
    """Give what the catalogue says, in a form that compares; names are told by their hashes."""
    found: dict[str, Any] = {}
    for event in catalogue.events():
        properties = {each.name: dict(each.kinds) for each in catalogue.properties(event.key)}
        found[event.key] = (event.count, event.sources, event.other_properties, properties)
    return found


def expected(events: list[Event], most_events: int, most_properties: int) -> tuple[dict[str, Any], int]:
    """Give what the twin says, in the same form."""
    written = [(name, source, json.dumps(properties)) for name, source, properties in events]
    seen, others = twin.catalogue(written, most_events, most_properties)
    found: dict[str, Any] = {}
    for (name, source), entry in seen.items():
        count, sources, left_out, properties = found.setdefault(counting.hashed(name), (0, {}, 0, {}))
        sources[source] = entry.count
        for each, kinds in entry.properties.items():
            shown = each.replace("\x00", "�")
            shown = shown if len(shown) <= 300 else shown[:299] + "…"
            properties[shown] = dict(Counter(properties.get(shown, {})) + kinds)
        found[counting.hashed(name)] = (count + entry.count, sources, left_out + entry.others, properties)
    return found, others


@given(EVENTS, st.integers(1, 5))
@settings(max_examples=40)
def test_it_equals_the_slow_count_however_it_is_cut(events: list[Event], step: int) -> None:
    clean = [(name, source, {key: value for key, value in held.items() if key != "�"}) for name, source, held in events]
    with tempfile.TemporaryDirectory() as folder, fg.open(f"{folder}/shop", clock=SettableClock(NOON)) as shop:
        append(shop, clean)
        progress = shop.catalogue.refresh(batch_events=step)
        assert (progress.counted, progress.share) == (len(clean), 1.0)
        assert counted(shop.catalogue) == expected(clean, 2_000, 500)[0]


@given(EVENTS, st.integers(1, 4), st.integers(1, 3), st.integers(1, 3))
@settings(max_examples=25)
def test_what_comes_first_is_kept_and_the_rest_is_counted(events: list[Event], step: int, most: int, properties: int) -> None:
    clean = [(name, source, {key: value for key, value in held.items() if key != "�"}) for name, source, held in events]
    with pytest.MonkeyPatch.context() as limits, tempfile.TemporaryDirectory() as folder, fg.open(f"{folder}/s") as shop:
        limits.setattr(counting, "MAX_EVENTS", most)
        limits.setattr(counting, "MAX_PROPERTIES", properties)
        append(shop, clean)
        progress = shop.catalogue.refresh(batch_events=step)
        found, others = expected(clean, most, properties)
        assert (counted(shop.catalogue), progress.other_events) == (found, others)


def test_refreshing_again_counts_only_what_is_new(shop: fg.Workspace) -> None:
    append(shop, [("a", "web", {"x": 1})] * 3)
    for _ in range(2):
        shop.catalogue.refresh()
    append(shop, [("a", "app", {"x": "y"}), ("b", "app", {})], first=3)
    shop.catalogue.refresh()
    assert {each.name: each.sources for each in shop.catalogue.events()} == {"a": {"web": 3, "app": 1}, "b": {"app": 1}}
    (found,) = shop.catalogue.properties("a")
    assert (found.kinds, found.count, found.share, found.examples) == ({"number": 3, "text": 1}, 4, 1.0, ("y", "1"))
    assert [each.kinds for each in shop.catalogue.properties("a", "app")] == [{"text": 1}]
    assert (shop.catalogue.event("a").first_seen, shop.catalogue.event("a").last_seen) == (NOON, NOON + timedelta(seconds=3))


@pytest.mark.usefixtures("each_engine")
def test_it_goes_on_where_it_was_after_a_restart(tmp_path: Path) -> None:
    for round_ in range(2):
        with fg.open(tmp_path / "shop") as shop:
            append(shop, [("a", "web", {})] * 2, first=2 * round_)
            shop.catalogue.refresh()
            assert shop.catalogue.event("a").count == 2 * (round_ + 1)


def test_a_step_that_fails_is_counted_once_when_it_is_repeated(shop: fg.Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    append(shop, [("a", "web", {"x": 1})] * 4)
    with monkeypatch.context() as patched:
        patched.setattr("finegrain.collect.catalogue.storing._changed_property", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            shop.catalogue.refresh(batch_events=2)
    shop.catalogue.refresh(batch_events=2)
    assert (shop.catalogue.event("a").count, shop.catalogue.properties("a")[0].count) == (4, 4)


def test_an_event_store_put_back_from_a_copy_is_counted_anew(shop: fg.Workspace) -> None:
    from finegrain.collect.catalogue.tables import CatalogueProgressTable

    append(shop, [("a", "web", {})] * 2)
    shop.catalogue.refresh()
    with shop.ops.session() as session:
        session.get_one(CatalogueProgressTable, 1).counted = 99
    shop.catalogue.refresh()
    assert shop.catalogue.event("a").count == 2


def test_a_refresh_with_a_budget_does_not_wait_and_shows_how_far_it_is(shop: fg.Workspace) -> None:
    append(shop, [("a", "web", {})] * 4)
    progress = shop.catalogue.refresh(budget_s=0)
    assert (progress.counted, progress.share) == (0, 0.0)
    assert shop.catalogue.refresh(budget_s=60, batch_events=1).share == 1.0


def test_secrets_and_ways_to_reach_people_are_masked(shop: fg.Workspace) -> None:
    note = "ring +86 138-1234-5678 or 13812345678"
    properties = {"email": "ann@shop.example", "手机": "13812345678", "token": "abc", "note": note,
                  "contact": {"phone": 13812345678, "city": "Shanghai"}, "city": "Shanghai"}  # fmt: skip
    append(shop, [("a", "web", properties)])
    shop.catalogue.refresh()
    found = {each.name: each.examples[0] for each in shop.catalogue.properties("a")}
    assert found["city"] == "Shanghai"
    assert (found["email"], found["手机"], found["token"]) == (MASK, MASK, MASK)
    assert "1381234" not in json.dumps(found)
    assert found["contact"] == f'{{"city": "Shanghai", "phone": "{MASK}"}}'


def test_events_are_found_by_name_by_source_and_by_a_part_of_the_name(shop: fg.Workspace) -> None:
    append(shop, [("Order Completed", "web", {}), ("Page Viewed", "app", {}), ("Page Viewed", "web", {})])
    shop.catalogue.refresh()
    assert [each.name for each in shop.catalogue.events()] == ["Page Viewed", "Order Completed"]
    assert [each.name for each in shop.catalogue.events(text="ORDER")] == ["Order Completed"]
    assert [(each.name, each.count) for each in shop.catalogue.events(source="app")] == [("Page Viewed", 1)]
    assert shop.catalogue.event(shop.catalogue.event("Page Viewed").key).name == "Page Viewed"
    with pytest.raises(UnknownEventError, match="“page viewed”"):
        shop.catalogue.event("page viewed")
    with pytest.raises(UnknownEventError):
        shop.catalogue.properties("Order Completed", "app")


def test_volumes_count_from_edge_to_edge(shop: fg.Workspace) -> None:
    append(shop, [("a", "web", {}), ("b", "app", {}), ("b", "app", {})])
    edges = [NOON + timedelta(days=days) for days in (-1, 0, 1)]
    assert shop.catalogue.volumes(edges) == {"a": [0, 1], "b": [0, 2]}
    assert shop.catalogue.volumes(edges, event="b", source="app") == {"b": [0, 2]}
    assert shop.catalogue.volumes(edges[:2]) == {}
