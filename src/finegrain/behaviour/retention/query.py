"""The question that retention answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.contract import EventMatch, Granularity, Query
from finegrain.i18n import Phrase

MOST_PERIODS = 366


@dataclass(frozen=True, kw_only=True)
class RetentionQuery(Query):
    """Ask how many of those who do ``start`` in one civil bucket do ``returns`` in the buckets after it.

    A cohort is everybody whose start event lies in one bucket of the period. *Period k* of a cohort is the k-th civil bucket
    after its own; it may lie beyond the query's period. In period 0, the cohort's own bucket, the start event itself is no
    return: another event has to match ``returns``, at the same instant or later. A bucket that has not ended is open.

    Attributes:
        start: what makes a person part of a cohort.
        returns: what counts as coming back; it may be the same event.
        cohort: ``first_time``: only the first start event in a person's whole history counts, and only where it lies in the
            period; ``recurring``: the first start event of each bucket counts, so that a person can be in many cohorts.
        mode: ``on``: a return in period k; ``on_or_after``: in period k or any later one, also beyond the last one that is
            shown. Period 0 is always ``on``.
        granularity: how long a bucket is. Of a bucket that the period cuts only the starts inside the period count.
        periods: how many periods after the cohort's own are told, 1 to 366.
    """

    start: EventMatch
    returns: EventMatch
    cohort: Literal["first_time", "recurring"] = "first_time"
    mode: Literal["on", "on_or_after"] = "on"
    granularity: Granularity = "day"
    periods: int = 7

    @property
    def matchers(self) -> tuple[EventMatch, EventMatch]:
        """The start and the return, in the order of their bits."""
        return (self.start, self.returns)

    def check(self) -> None:
        """Refuse what retention cannot be asked.

        Raises:
            BadQueryError: it names the field, its value, and what is allowed.
        """
        if not 1 <= self.periods <= MOST_PERIODS:
            allowed = Phrase("a whole number from {low} to {high}", low=1, high=MOST_PERIODS)
            raise BadQueryError(field="periods", value=self.periods, allowed=allowed)
        if self.unit == "events":
            allowed = Phrase("people, sessions or groups: an event does not come back")
            raise BadQueryError(field="unit", value=self.unit, allowed=allowed)
