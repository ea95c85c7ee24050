"""Rules over a workspace: read and checked, evaluated over everybody or over one person, as of any moment."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from finegrain.audience.rules.checking import check_rule
from finegrain.audience.rules.contract import Rule
from finegrain.audience.rules.evaluating import Evaluation
from finegrain.audience.rules.ground import Ground, Sources
from finegrain.audience.rules.periods import Moment
from finegrain.audience.rules.reading import read_rule, write_rule
from finegrain.audience.rules.trait_days import TraitDays
from finegrain.behaviour.queries.snapshot import Snapshot
from finegrain.behaviour.slicing import one_person, some_people, until
from finegrain.people.errors import UnknownPersonError
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from finegrain.audience.rules.ground import SegmentSource
    from finegrain.audience.tiers.service import TierService
    from finegrain.behaviour.index import BehaviourIndex
    from finegrain.behaviour.service import IndexService
    from finegrain.people.consents import ConsentService
    from finegrain.people.service import PeopleService
    from finegrain.zones import Zone


class RuleService:
    """Evaluates rules. Safe to use from several threads.

    Args:
        index: what people did.
        people: who they are, and their traits.
        tiers: which tiers they are in.
        consents: what they agreed to.
        zone: in which days are counted.
        currency: of amounts.
    """

    def __init__(
        self,
        index: IndexService,
        people: PeopleService,
        tiers: TierService,
        consents: ConsentService,
        *,
        zone: Zone,
        currency: str,
    ) -> None:
        self._index = index
        self._people = people
        self._tiers = tiers
        self._consents = consents
        self._zone = zone
        self._currency = currency
        self._days = TraitDays(zone)
        self._lock = threading.Lock()
        self._kept: Evaluation | None = None
        self._kept_state: tuple[object, ...] = ()
        self._segment_changes = 0
        self._apart = threading.local()

    def read(
        self, rule: Rule | Mapping[str, Any], segments: SegmentSource, as_of: datetime, *, name: str = "", scheme: str = ""
    ) -> Rule:
        """Read and check a rule.

        Args:
            rule: the rule, or its JSON values.
            segments: what segments there are.
            as_of: the present, aware.
            name: the segment whose rule it is to be.
            scheme: the tier scheme to whose tier it is to belong.

        Raises:
            BadRuleError: it points at the node, and says what is wrong with the value, what is allowed, and what to do.
        """
        # Also a rule that was made in Python is read: types are checked there.
        found = read_rule(write_rule(rule) if isinstance(rule, Rule) else dict(rule))
        check_rule(found, _Known(self, segments), Moment(as_of, self._zone), name, scheme)
        return found

    def evaluation(self, as_of: datetime, segments: SegmentSource, *, keep: bool = False) -> Evaluation:
        """Give the evaluation over everybody as of a moment: the kept one, where nothing has changed since, or a new one.

        Args:
            as_of: only what happened before this moment counts; aware.
            segments: what segments mean.
            keep: whether a new one is kept for later, in the place of the one before.
        """
        snapshot, state = self._index.snapshot(), self._state()
        if getattr(self._apart, "on", False):
            return Evaluation(self._ground(snapshot, snapshot.index, as_of, as_of, segments))
        with self._lock:
            kept = self._kept
            if kept is None or not self._holds(kept, snapshot, as_of, state):
                kept = Evaluation(self._ground(snapshot, snapshot.index, as_of, as_of, segments))
                if keep:
                    self._kept, self._kept_state = kept, state
            return kept

    def _holds(self, kept: Evaluation, snapshot: Snapshot, as_of: datetime, state: tuple[object, ...]) -> bool:
        ground = kept.ground
        return ground.everybody is snapshot.index and ground.moment.as_of == as_of and self._kept_state == state

    def _state(self) -> tuple[object, ...]:
        """Give what changes with all that evaluations read beside the index."""
        return self._people.trait_watermark(), self._consents.newest(), self._tiers.changes

    def state(self) -> tuple[object, ...]:
        """Give what changes with everything but the index that decides who meets which rule."""
        return (*self._state(), self._segment_changes, getattr(self._apart, "on", False))

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Let this thread neither take nor leave what is kept, while it stands on segments that nobody else sees yet."""
        self._apart.on = True
        try:
            yield
        finally:
            self._apart.on = False

    def over(
        self, people: BehaviourIndex, everybody: BehaviourIndex, as_of: datetime, bounds_at: datetime, segments: SegmentSource
    ) -> Evaluation:
        """Give a new evaluation over a part of the index.

        Args:
            people: the index of everybody, or of one of them.
            everybody: the index of everybody, of which ``people`` is a part.
            as_of: only what happened before this moment counts; aware.
            bounds_at: as of when bounds of tiers that are read from the data are read; aware.
            segments: what segments mean.
        """
        now = self._index.snapshot()
        snapshot = Snapshot(people, now.log, now.columns)
        return Evaluation(self._ground(snapshot, everybody, as_of, bounds_at, segments))

    def recomputed(self, as_of: datetime) -> Evaluation | None:
        """Give the kept evaluation where it is as of a moment, although more may have arrived since; None where there is none."""
        kept = self._kept
        holds = kept is not None and kept.ground.moment.as_of == as_of
        return kept if holds and not getattr(self._apart, "on", False) else None

    def newest(self) -> Evaluation | None:
        """Give the evaluation that is kept; None before the first."""
        return self._kept

    def forget_segments(self) -> None:
        """Forget who is in segments, because one of them changed."""
        with self._lock:
            self._segment_changes += 1
            kept = self._kept
        # Outside the lock: an evaluation under way may ask for another one, as of another moment.
        if kept is not None:
            kept.forget_segments()

    def of_one(self, person_id: int, as_of: datetime, segments: SegmentSource, *, later: datetime | None = None) -> Evaluation:
        """Give the evaluation over one person alone; everybody else is not looked at, but for bounds read from the data.

        Args:
            person_id: the person's id.
            as_of: the moment.
            segments: what segments mean.
            later: the moment to play forward to, if nothing happens until then; bounds that are read from the data stay.

        Raises:
            UnknownPersonError: there is no such person.
        """
        everybody = self._index.snapshot()
        code = everybody.index.code_of(person_id)
        if code is None:
            raise UnknownPersonError(person=person_id)
        index = until(one_person(everybody.index, code), to_us(as_of))
        one = Snapshot(index, everybody.log, everybody.columns)
        return Evaluation(self._ground(one, everybody.index, later or as_of, as_of, segments))

    def of_some(self, everybody: Evaluation, people: NDArray[np.int64], as_of: datetime) -> Evaluation:
        """Give the evaluation over some people alone, as of another moment of the same state, with the traits of today.

        Args:
            everybody: an evaluation over everybody, whose state is asked.
            people: ``(n,) int64`` ids of people that it knows, ascending, each once.
            as_of: the moment; bounds that are read from the data are those of everybody as of it.
        """
        whole = everybody.ground.snapshot
        some = some_people(whole.index, np.searchsorted(whole.index.person_ids, people).astype(np.int64))
        return Evaluation(
            self._ground(Snapshot(some, whole.log, whole.columns), whole.index, as_of, as_of, everybody.ground.sources.segments)
        )

    def _ground(
        self, snapshot: Snapshot, everybody: BehaviourIndex, as_of: datetime, bounds_at: datetime, segments: SegmentSource
    ) -> Ground:
        sources = Sources(self._people, self._tiers, segments, self._consents)
        return Ground(snapshot, everybody, Moment(as_of, self._zone), sources, self._currency, bounds_at, self._days)

    def event_names(self) -> Sequence[str]:
        """Give the names of all events that were ever stored."""
        return self._index.current().event_names

    def trait_names(self) -> Sequence[str]:
        """Give the names of all traits that anybody has."""
        return self._people.trait_names()

    def tier_keys(self, scheme: str) -> Sequence[str]:
        """Give the keys of a scheme's tiers.

        Raises:
            UnknownSchemeError: there is no such scheme.
        """
        return self._tiers.keys(scheme)

    def tier_rules(self, scheme: str) -> Sequence[Rule]:
        """Give the rules of a tier scheme of one's own; none for one that is built in, or that there is not."""
        own = self._tiers.own_rules(scheme)
        return () if own is None else own[1]


class _Known:
    """What there is to be named, asked for once a check."""

    def __init__(self, rules: RuleService, segments: SegmentSource) -> None:
        self._rules = rules
        self._segments = segments

    def events(self) -> Sequence[str]:
        return self._rules.event_names()

    def traits(self) -> Sequence[str]:
        return self._rules.trait_names()

    def tiers(self, scheme: str) -> Sequence[str]:
        return self._rules.tier_keys(scheme)

    def segments(self) -> Sequence[str]:
        return self._segments.names()

    def rules_of(self, kind: str, name: str) -> Sequence[Rule]:
        if kind == "tier":
            return self._rules.tier_rules(name)
        meaning: Rule | NDArray[np.int64] | None = self._segments.meaning(name)
        return (meaning,) if isinstance(meaning, Rule) else ()
