"""The question that a funnel answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.contract import EventMatch, Granularity, Query
from finegrain.behaviour.queries.durations import read_duration
from finegrain.behaviour.queries.matching import MOST_MATCHERS
from finegrain.i18n import N_, Phrase

MOST_STEPS = 20


@dataclass(frozen=True)
class Exclusion(EventMatch):
    """An event that voids a chain from step ``before_step`` on, where it lies strictly between the two steps.

    Attributes:
        after_step: number of the step after which it counts, from 1.
        before_step: number of the step before which it counts; 0 for the last one.
    """

    after_step: int = 1
    before_step: int = 0


@dataclass(frozen=True, kw_only=True)
class FunnelQuery(Query):
    """Ask how far people come along ``steps``.

    Attributes:
        steps: 2 to 20 events. The same event may be several steps: one happening never serves two.
        window: how long after its start a chain may go on.
        order: ``ordered``: other events may lie between the steps; ``strict``: none may; ``any``: the steps in any order.
        starts: ``any``: every event that matches step 1 in the period can start a chain; ``first_ever``: only the first one in
            the person's whole history, where it lies in the period; ``first_in_period``: only the first one in the period. In
            any order this goes for the first event that matches any step.
        exclusions: events that void a chain; they have no effect on strict funnels, between whose steps nothing lies.
        attribution: whose value of the breakdown's property a chain has: the ``first`` step's, the ``last`` reached step's, that
            of one ``step``; or ``all``: only events of one value make a chain, so that a person can be in several groups.
        attribution_step: number of that step, from 1; chains that do not reach it have no value.
        granularity: buckets of the conversion over time, by the start of the chain.
    """

    steps: tuple[EventMatch, ...]
    window: str = "7d"
    order: Literal["ordered", "strict", "any"] = "ordered"
    starts: Literal["any", "first_ever", "first_in_period"] = "any"
    exclusions: tuple[Exclusion, ...] = ()
    attribution: Literal["first", "last", "step", "all"] = "first"
    attribution_step: int = 1
    granularity: Granularity = "day"

    @property
    def window_us(self) -> int:
        """The window, in microseconds."""
        return read_duration(self.window, "window")

    @property
    def matchers(self) -> tuple[EventMatch, ...]:
        """Steps and exclusions, in the order of their bits."""
        return (*self.steps, *self.exclusions)

    def check(self) -> None:
        """Refuse what no funnel can be asked.

        Raises:
            BadQueryError: it names the field, its value, and what is allowed.
        """
        _within("steps", len(self.steps), 2, MOST_STEPS, N_("{low} to {high} steps"))
        _within("exclusions", len(self.exclusions), 0, MOST_MATCHERS - MOST_STEPS, N_("at most {high} exclusions"))
        read_duration(self.window, "window")
        _within("attribution_step", self.attribution_step, 1, len(self.steps), N_("the number of a step, {low} to {high}"))
        for place, exclusion in enumerate(self.exclusions):
            self._check_exclusion(f"exclusions[{place}]", exclusion)
        if self.unit == "events":
            allowed = Phrase("people, sessions or groups: events go along no steps")
            raise BadQueryError(field="unit", value=self.unit, allowed=allowed)
        self._check_attribution()

    def _check_exclusion(self, field: str, exclusion: Exclusion) -> None:
        last = len(self.steps)
        _within(f"{field}.after_step", exclusion.after_step, 1, last - 1, N_("the number of a step, {low} to {high}"))
        if exclusion.before_step:
            low = exclusion.after_step + 1
            _within(f"{field}.before_step", exclusion.before_step, low, last, N_("the number of a later step, {low} to {high}"))

    def _check_attribution(self) -> None:
        if self.attribution == "all" and self.order == "strict" and self.breakdown is not None:
            allowed = Phrase("first, last or step: a strict funnel has events of all values between its steps")
            raise BadQueryError(field="attribution", value="all", allowed=allowed)


def _within(field: str, value: int, low: int, high: int, allowed: str) -> None:
    if not low <= value <= high:
        raise BadQueryError(field=field, value=value, allowed=Phrase(allowed, low=low, high=high))
