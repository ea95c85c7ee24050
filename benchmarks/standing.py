"""The rooms of the audience over a made-up world: its stores are real, what everybody did and is stands in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa

from benchmarks.segments_data import AS_OF, ZONE
from finegrain.audience.history.service import HistoryService
from finegrain.audience.rules.reading import write_rule
from finegrain.audience.rules.service import RuleService
from finegrain.audience.segments.contract import Segment
from finegrain.audience.segments.members import packed
from finegrain.audience.segments.service import SegmentService
from finegrain.audience.tiers.service import TierService
from finegrain.audience.transitions.service import TransitionService
from finegrain.behaviour.facts import facts
from finegrain.clock import SettableClock
from finegrain.people.consents import ConsentService
from finegrain.people.contract import TraitValues
from finegrain.people.service import PeopleService
from finegrain.store.events.duckdb import DuckDBEventStore
from finegrain.store.ops import OpsStore
from finegrain.workspace import MIGRATIONS
from finegrain.zones import MICROSECONDS_PER_DAY, to_us

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Self

    from benchmarks.segments_data import World
    from finegrain.audience.rules.contract import Rule
    from finegrain.behaviour.contract import PersonFacts
    from finegrain.behaviour.index import BehaviourIndex
    from finegrain.behaviour.queries.snapshot import Snapshot

AT_ONCE = 50_000
_NOBODY = TraitValues(np.zeros(0, np.int64), pa.array([], pa.string()), np.zeros(0))


class StandingIndex:
    """An index that stands until another one takes its place; answers as ``IndexService`` does.

    Args:
        snapshot: what everybody did.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.now = snapshot
        self._kept: dict[tuple[int, int, int], PersonFacts] = {}

    def snapshot(self) -> Snapshot:
        """Give what everybody did."""
        return self.now

    def current(self) -> BehaviourIndex:
        """Give the index."""
        return self.now.index

    def facts(self, as_of: datetime, window_days: int, index: BehaviourIndex | None = None) -> PersonFacts:
        """Give everybody's figures as of a moment; those of the last window are kept."""
        index, us = index or self.now.index, to_us(as_of)
        key = id(index), us, window_days
        if key not in self._kept:
            self._kept = {key: facts(index, us, us - window_days * MICROSECONDS_PER_DAY)}
        return self._kept[key]


class StandingPeople(PeopleService):
    """People in the store, whose traits stand in memory.

    Args:
        ops: the ops store.
        traits: of everybody.
    """

    def __init__(self, ops: OpsStore, traits: dict[str, TraitValues]) -> None:
        super().__init__(ops)
        self._traits = traits

    def trait_names(self) -> tuple[str, ...]:
        """Give the names of the traits."""
        return tuple(self._traits)

    def trait_values(self, name: str) -> TraitValues:
        """Give one trait."""
        return self._traits.get(name, _NOBODY)


class Shop:
    """The services of one workspace with a world in it. Close it.

    Args:
        folder: where the stores are made.
        world: what everybody did, and what they are.
        rules: of the segments; they are called s000, s001 and so on.
    """

    def __init__(self, folder: Path, world: World, rules: Sequence[Rule]) -> None:
        self.clock = SettableClock(AS_OF)
        self.ops = OpsStore(f"sqlite:///{folder / 'ops.sqlite'}", MIGRATIONS)
        self.events = DuckDBEventStore(folder / "events.duckdb")
        self.index = StandingIndex(world.snapshot())
        self.people = StandingPeople(self.ops, world.traits)
        index, now = cast("Any", self.index), self.clock.now
        tiers = TierService(index, self.ops, ZONE, "CNY")
        consents = ConsentService(self.ops, self.clock)
        self.rules = RuleService(index, self.people, tiers, consents, zone=ZONE, currency="CNY")
        self.segments = SegmentService(self.ops, self.people, self.rules, self.clock, now)
        moments: dict[str, Any] = {"clock": self.clock, "zone": ZONE, "present": now}
        self.history = HistoryService(self.ops, self.people, index, self.rules, tiers, schemes=tiers.names, daily=90, **moments)
        self._keep(rules)

    def _keep(self, rules: Sequence[Rule]) -> None:
        """Keep the segments as they are kept, but without counting each."""
        none = packed(np.zeros(0, dtype=np.int64))
        for number, one in enumerate(rules):
            self.segments.kept.add(Segment(f"s{number:03}", "", {}, 0, AS_OF, "", rule=write_rule(one)), none)

    def know_everybody(self) -> None:
        """Register everybody, as the transitions of people need them."""
        count = self.index.now.index.people
        for start in range(0, count, AT_ONCE):
            self.people.register([str(code) for code in range(start, min(start + AT_ONCE, count))], AS_OF)

    def store_transitions(self) -> None:
        """Have transitions stored from now on."""
        told: dict[str, Any] = {"segments": self.segments, "clock": self.clock, "enabled": True, "language": "en"}
        self.history.watch(TransitionService(self.ops, self.events, self.people, self.rules, **told))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.events.close()
        self.ops.close()
