"""Two hundred segments of five conditions each over a million people and twenty million events, recomputed whole; previews."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.data import DAY_US
from benchmarks.events import END_US, NAMES, make_events, state_of
from benchmarks.figure import figure, seconds
from benchmarks.segments_sql import Statements, load
from finegrain.audience.rules.builder import rule
from finegrain.audience.rules.evaluating import Evaluation
from finegrain.audience.rules.ground import Ground, Sources
from finegrain.audience.rules.periods import Moment
from finegrain.audience.rules.trait_days import TraitDays
from finegrain.audience.segments.members import packed
from finegrain.audience.tiers.compute import resolve
from finegrain.audience.tiers.schemes import scheme_named
from finegrain.behaviour.building import derive
from finegrain.behaviour.facts import facts
from finegrain.behaviour.queries.columns import NumberColumn, TextColumn, frozen
from finegrain.behaviour.queries.snapshot import Snapshot
from finegrain.people.contract import TraitValues
from finegrain.zones import Zone, from_us, to_us

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from benchmarks.figure import Figures
    from finegrain.audience.rules.contract import Rule
    from finegrain.behaviour.index import BehaviourIndex

_T = TypeVar("_T")
PEOPLE, EVENTS, SEGMENTS, ROUNDS = 1_000_000, 20_000_000, 200, 3
ZONE = Zone("Asia/Shanghai")
AS_OF = from_us(END_US)
CATEGORIES = tuple(f"category {number}" for number in range(40))
CITIES = tuple(f"city {number}" for number in range(300))
PERIODS = (3, 7, 14, 30, 60, 90)
TIERS = ("activity/active", "activity/silent", "frequency/active", "rfm/important_value")


@dataclass(frozen=True)
class MadeColumns:
    """Two properties of the events: a text of forty values, and a number."""

    category: TextColumn
    price: NumberColumn

    def text(self, _name: str, _log: Any) -> TextColumn:
        """Give the text."""
        return self.category

    def number(self, _name: str, _log: Any) -> NumberColumn:
        """Give the number."""
        return self.price


@dataclass(frozen=True)
class MadeSources:
    """Three traits of everybody, tiers with default thresholds, no segments and no consent."""

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


def figures() -> Figures:
    """Measure recomputing all segments over a new state, and previews over what was recomputed."""
    snapshot, sources = world(np.random.default_rng(20240801))
    rules = make_rules(np.random.default_rng(20240802))
    rounds = [recomputed(snapshot, sources, rules) for _ in range(ROUNDS + 1)][1:]
    evaluation = rounds[-1][1]
    cold, cached = previews(evaluation)
    over = f"{EVENTS:,} events of {PEOPLE:,} people"
    asked = f"{SEGMENTS} rules of 5 conditions, {evaluation.found()} of which differ"
    memory, disk = bytes_each(evaluation, rules)
    note = f"{over}; {asked}; nothing kept from before; median of {ROUNDS}."
    took = statistics.median(took for took, _ in rounds)
    return {
        "segments_200_s": figure(took, "s", "lower", "the limit of 10 s", note),
        "segments_vs_duckdb": against_duckdb(snapshot, evaluation, rules, took),
        "segment_memory_bytes": figure(memory, "bytes", "lower", "reported", f"{over}; who is in a segment, kept in memory."),
        "segment_disk_bytes": figure(disk, "bytes", "lower", "reported", f"{over}; the same, packed for the disk; the mean."),
        "preview_cold_ms": figure(
            cold * 1e3, "ms", "lower", "the limit of 500 ms", f"{over}; a condition nobody asked for; worst."
        ),
        "preview_cached_ms": figure(cached * 1e3, "ms", "lower", "the limit of 50 ms", f"{over}; known conditions; worst."),
    }


def world(rng: np.random.Generator) -> tuple[Snapshot, Sources]:
    """Make what everybody did, their orders being the event Order Paid, and what they are."""
    made = make_events(PEOPLE, EVENTS, rng=rng)
    state = state_of(made)
    rows = np.flatnonzero(made.event == NAMES.index("Order Paid"))
    log = replace(
        state.log,
        order_rows=rows,
        order_kind=np.zeros(len(rows), np.int8),
        order_id=np.full(len(rows), -1, np.int32),
        minor=rng.integers(500, 50_000, len(rows)),
        has_total=np.ones(len(rows), np.bool_),
    )
    index = derive(log, state.owners, "CNY")
    category = TextColumn(frozen(rng.integers(-1, len(CATEGORIES), EVENTS).astype(np.int32)), pa.chunked_array([CATEGORIES]))
    price = NumberColumn(frozen(np.round(rng.gamma(2, 50, EVENTS), 2)))
    sources = cast("Any", MadeSources(_traits(index.person_ids, rng)))
    return Snapshot(index, log, cast("Any", MadeColumns(category, price))), Sources(sources, sources, sources, sources)


def _traits(ids: NDArray[np.int64], rng: np.random.Generator) -> dict[str, TraitValues]:
    ages = rng.integers(15, 80, PEOPLE)
    nothing = np.full(PEOPLE, np.nan)
    city = pa.array(CITIES).take(pa.array(rng.integers(0, len(CITIES), PEOPLE)))
    birthday = pa.array(rng.integers(0, 20_000, PEOPLE).astype("datetime64[D]").astype(str))
    return {
        "city": TraitValues(ids, city, nothing),
        "age": TraitValues(ids, pa.array(ages).cast(pa.string()), ages.astype(np.float64)),
        "birthday": TraitValues(ids, birthday, nothing),
    }


def make_rules(rng: np.random.Generator) -> list[Rule]:
    """Make rules of five conditions each: how often, with which property, how otherwise, what they are, what they bought."""

    def pick(many: Sequence[_T]) -> _T:
        return many[int(rng.integers(len(many)))]

    found: list[Rule] = []
    for number in range(SEGMENTS):
        last = pick(PERIODS)
        often = rule.did(pick(NAMES), at_least=int(rng.integers(1, 6)), last_days=last)
        of_category = rule.did(rule.event(pick(NAMES[:4]), rule.where("category", "is", pick(CATEGORIES))), last_days=last)
        otherwise: list[Rule] = [
            rule.did(pick(NAMES), sum_of="price", at_least=100, last_days=last),
            rule.did("App Opened", days=True, at_least=3, last_days=last),
            rule.without("Product Added", "Order Paid", within="1d", last_days=last),
            rule.first_time(pick(NAMES), last_days=last),
        ]
        are: list[Rule] = [
            rule.trait("city").is_(pick(CITIES)),
            rule.trait("age").between(20, 20 + number % 30),
            rule.trait("birthday").anniversary(within_days=last),
        ]
        bought: list[Rule] = [
            rule.tier(pick(TIERS)),
            rule.orders("revenue", at_least=100, last_days=last),
            rule.orders("days_since_last_purchase", at_most=last),
        ]
        found.append(((often | of_category) & pick(otherwise) & ~pick(are)) | pick(bought))
    return found


def recomputed(snapshot: Snapshot, sources: Sources, rules: list[Rule]) -> tuple[float, Evaluation]:
    """Recompute all rules over a state that nobody asked before; give the seconds it took, and what was found."""
    fresh = Snapshot(snapshot.index, snapshot.log, snapshot.columns)
    evaluation = Evaluation(Ground(fresh, fresh.index, Moment(AS_OF, ZONE), sources, "CNY", AS_OF, TraitDays(ZONE)))

    def work() -> None:
        evaluation.prepare(rules)
        for one in rules:
            evaluation.passing(one).count()

    return seconds(work), evaluation


def bytes_each(evaluation: Evaluation, rules: list[Rule]) -> tuple[float, float]:
    """Give how many bytes a segment takes in memory, and as it is kept for a day, on average."""
    found = [evaluation.passing(one) for one in rules]
    ids = evaluation.ground.snapshot.index.person_ids
    return statistics.mean(len(one.bits) for one in found), statistics.mean(len(packed(ids[one.codes()])) for one in found)


def previews(evaluation: Evaluation) -> tuple[float, float]:
    """Give the worst seconds of rules that nobody asked for yet, and of the same ones asked again."""
    asked: list[Rule] = [
        rule.did("Product Shared", at_least=2, last_days=20),
        rule.did(rule.event("Product Viewed", rule.where("category", "is", CATEGORIES[3])), at_least=3, last_days=11),
        rule.trait("city").is_(CITIES[5]) & rule.did("Cart Viewed", days=True, at_least=2, last_days=13),
        rule.orders("revenue", at_least=50, last_days=9),
    ]
    cold, cached = ([seconds(lambda one=one: evaluation.passing(one).count()) for one in asked] for _ in range(2))  # type: ignore[misc]
    return max(cold), max(cached)


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
        f"The same {SEGMENTS} rules, one statement each, DuckDB {duckdb.__version__}: native in-memory tables, events sorted by "
        f"name and person, tiers given as columns; {theirs:.3g} s in one round, every count compared and equal. Ours: the work "
        "of segments_200_s, which finds the tiers, too."
    )
    return figure(theirs / ours, "×", "higher", "DuckDB SQL, counts equal", note)


def counted(duck: duckdb.DuckDBPyConnection, statements: list[str], ours: list[int]) -> None:
    """Run every statement; refuse to measure counts that differ."""
    for statement, expected in zip(statements, ours, strict=True):
        found = duck.execute(statement).fetchone()
        if found != (expected,):
            raise AssertionError(f"DuckDB counts {found}, not {expected}: {statement}")
