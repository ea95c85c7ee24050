"""Two hundred segments of five conditions each over a million people and twenty million events, recomputed whole; previews."""

from __future__ import annotations

import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.data import DAY_US
from benchmarks.figure import figure, seconds
from benchmarks.segments_data import AS_OF, CATEGORIES, CITIES, EVENTS, PEOPLE, SEGMENTS, TIERS, ZONE, make_rules, make_world
from benchmarks.segments_sql import Statements, load
from benchmarks.standing import Shop
from finegrain.audience.rules.builder import rule
from finegrain.audience.rules.evaluating import Evaluation
from finegrain.audience.rules.ground import Ground, Sources
from finegrain.audience.rules.periods import Moment
from finegrain.audience.rules.reading import write_rule
from finegrain.audience.rules.trait_days import TraitDays
from finegrain.audience.segments.members import packed
from finegrain.audience.tiers.compute import resolve
from finegrain.audience.tiers.schemes import scheme_named
from finegrain.behaviour.facts import facts
from finegrain.behaviour.queries.snapshot import Snapshot
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from numpy.typing import NDArray

    from benchmarks.figure import Figures
    from benchmarks.segments_data import World
    from finegrain.audience.rules.contract import Rule
    from finegrain.behaviour.index import BehaviourIndex
    from finegrain.people.contract import TraitValues

ROUNDS = 3


@dataclass(frozen=True)
class MadeSources:
    """Traits of everybody, tiers with default thresholds, no segments and no consent."""

    values: dict[str, TraitValues]

    def trait_values(self, name: str) -> TraitValues:
        """Give one trait."""
        return self.values[name]

    def own_rules(self, _scheme: str) -> None:
        """Say that a scheme is built in."""

    def codes(
        self, scheme: str, as_of: datetime, people: BehaviourIndex, _everybody: BehaviourIndex, _bounds_at: datetime
    ) -> tuple[tuple[str, ...], NDArray[np.int8]]:
        """Sort people into the tiers of a scheme."""
        found, as_of_us = scheme_named(scheme), to_us(as_of)
        values = resolve(found)
        of_them = facts(people, as_of_us, as_of_us - found.window_days(values) * DAY_US)
        return tuple(one.key for one in found.tiers(values)), found.classify(of_them, found.bounds(of_them, values, "CNY"))


def figures(people: int = PEOPLE, events: int = EVENTS, segments: int = SEGMENTS, rounds: int = ROUNDS) -> Figures:
    """Measure recomputing all segments over a new state, and previews over what was recomputed.

    Args:
        people: how many.
        events: how many they did.
        segments: how many are recomputed.
        rounds: how often everything is recomputed.
    """
    world = make_world(people, events, rng=np.random.default_rng(20240801))
    rules = make_rules(segments, rng=np.random.default_rng(20240802))
    snapshot, over = world.snapshot(), f"{events:,} events of {people:,} people"
    found = [recomputed(snapshot, world, rules) for _ in range(rounds + 1)][1:]
    evaluation, took = found[-1][1], statistics.median(took for took, _ in found)
    asked = f"{segments} rules of 5 conditions, {evaluation.found()} of which differ"
    note = f"{over}; {asked}; nothing kept from before; median of {rounds}."
    measured = {
        "segments_200_s": figure(took, "s", "lower", "the limit of 10 s", note),
        "segments_vs_duckdb": against_duckdb(snapshot, evaluation, rules, took),
        **bytes_each(evaluation, rules, over),
        **counting(evaluation, over),
    }
    del found, evaluation
    return {**measured, **previewing(world, rules, over)}


def recomputed(snapshot: Snapshot, world: World, rules: list[Rule]) -> tuple[float, Evaluation]:
    """Recompute all rules over a state that nobody asked before; give the seconds it took, and what was found."""
    fresh = Snapshot(snapshot.index, snapshot.log, snapshot.columns)
    made = cast("Any", MadeSources(world.traits))
    sources = Sources(made, made, made, made)
    evaluation = Evaluation(Ground(fresh, fresh.index, Moment(AS_OF, ZONE), sources, "CNY", AS_OF, TraitDays(ZONE)))

    def work() -> None:
        evaluation.prepare(rules)
        for one in rules:
            evaluation.passing(one).count()

    return seconds(work), evaluation


