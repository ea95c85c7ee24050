"""What a goal is, as other rooms see it: a metric of some people, from a baseline to a target, between two days."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date  # noqa: TC003 - msgspec evaluates the types of goals
from typing import TYPE_CHECKING, Any, Literal, get_args

from finegrain.behaviour.queries.contract import EventMatch, Filter
from finegrain.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

MetricName = Literal[
    "conversion", "repeat_rate", "revenue_per_person", "average_order_value", "active_days", "retention", "tier_share"
]
Unit = Literal["share", "minor", "days"]
"""``share`` is 0–1, ``minor`` are minor units of the workspace's currency, ``days`` are civil days."""

METRICS: tuple[MetricName, ...] = get_args(MetricName)
UNITS: Mapping[MetricName, Unit] = {
    "conversion": "share",
    "repeat_rate": "share",
    "revenue_per_person": "minor",
    "average_order_value": "minor",
    "active_days": "days",
    "retention": "share",
    "tier_share": "share",
}
METRIC_LABELS: Mapping[MetricName, str] = {
    "conversion": N_("Conversion"),
    "repeat_rate": N_("Repeat rate"),
    "revenue_per_person": N_("Revenue per person"),
    "average_order_value": N_("Average order value"),
    "active_days": N_("Active days per person"),
    "retention": N_("Retention rate"),
    "tier_share": N_("Share in a tier"),
}


@dataclass(frozen=True)
class Metric:
    """What is measured of some people over the civil days of a window.

    Attributes:
        name: which figure; ``goals.metrics`` says what each one is.
        event: of ``conversion`` the event that is to happen; of ``active_days`` and ``retention`` the event that shows that
            somebody was there, or empty for any event but a message to the person. Empty for the others.
        tier: of ``tier_share`` the tier, as ``scheme/key``. Empty for the others.
        filters: conditions on the event, as in queries; none where no event is named.
        match: whether all filters must hold, or any one of them.
    """

    name: MetricName
    event: str = ""
    tier: str = ""
    filters: tuple[Filter, ...] = ()
    match: Literal["all", "any"] = "all"

    @property
    def doing(self) -> EventMatch:
        """What counts as its event; only where one is named."""
        return EventMatch(self.event, self.filters, self.match)

    @property
    def unit(self) -> Unit:
        """In what its values are given."""
        return UNITS[self.name]

    def to_dict(self) -> dict[str, Any]:
        """Give the metric as JSON values."""
        return {**asdict(self), "unit": self.unit}


@dataclass(frozen=True)
class Whom:
    """Whose figure it is: the people of one tier or of one segment.

    Attributes:
        tier: ``scheme/key``, such as ``rfm/important_value``; empty where a segment is named.
        segment: a segment's name; empty where a tier is named.
        frozen: the people whom it held when the goal was set, or at the goal's start where that was earlier; else whoever it
            holds at the end of each day.
    """

    tier: str = ""
    segment: str = ""
    frozen: bool = True

    @property
    def name(self) -> str:
        """The tier or the segment."""
        return self.tier or self.segment

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class NewGoal:
    """A goal as somebody sets it.

    Attributes:
        name: 1 to 100 printable characters, unique in the workspace.
        metric: what is measured.
        whom: of whom.
        target: the value to reach, in the metric's unit.
        first_day, last_day: civil days of the project's zone, both included; 7 to 366 days.
        budget_minor: what it may cost, in minor units of the workspace's currency; None where nobody said.
        owner: who answers for it; may be empty.
        note: anything else; may be empty.
    """

    name: str
    metric: Metric
    whom: Whom
    target: float
    first_day: date
    last_day: date
    budget_minor: int | None = None
    owner: str = ""
    note: str = ""

    @property
    def days(self) -> int:
        """How many civil days it lasts."""
        return (self.last_day - self.first_day).days + 1


@dataclass(frozen=True)
class Goal(NewGoal):
    """A goal that was set.

    Attributes:
        id: a number that stays the same.
        baseline: the metric over the ``baseline_first`` to ``baseline_last`` days, as many as the goal lasts, of those whom the
            tier or segment held at the start of these days, for live people at their end; None where it has no value, such as an
            average order value without an order, or where it held nobody then.
        baseline_first, baseline_last: civil days: those just before the goal's first one, or before the day on which it was set
            where that was earlier.
        size: how many people it was for when it was set.
        made_at, changed_at: aware, in UTC.
        made_by: who set it.
    """

    id: int = 0
    baseline: float | None = None
    baseline_first: date | None = None
    baseline_last: date | None = None
    size: int = 0
    made_at: datetime | None = None
    changed_at: datetime | None = None
    made_by: str = ""

    @property
    def falling(self) -> bool:
        """Whether the figure is to fall: a share in a tier whose target lies below the baseline; without one it is to rise."""
        return self.metric.name == "tier_share" and self.baseline is not None and self.target < self.baseline

    def reaches(self, value: float) -> bool:
        """Say whether a value reaches the target."""
        return value <= self.target if self.falling else value >= self.target

    def to_dict(self) -> dict[str, Any]:
        """Give the goal as JSON values: days and times in ISO form, figures in the metric's unit."""
        told = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in vars(self).items()}
        return {**told, "metric": self.metric.to_dict(), "whom": self.whom.to_dict()}
