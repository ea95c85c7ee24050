"""The goals of a workspace: sets them, keeps them, says how far they are, and suggests some."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np
from msgspec import UNSET, UnsetType
from sqlalchemy import delete, func, insert, select, update

from finegrain.access.acting import require
from finegrain.access.recording import record
from finegrain.audience.segments.members import packed, unpacked
from finegrain.audience.tiers.contract import Note
from finegrain.behaviour.deeds.matched import MatchedEvents
from finegrain.behaviour.errors import UnknownSegmentError
from finegrain.behaviour.queries.conditions import check_filter
from finegrain.behaviour.queries.reading import check_event, check_trait, read_query
from finegrain.strategy.errors import GoalExistsError, UnknownGoalError
from finegrain.strategy.goals.backtesting import past_errors
from finegrain.strategy.goals.checking import check_days, check_measurable, check_room, checked
from finegrain.strategy.goals.contract import Goal, Metric, NewGoal, Whom
from finegrain.strategy.goals.keeping import KeptTallies
from finegrain.strategy.goals.metrics import Meter, Past, Window
from finegrain.strategy.goals.progress import SEGMENT_GONE, Progress, progress_of
from finegrain.strategy.goals.suggesting import Suggester
from finegrain.strategy.goals.survey import Survey, deciding, held_by
from finegrain.strategy.goals.tables import GoalTable
from finegrain.zones import to_us

if TYPE_CHECKING:
    from datetime import date, datetime
    from typing import Any

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from finegrain.audience.rules.service import RuleService
    from finegrain.audience.segments.service import SegmentService
    from finegrain.audience.tiers.contract import SchemeName
    from finegrain.audience.tiers.service import TierService
    from finegrain.behaviour.service import IndexService
    from finegrain.clock import Clock
    from finegrain.people.service import PeopleService
    from finegrain.store.ops import OpsStore
    from finegrain.strategy.goals.suggesting import GoalSuggestionResult
    from finegrain.strategy.goals.survey import PeopleAt
    from finegrain.zones import Zone

SUGGESTED_DAYS = 30
KEPT_ERRORS = 1_000
"""Tests of forecasts that are kept, a few numbers each."""


class GoalService:
    """Keeps goals and measures them. Safe to use from several threads; of two changes at the same time the later one stays.

    Whoever may ask sees all goals; to change them takes ``goal:write``.

    Args:
        ops: where they are kept.
        people: who has which number now.
        index: what people did.
        tiering: who is in which tier.
        segments: who is in which segment.
        rules: who meets which rule.
        zone: in which days are counted.
        currency: of amounts.
        clock: where the time of a change comes from.
    """

    def __init__(
        self,
        ops: OpsStore,
        people: PeopleService,
        index: IndexService,
        tiering: TierService,
        segments: SegmentService,
        *,
        rules: RuleService,
        zone: Zone,
        currency: str,
        clock: Clock,
    ) -> None:
        self._ops = ops
        self._people = people
        self._index = index
        self._tiering = tiering
        self._segments = segments
        self._rules = rules
        self._zone = zone
        self._currency = currency
        self._clock = clock
        self._tallies = KeptTallies()
        self._errors: dict[tuple[object, ...], tuple[float, ...]] = {}

    def add(self, new: NewGoal, as_of: datetime) -> Goal:
        """Set a goal, and measure its baseline.

        Args:
            new: what is to be reached by whom. Frozen people are those whom the tier holds at ``as_of``, or at the start of the
                first day where that lies before: who is chosen knows nothing of what the goal counts.
            as_of: the present, aware.

        Raises:
            NotAllowedError: the actor may not set goals.
            BadGoalError: a field has a value that no goal can have, or there are 200 goals.
            GoalExistsError: the name is taken.
            BadQueryError: a condition on the event has a value that its operator cannot take.
            UnknownEventError: the metric's event never happened.
            UnknownTraitError: a condition asks about a trait that nobody has.
            UnknownSchemeError, UnknownTierError, UnknownSegmentError: there is no such scheme, tier or segment.
        """
        actor, new, now = require("goal:write"), checked(new), self._clock.now()
        measured, members = self._measured_before(new, as_of)
        made = replace(measured, made_at=now, changed_at=now, made_by=actor.name)
        with self._ops.session() as session:
            check_room(session.scalar(select(func.count()).select_from(GoalTable)) or 0)
            _check_free(session, made.name)
            values = {**_row(made), "members": packed(members) if made.whom.frozen else None}
            number = session.execute(insert(GoalTable).values(values).returning(GoalTable.id)).scalar_one()
            record(session, "goal.add", made.name, after=_audited(made))
        return replace(made, id=number)

    def measure(self, new: NewGoal, as_of: datetime) -> Goal:
        """Give a goal with its baseline and the number of its people, as ``add`` would set it, and set nothing.

        The name may be missing, and so may the target: it plays no part.

        Raises:
            NotAllowedError: the actor may not ask.
            BadGoalError, BadQueryError, UnknownEventError, UnknownTraitError, UnknownSchemeError, UnknownTierError,
                UnknownSegmentError: as ``add``.
        """
        require("query:read")
        check_measurable(new)
        return self._measured_before(new, as_of)[0]

    def _measured_before(self, new: NewGoal, as_of: datetime) -> tuple[Goal, NDArray[np.int64]]:
        past = self._past()
        self._check_known(past, new.metric, as_of)
        members = self._held(past, new.whom, min(as_of, self._zone.day_start(new.first_day)))
        last = min(new.first_day, self._zone.day_of(as_of)) - timedelta(days=1)
        found = Goal(**vars(new), baseline_last=last, size=len(members))
        return self._with_baseline(past, found), members

    def all(self) -> tuple[Goal, ...]:
        """Give all goals, the one that ends first before the others.

        Raises:
            NotAllowedError: the actor may not ask.
        """
        require("query:read")
        with self._ops.reading() as session:
            rows = session.scalars(select(GoalTable).order_by(GoalTable.last_day, GoalTable.name)).all()
            return tuple(_goal(row) for row in rows)

    def get(self, number: int) -> Goal:
        """Give one goal.

        Raises:
            NotAllowedError: the actor may not ask.
            UnknownGoalError: there is no such goal.
        """
        require("query:read")
        with self._ops.reading() as session:
            return _goal(_found(session, number))

    def tiers_named(self) -> list[tuple[str, tuple[str, ...]]]:
        """Give which tiers goals name, each goal with its ``scheme/key``, and with ``scheme/`` for the scheme itself."""
        with self._ops.reading() as session:
            rows = session.execute(select(GoalTable.name, GoalTable.whom_tier, GoalTable.metric_tier)).all()
        named = [(name, [tier for tier in tiers if tier]) for name, *tiers in rows]
        return [(f"“{name}”", (*tiers, *(f"{tier.partition('/')[0]}/" for tier in tiers))) for name, tiers in named]

    def named(self, name: str) -> Goal | None:
        """Give the goal of a name; None where there is none.

        Raises:
            NotAllowedError: the actor may not ask.
        """
        return next((goal for goal in self.all() if goal.name == name), None)

    def find(self, text: str) -> Goal:
        """Give the goal of a number, or else of a name, as an address names it.

        Raises:
            NotAllowedError: the actor may not ask.
            UnknownGoalError: there is neither.
        """
        goals = self.all()
        found = next((goal for goal in goals if str(goal.id) == text), None)
        found = found or next((goal for goal in goals if goal.name == text), None)
        if found is None:
            raise UnknownGoalError(goal=text)
        return found

    def change(
        self,
        number: int,
        *,
        name: str | None = None,
        target: float | None = None,
        last_day: date | None = None,
        budget_minor: int | UnsetType | None = UNSET,
        owner: str | None = None,
        note: str | None = None,
    ) -> Goal:
        """Change what may change of a goal; what is None stays. With another last day the baseline is measured anew.

        What is measured, of whom and from which day on stays: another goal would be another question. A budget of None takes the
        budget away, and it stays where none is given.

        Raises:
            NotAllowedError: the actor may not set goals.
            UnknownGoalError: there is no such goal.
            BadGoalError: a field has a value that no goal can have.
            GoalExistsError: the name is taken.
            UnknownSegmentError: the baseline is to be measured anew, and the segment is gone.
        """
        require("goal:write")
        given = {"name": name, "target": target, "last_day": last_day, "owner": owner, "note": note}
        values: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
        if budget_minor is not UNSET:
            values["budget_minor"] = budget_minor
        before = self.get(number)
        after = cast("Goal", checked(replace(before, **values, changed_at=self._clock.now())))
        if after.days != before.days:
            after = self._with_baseline(self._past(), after)
        with self._ops.session() as session:
            _found(session, number)
            if after.name != before.name:
                _check_free(session, after.name)
            session.execute(update(GoalTable).where(GoalTable.id == number).values(_row(after)))
            record(session, "goal.change", before.name, before=_audited(before), after=_audited(after))
        return after

    def delete(self, number: int) -> None:
        """Forget a goal.

        Raises:
            NotAllowedError: the actor may not set goals.
            UnknownGoalError: there is no such goal.
        """
        require("goal:write")
        with self._ops.session() as session:
            gone = _goal(_found(session, number))
            session.execute(delete(GoalTable).where(GoalTable.id == number))
            record(session, "goal.delete", gone.name, before=_audited(gone))
        self._tallies.forget(number)
        for key in [key for key in list(self._errors) if key[0] == number]:
            self._errors.pop(key, None)

    def people(self, number: int, as_of: datetime) -> NDArray[np.int64]:
        """Give the ids of the people whom a goal is for as of a moment, ascending, each once.

        Raises:
            NotAllowedError: the actor may not ask.
            UnknownGoalError: there is no such goal.
            UnknownSegmentError: the goal is live, and its segment is gone.
        """
        goal = self.get(number)
        return self._people_at(self._past(), goal)(as_of)

    def progress(self, number: int, as_of: datetime) -> Progress:
        """Say how far a goal is; see ``goals.progress``.

        Raises:
            NotAllowedError: the actor may not ask.
            UnknownGoalError: there is no such goal.
            UnknownSegmentError: the goal is live, and its segment is gone.
        """
        goal = self.get(number)
        return self._measured(self._past(), goal, as_of)

    def board(self, as_of: datetime) -> tuple[Progress, ...]:
        """Say how far all goals are, the one that ends first before the others.

        A live goal whose segment is gone is shown as ``not_measured``, so that the others are seen.

        Raises:
            NotAllowedError: the actor may not ask.
        """
        past = self._past()
        return tuple(self._on_board(past, goal, as_of) for goal in self.all())

    def _on_board(self, past: Past, goal: Goal, as_of: datetime) -> Progress:
        try:
            return self._measured(past, goal, as_of)
        except UnknownSegmentError:
            return Progress(goal, as_of, (), None, "not_measured", Note(SEGMENT_GONE, {"segment": goal.whom.segment}))

    def suggest(self, scheme: SchemeName, as_of: datetime, *, days: int = SUGGESTED_DAYS) -> GoalSuggestionResult:
        """Suggest goals for the tiers of a scheme; see ``goals.suggesting``.

        Args:
            scheme: its name.
            as_of: the present, aware; the goals begin on its civil day.
            days: how long they last, 7 to 366.

        Raises:
            NotAllowedError: the actor may not ask.
            UnknownSchemeError: there is no such scheme.
            BadGoalError: no goal lasts so long.
        """
        require("query:read")
        check_days(days)
        past = self._past()
        return Suggester(past, self._tiering, self._zone, self._currency, scheme=scheme, days=days, as_of=as_of).suggest()

    def _past(self) -> Past:
        snapshot = self._index.snapshot()
        return Past(snapshot, MatchedEvents(snapshot, self._people, self._zone))

    def _measured(self, past: Past, goal: Goal, as_of: datetime) -> Progress:
        held_at, tallies = partial(self._held, past, goal.whom), self._tallies.at(past.snapshot)
        decides = deciding(goal, self._tiering, self._rules, past.index)
        survey = Survey(goal, past, self._tiering, self._zone, self._people_at(past, goal), held_at, tallies, decides)
        return progress_of(survey, as_of, lambda days_over: self._errors_of(survey, days_over))

    def _errors_of(self, survey: Survey, days_over: int) -> tuple[float, ...]:
        # What happened in the past takes six times as long to measure as the goal itself, and stays; a new day asks anew.
        key = (survey.goal.id, survey.goal.changed_at, days_over)
        found = self._errors.get(key)
        if found is None:
            found = self._errors[key] = past_errors(survey, days_over)
            while len(self._errors) > KEPT_ERRORS:
                self._errors.pop(next(iter(self._errors)), None)
        return found

    def _with_baseline(self, past: Past, goal: Goal) -> Goal:
        """Measure those whom the tier or segment held then, chosen just as the goal's own people are chosen."""
        last = cast("date", goal.baseline_last)
        window = Window(last - timedelta(days=goal.days - 1), last)
        start, end = self._zone.day_start(window.first), self._zone.day_start(last + timedelta(days=1))
        people = self._held_then(past, goal.whom, start if goal.whom.frozen else end)
        tally = Meter(past, self._tiering, self._zone, goal.metric, window).tally(people, to_us(end))
        return replace(goal, baseline=tally.value, baseline_first=window.first)

    def _people_at(self, past: Past, goal: Goal) -> PeopleAt:
        if not goal.whom.frozen:
            return partial(self._held, past, goal.whom)
        return lambda _moment: self._frozen(goal)

    def _held(self, past: Past, whom: Whom, moment: datetime) -> NDArray[np.int64]:
        if whom.tier:
            return held_by(self._tiering, past.index, whom.tier, moment)
        return self._segments.members(whom.segment, moment)

    def _held_then(self, past: Past, whom: Whom, moment: datetime) -> NDArray[np.int64]:
        """Give whom it held at a moment of the past: a list those on it, a tier or a rule those who were known by then."""
        held = self._held(past, whom, moment)
        if whom.segment and self._segments.get(whom.segment).rule is not None:
            return np.intersect1d(held, past.known_by(to_us(moment)), assume_unique=True)
        return held

    def _frozen(self, goal: Goal) -> NDArray[np.int64]:
        with self._ops.reading() as session:
            data = session.scalar(select(GoalTable.members).where(GoalTable.id == goal.id))
        living = self._people.living(unpacked(data)) if data is not None else np.empty(0, np.int64)
        return np.unique(living[living > 0])

    def _check_known(self, past: Past, metric: Metric, as_of: datetime) -> None:
        if metric.event:
            check_event("metric.event", metric.event, past.index.event_names)
        for place, one in enumerate(metric.filters):
            check_filter(one, f"metric.filters[{place}]", self._zone)
            if one.of == "person":
                check_trait(one.property, self._people.trait_names())
        if metric.tier:
            scheme, _slash, key = metric.tier.partition("/")
            self._tiering.compute(scheme, as_of, index=past.index).tier(key)


