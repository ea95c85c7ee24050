"""A goal that is still being put together: what stands in the wizard's fields, as it is kept from one change to the next."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self, cast

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.reading import read_query
from finegrain.console.pages.goals.amounts import minor, typed, untyped
from finegrain.console.pages.goals.editing import read_day
from finegrain.strategy.goals.contract import METRICS, UNITS, Metric, MetricName, NewGoal, Whom

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY = "goal/new"
"""Under which the draft is kept; each user has one."""
USUAL_DAYS = 30
WITH_EVENT = frozenset({"conversion", "active_days", "retention"})
TIER, SEGMENT = "tier:", "segment:"


@dataclass
class GoalDraft:
    """What stands in the fields.

    Attributes:
        whom: ``tier:scheme/key`` or ``segment:name``; empty while nobody is chosen.
        frozen: whether the people stay the same.
        metric: which figure.
        event, filters: what counts as its event, the conditions as JSON values.
        in_tier: the tier of a ``tier_share``.
        first, last: days in ISO form.
        target, budget: as they are typed: per cent, major units, days; None for nothing.
        name, owner, note: texts.
    """

    whom: str = ""
    frozen: bool = True
    metric: MetricName = "conversion"
    event: str = ""
    filters: list[dict[str, Any]] | None = None
    in_tier: str = ""
    first: str = ""
    last: str = ""
    target: float | None = None
    budget: float | None = None
    name: str = ""
    owner: str = ""
    note: str = ""

    @classmethod
    def starting(cls, today: date) -> Self:
        """Give the draft of a goal of thirty days from today."""
        return cls(first=today.isoformat(), last=(today + timedelta(days=USUAL_DAYS - 1)).isoformat())

    @classmethod
    def kept(cls, content: Mapping[str, Any], today: date) -> Self:
        """Read a draft that was kept; what it does not know is left at its default."""
        known = {field.name for field in fields(cls)}
        draft = cls(**{**asdict(cls.starting(today)), **{name: value for name, value in content.items() if name in known}})
        draft.metric = draft.metric if draft.metric in METRICS else "conversion"
        return draft

    @classmethod
    def linked(cls, query: Mapping[str, str], today: date, currency: str) -> Self:
        """Read what a link fills in: ``tier``, ``metric``, ``event``, ``target`` in the metric's unit, ``first``, ``last``."""
        draft = cls.starting(today)
        draft.whom = TIER + query["tier"] if query.get("tier") else SEGMENT + query["segment"] if query.get("segment") else ""
        draft.metric = next((name for name in METRICS if name == query.get("metric")), "conversion")
        draft.event = query.get("event", "")
        draft.first = query["first"] if read_day(query.get("first")) else draft.first
        draft.last = query["last"] if read_day(query.get("last")) else draft.last
        try:
            draft.target = typed(float(query["target"]), UNITS[draft.metric], currency)
        except (KeyError, ValueError):  # a link without one, or a broken one
            draft.target = None
        return draft

    def content(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return asdict(self)

    @property
    def whom_of(self) -> Whom:
        """Whom it is for."""
        if self.whom.startswith(TIER):
            return Whom(tier=self.whom.removeprefix(TIER), frozen=self.frozen)
        return Whom(segment=self.whom.removeprefix(SEGMENT), frozen=self.frozen)

    @property
    def metric_of(self) -> Metric:
        """What it measures; conditions that are not complete are left out."""
        event = self.event if self.metric in WITH_EVENT else ""
        tier = self.in_tier if self.metric == "tier_share" else ""
        try:
            filters = self.filters if event else None
            return read_query(Metric, {"name": self.metric, "event": event, "tier": tier, "filters": filters or []})
        except BadQueryError:  # a draft that an older version kept
            return Metric(self.metric, event, tier)

    @property
    def is_measurable(self) -> bool:
        """Whether a baseline can be asked for."""
        needs = {"conversion": self.event, "tier_share": self.in_tier}.get(self.metric, "-")
        return bool(self.whom and needs and read_day(self.first) and read_day(self.last))

    def goal(self, name: str, currency: str) -> NewGoal:
        """Give the goal under a name; a target that is missing is 0."""
        metric = self.metric_of
        return NewGoal(
            name,
            metric,
            self.whom_of,
            0.0 if self.target is None else untyped(self.target, metric.unit, currency),
            cast("date", read_day(self.first)),
            cast("date", read_day(self.last)),
            None if self.budget is None else minor(self.budget, currency),
            self.owner,
            self.note,
        )
