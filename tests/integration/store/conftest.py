"""Event stores on every engine: a test that takes ``engine`` or ``store`` runs on each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.event_stores import Engine

    from finegrain.store.events import EventStore


@pytest.fixture(params=["duckdb", "chdb"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return engine


@pytest.fixture
def place(engine: Engine) -> str:
    """A place where there is no store yet."""
    return engine.new_place()


@pytest.fixture
def store(engine: Engine, place: str) -> Iterator[EventStore]:
    """An empty store."""
    store = engine.open(place)
    yield store
    store.close()
