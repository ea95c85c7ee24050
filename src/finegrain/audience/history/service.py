"""History for a workspace: keeps who was in segments and tiers at the end of each day, and tells sizes and flows over time."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from finegrain.access.acting import require
from finegrain.audience.history.contract import FillResult, KeepResult
from finegrain.audience.history.errors import BadHistoryError
from finegrain.audience.history.keeping import Batch, Kept, KeptHistory, month_end
from finegrain.audience.history.states import State, States
from finegrain.audience.history.telling import Telling
from finegrain.audience.segments.keeping import KeptSegments
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from finegrain.audience.history.keeping import Stamp
    from finegrain.audience.history.states import Name
    from finegrain.audience.rules.evaluating import Evaluation
    from finegrain.audience.rules.service import RuleService
    from finegrain.audience.tiers.service import TierService
    from finegrain.behaviour.service import IndexService
    from finegrain.clock import Clock
    from finegrain.people.service import PeopleService
    from finegrain.store.ops import OpsStore
    from finegrain.zones import Zone

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Turn:
    """A segment or scheme in which somebody came, left or moved since the moment before, under the same definition."""

    before: Kept
    after: State


class Watcher(Protocol):
    """Who is told what turned."""

    def prepare(self, turns: Sequence[Turn], evaluation: Evaluation) -> Callable[[Session], None]:
        """Look at what turned; give what writes all that follows from it, in the transaction that keeps the new states."""
        ...

    def kept(self) -> None:
        """Go on after that transaction."""
        ...


class HistoryService(Telling):
    """Keeps and tells history. Safe to use from several threads.

    Args:
        ops: where it is kept.
        people: who has which number now.
        index: who there is.
        rules: who meets which rule.
        tiers: who is in which tier.
        schemes: gives the names of all tier schemes.
        clock: where the time comes from.
        zone: in which days are counted.
        present: gives the moment for which figures are shown.
        daily: for how many days every day is kept; before them, the last of each month.
    """

    def __init__(
        self,
        ops: OpsStore,
        people: PeopleService,
        index: IndexService,
        rules: RuleService,
        tiers: TierService,
        *,
        schemes: Callable[[], Sequence[str]],
        clock: Clock,
        zone: Zone,
        present: Callable[[], datetime],
        daily: int,
    ) -> None:
        segments = KeptSegments(ops, people)
        super().__init__(KeptHistory(ops), segments, people, index, tiers=tiers, schemes=schemes)
        self._states = States(segments, tiers, schemes)
        self._rules = rules
        self._clock = clock
        self._zone = zone
        self._present = present
        self._daily = daily
        self._last: dict[Name, Kept] | None = None
        self._stamp: Stamp | None = None
        self._watchers: list[Watcher] = []
        self._keeping = threading.Lock()

    def definitions(self) -> dict[Name, str]:
        """Give what tells the definition of every scheme, and of every segment that can be computed, from later ones."""
        return self._states.definitions()

    def watch(self, watcher: Watcher) -> None:
        """Have somebody told what turns each time a state is kept."""
        self._watchers.append(watcher)

    def keep(self, as_of: datetime | None = None, *, recomputed: Mapping[Name, str] | None = None) -> KeepResult:
        """Keep who is in which segment and tier, as the state of the civil day in which a moment lies.

        The state of a day is replaced until the day ends; one whose day ended since is completed as of the day's end. What did
        not change is not written again. Old days are thinned, once a day. A moment before the last that was kept keeps nothing,
        nor is anything kept where another process kept a state meanwhile. What somebody redefines meanwhile is left to the next
        time.

        Args:
            as_of: only what happened before this moment counts; aware, not after the present. By default the present.
            recomputed: to keep what ``SegmentService.recompute`` found as of this moment, although more may have arrived since:
                ``definitions`` as they were before. By default all that is stored now counts.

        Raises:
            NotAllowedError: the actor may not set up strategies, of which segments are a part.
            BadHistoryError: the moment is after the present: until then nothing more would be kept.
        """
        require("strategy:write")
        present = self._present()
        moment = as_of or present
        if moment > max(present, self._clock.now()):
            day = self._zone.day_of(moment).isoformat()
            raise BadHistoryError(first=day, last=day, allowed=Phrase("a moment that is not after the present"))
        with self._keeping:
            wanted = self._states.definitions() if recomputed is None else recomputed
            evaluation = None if recomputed is None else self._rules.recomputed(moment)
            found = self._keep(moment, wanted, evaluation or self._rules.evaluation(moment, self._segments))
        for watcher in self._watchers:
            watcher.kept()
        return found

    def _keep(self, moment: datetime, wanted: Mapping[Name, str], evaluation: Evaluation) -> KeepResult:
        last = self._newest()
        day, now = self._zone.day_of(moment - _INSTANT), self._clock.now()
        if any(one.as_of > moment for one in last.values()):
            return KeepResult(day, moment, (), 0, 0)
        found = [*self._finished(last, wanted, day), Batch(day, moment, now, list(self._states.at(evaluation, wanted)))]
        definitions = self._states.definitions()
        *finished, present = (one.under(definitions) for one in found)
        same = tuple((one.kind, one.name) for one in present.states if _same(last.get((one.kind, one.name)), one, day))
        written = [one for one in present.states if (one.kind, one.name) not in set(same)]
        follows = self._follows(last, present.states, evaluation)
        if not self._kept.write([*finished, Batch(day, moment, now, written, same)], follows, over=self._stamp):
            self._last = None
            return KeepResult(day, moment, (), 0, 0)
        kept = {(one.kind, one.name): Kept(one, day, moment, filled=False) for one in present.states}
        self._last, self._stamp = {name: one for name, one in last.items() if name in definitions} | kept, (moment, now)
        new_day = any(one.day != day for one in last.values())
        thinned = self._kept.thin(self._states.names(), day - timedelta(days=self._daily)) if new_day else 0
        return KeepResult(day, moment, tuple(one.name for one in written), len(same), thinned)

    def _newest(self) -> dict[Name, Kept]:
        stamp = self._kept.stamp()
        if self._last is None or stamp != self._stamp:
            self._stamp = stamp
            self._last = {(one.state.kind, one.state.name): one for one in self._kept.newest()}
        return self._last

    def _finished(self, last: Mapping[Name, Kept], definitions: Mapping[Name, str], today: date) -> list[Batch]:
        """Complete the days that ended since, of what still has the same definition."""
        over = {
            name: one
            for name, one in last.items()
            if one.day < today and one.as_of < self._end(one.day) and definitions.get(name) == one.state.definition
        }
        return [
            self._batch(day, {name: definitions[name] for name, one in over.items() if one.day == day}, filled=False)
            for day in sorted({one.day for one in over.values()})
        ]

    def _batch(self, day: date, wanted: Mapping[Name, str], *, filled: bool) -> Batch:
        end = self._end(day)
        evaluation = self._rules.evaluation(end, self._segments)
        self._states.prepare(evaluation, wanted)
        states = list(self._states.at(evaluation, wanted))
        return Batch(day, end, self._clock.now(), states, filled=filled)

    def _end(self, day: date) -> datetime:
        return self._zone.day_start(day + timedelta(days=1))

    def _follows(self, last: Mapping[Name, Kept], states: Sequence[State], evaluation: Evaluation) -> Callable[[Session], None]:
        pairs = [(last[one.kind, one.name], one) for one in states if (one.kind, one.name) in last]
        turns = [
            Turn(before, after)
            for before, after in pairs
            if before.state.definition == after.definition and before.state.members != after.members
        ]
        follows = [watcher.prepare(turns, evaluation) for watcher in self._watchers]

        def write(session: Session) -> None:
            for follow in follows:
                follow(session)

        return write

    def fill(self, first: date, last: date, *, progress: Callable[[int, int], None] = lambda _done, _all: None) -> FillResult:
        """Compute past days of which nothing is kept, and keep them, marked as computed afterwards.

        Tiers are exact: they follow from what happened until then, under the thresholds of today. Rules are those of today, and
        look at the traits of today; a list is filled from the day on which it was kept, with those who are on it now. Days so
        old that they would be thinned are left out.

        Args:
            first: a civil day before today.
            last: likewise, not before ``first``, and included.
            progress: told how many days are done, of how many.

        Raises:
            NotAllowedError: the actor may not set up strategies, of which segments are a part.
            BadHistoryError: the days are not in order, or not over yet.
        """
        require("strategy:write")
        today = self._zone.day_of(self._present() - _INSTANT)
        if not first <= last < today:
            allowed = Phrase("two days in order before {day}, which is not over yet", day=today.isoformat())
            raise BadHistoryError(first=first.isoformat(), last=last.isoformat(), allowed=allowed)
        with self._keeping:
            missing = self._missing(first, last, today)
            written = 0
            for done, (day, wanted) in enumerate(missing.items()):
                progress(done, len(missing))
                self._kept.fill(self._batch(day, wanted, filled=True))
                written += len(wanted)
            progress(len(missing), len(missing))
        return FillResult(first, last, len(missing), written)

    def _missing(self, first: date, last: date, today: date) -> dict[date, dict[Name, str]]:
        there = {(one.kind, one.name, one.day) for one in self._kept.facts()}
        definitions = self._states.definitions()
        since = {one.name: self._zone.day_of(one.made_at) for one in self._segments.all() if not one.is_rule}
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        oldest = today - timedelta(days=self._daily)
        missing = {
            day: {
                (kind, name): definition
                for (kind, name), definition in definitions.items()
                if (kind, name, day) not in there and (kind == "scheme" or since.get(name, day) <= day)
            }
            for day in days
            if day >= oldest or month_end(day)
        }
        return {day: wanted for day, wanted in missing.items() if wanted}


def _same(kept: Kept | None, state: State, day: date) -> bool:
    if kept is None or kept.day != day:
        return False
    before = kept.state
    return (before.definition, before.keys, before.members) == (state.definition, state.keys, state.members)