def bytes_each(evaluation: Evaluation, rules: list[Rule], over: str) -> Figures:
    """Measure how many bytes a segment takes in memory, and as it is kept for a day, on average."""
    found = [evaluation.passing(one) for one in rules]
    ids = evaluation.ground.snapshot.index.person_ids
    memory, disk = (
        statistics.mean(len(one.bits) for one in found),
        statistics.mean(len(packed(ids[one.codes()])) for one in found),
    )
    return {
        "segment_memory_bytes": figure(memory, "bytes", "lower", "reported", f"{over}; who is in a segment, kept in memory."),
        "segment_disk_bytes": figure(disk, "bytes", "lower", "reported", f"{over}; the same, packed for the disk; the mean."),
    }


def unasked() -> list[Rule]:
    """Give rules whose conditions are in no segment."""
    return [
        rule.did("Product Shared", at_least=2, last_days=20),
        rule.did(rule.event("Product Viewed", rule.where("category", "is", CATEGORIES[3])), at_least=3, last_days=11),
        rule.trait("city").is_(CITIES[5]) & rule.did("Cart Viewed", days=True, at_least=2, last_days=13),
        rule.orders("revenue", at_least=50, last_days=9),
    ]


def counting(evaluation: Evaluation, over: str) -> Figures:
    """Measure how long it takes at worst to count whom a rule means, with conditions that nobody asked for yet, and again."""
    return _cold_and_cached("preview", lambda one: evaluation.passing(one).count(), f"{over}; the count alone; worst of 4 rules.")


def previewing(world: World, rules: list[Rule], over: str) -> Figures:
    """Measure likewise all that the console shows of a rule: count, share, sample, overlaps with all segments and reach."""
    with tempfile.TemporaryDirectory() as folder, Shop(Path(folder), world, rules) as shop:
        shop.segments.recompute()
        note = f"{over}; count, share, sample, overlaps with {len(rules)} segments and reach of a rule in JSON; worst of 4 rules."
        return _cold_and_cached("preview_whole", lambda one: shop.segments.preview(write_rule(one)), note)


def _cold_and_cached(name: str, work: Callable[[Rule], object], note: str) -> Figures:
    cold, cached = (max(seconds(lambda one=one: work(one)) for one in unasked()) for _ in range(2))  # type: ignore[misc]
    return {
        f"{name}_cold_ms": figure(cold * 1e3, "ms", "lower", "the limit of 500 ms", f"Conditions nobody asked for: {note}"),
        f"{name}_cached_ms": figure(cached * 1e3, "ms", "lower", "the limit of 50 ms", f"Known conditions: {note}"),
    }


def against_duckdb(snapshot: Snapshot, evaluation: Evaluation, rules: list[Rule], ours: float) -> dict[str, Any]:
    """Count every segment by SQL, too, and compare the counts; give DuckDB's time over ours."""
    made: Any = snapshot.columns
    category = pa.DictionaryArray.from_arrays(pa.array(made.category.codes, mask=made.category.codes < 0), list(CATEGORIES))
    columns = {"category": category.cast(pa.string()), "price": made.price.values}
    traits = {name: evaluation.ground.sources.traits.trait_values(name) for name in ("city", "age", "birthday")}
    tiers = {tier: evaluation.passing(rule.tier(tier)).truths() for tier in TIERS}
    statements = [Statements(evaluation.ground.moment).counting(one) for one in rules]
    with load(snapshot, columns, traits, tiers) as duck:
        theirs = seconds(lambda: counted(duck, statements, [evaluation.passing(one).count() for one in rules]))
    note = (
        f"The same {len(rules)} rules, one statement each, DuckDB {duckdb.__version__}: native in-memory tables, events sorted "
        f"by name and person, tiers given as columns; {theirs:.3g} s in one round, every count compared and equal. Ours: the "
        "work of segments_200_s, which finds the tiers, too."
    )
    return figure(theirs / ours, "×", "higher", "DuckDB SQL, counts equal", note)


def counted(duck: duckdb.DuckDBPyConnection, statements: list[str], ours: list[int]) -> None:
    """Run every statement; refuse to measure counts that differ."""
    for statement, expected in zip(statements, ours, strict=True):
        found = duck.execute(statement).fetchone()
        if found != (expected,):
            raise AssertionError(f"DuckDB counts {found}, not {expected}: {statement}")