def _found(session: Session, number: int) -> GoalTable:
    row = session.get(GoalTable, number)
    if row is None:
        raise UnknownGoalError(goal=number)
    return row


def _check_free(session: Session, name: str) -> None:
    if session.scalar(select(GoalTable.id).where(GoalTable.name == name)) is not None:
        raise GoalExistsError(name=name)


_SAME = (
    "name", "target", "first_day", "last_day", "budget_minor", "owner", "note", "baseline", "baseline_first", "baseline_last",
    "size", "made_at", "changed_at", "made_by",
)  # fmt: skip
"""Fields that are columns of the same name."""


def _row(goal: Goal) -> dict[str, Any]:
    measured = goal.metric
    conditions = {"filters": measured.to_dict()["filters"], "match": measured.match} if measured.filters else None
    named = {"metric": measured.name, "metric_event": measured.event, "metric_tier": measured.tier}
    metric = {**named, "metric_filters": conditions}
    whom = {"whom_tier": goal.whom.tier, "whom_segment": goal.whom.segment}
    return {**{name: getattr(goal, name) for name in _SAME}, **metric, **whom}


def _goal(row: GoalTable) -> Goal:
    named = {"name": row.metric, "event": row.metric_event, "tier": row.metric_tier}
    metric = read_query(Metric, {**named, **(row.metric_filters or {})})
    whom = Whom(row.whom_tier, row.whom_segment, row.members is not None)
    return Goal(**{name: getattr(row, name) for name in _SAME}, metric=metric, whom=whom, id=row.id)


def _audited(goal: Goal) -> dict[str, Any]:
    told = goal.to_dict()
    return {name: value for name, value in told.items() if name not in {"id", "name", "made_at", "changed_at", "made_by"}}
