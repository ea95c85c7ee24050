"""A minute of a shop of a million people: two hundred segments recomputed, their history kept, those who moved told."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.events import NAMES
from benchmarks.figure import figure, peak_bytes, seconds
from benchmarks.segments_data import EVENTS, PEOPLE, SEGMENTS, make_rules, make_world
from benchmarks.standing import Shop
from finegrain.zones import to_us

if TYPE_CHECKING:
    from benchmarks.figure import Figures

NEW_EVENTS, MOVERS = 5_000, 10_000
NOON = datetime(2023, 3, 30, 4, tzinfo=UTC)
"""In Shanghai."""


@dataclass(frozen=True)
class Cycle:
    """What one minute took.

    Attributes:
        recompute_s, keep_s: seconds.
        written: how many states were.
        moves: how many transitions were stored.
        bytes: the most memory that the process had at once.
    """

    recompute_s: float
    keep_s: float
    written: int
    moves: int
    bytes: int


def figures(people: int = PEOPLE, events: int = EVENTS, segments: int = SEGMENTS, movers: int = MOVERS) -> Figures:
    """Measure the first state that is kept, one a minute later, and one before which many did the same at once.

    Args:
        people: how many.
        events: how many they did.
        segments: how many there are.
        movers: how many people do the same at once.
    """
    rng = np.random.default_rng(20240803)
    world, rules = make_world(people, events, rng=rng), make_rules(segments, rng=rng)
    with tempfile.TemporaryDirectory() as folder, Shop(Path(folder), world, rules) as shop:
        shop.know_everybody()
        shop.store_transitions()
        shop.clock.set(NOON - timedelta(minutes=1))
        shop.segments.recompute()  # reads the compiled kernels
        first = cycle(shop, NOON)
        viewed = rng.integers(0, people, NEW_EVENTS).astype(np.int32)
        world = world.then(viewed, NAMES.index("Product Viewed"), to_us(NOON) + 1_000_000)
        shop.index.now = world.snapshot()
        usual = cycle(shop, NOON + timedelta(minutes=1))
        shared = np.sort(rng.choice(people, movers, replace=False)).astype(np.int32)
        world = world.then(shared, NAMES.index("Product Shared"), to_us(NOON) + 61_000_000)
        shop.index.now = world.snapshot()
        many = cycle(shop, NOON + timedelta(minutes=2))
    return told(first, usual, many, f"{events:,} events of {people:,} people, {segments} rules of 5 conditions")


def cycle(shop: Shop, at: datetime) -> Cycle:
    """Let a minute pass as the server does."""
    shop.clock.set(at)
    before, definitions, kept = shop.events.last_seq(), shop.history.definitions(), []

    def work() -> tuple[float, float]:
        recompute_s = seconds(shop.segments.recompute)
        return recompute_s, seconds(lambda: kept.append(shop.history.keep(at, recomputed=definitions)))

    (recompute_s, keep_s), most = peak_bytes(work)
    return Cycle(recompute_s, keep_s, len(kept[0].written), shop.events.last_seq() - before, most)


def told(first: Cycle, usual: Cycle, many: Cycle, over: str) -> Figures:
    """Give the figures of three minutes."""
    keep = (
        f"{over}; a minute with {NEW_EVENTS:,} new events: {usual.written} states written, {usual.moves:,} transitions found "
        f"and stored. Recomputing before it took {usual.recompute_s:.3g} s; the first day, with nothing to compare, "
        f"{first.keep_s:.3g} s."
    )
    moved = f"{over}; the same in a minute in which {MOVERS:,} people share a product, which few do: {many.moves:,} transitions."
    most = max(one.bytes for one in (first, usual, many))
    return {
        "history_keep_s": figure(usual.keep_s, "s", "lower", "reported", keep),
        "transitions_10k_s": figure(many.keep_s, "s", "lower", "reported", moved),
        "history_peak_bytes": figure(
            most, "bytes", "lower", "reported", f"{over}; the whole process, index included, in these minutes."
        ),
    }
