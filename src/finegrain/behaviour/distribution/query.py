"""The question that a distribution answers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.contract import EventMatch, Query
from finegrain.i18n import Phrase

MOST_BREAKS = 50
FEWEST_BARS = 2


@dataclass(frozen=True, kw_only=True)
class DistributionQuery(Query):
    """Ask how people are spread by what they did in the period.

    Broken down by a property, somebody with events of several values is in several groups, in each with the events of its value.

    Attributes:
        event: which events count.
        measure: what each person is measured by: the number of ``events``, that of the distinct civil ``days`` with one, or the
            ``sum`` of a property over them.
        property: the property whose numbers are added up. Events where it is no number are left out, and counted as such; who
            has no other has no sum.
        breaks: where bars begin, ascending: the bar of a break reaches from it, included, up to the next one, and the last bar
            to the highest value. What lies below the first break is a bar of its own where anything can lie there. Without
            breaks they are natural ones.
        bars: how many bars natural breaks make at most: so many that the values of one bar differ as little as can be (see
            ``natural_breaks``).
        zero: whether people without such an event count, as 0: everybody of the audience who was known before the period's end
            and whom no filter on people leaves out. Broken down by a property of the event they have no value.
    """

    event: EventMatch
    measure: Literal["events", "days", "sum"] = "events"
    property: str = ""
    breaks: tuple[float, ...] = ()
    bars: int = 8
    zero: bool = False

    def check(self) -> None:
        """Refuse what a distribution cannot be asked.

        Raises:
            BadQueryError: it names the field, its value, and what is allowed.
        """
        if (self.measure == "sum") != bool(self.property):
            allowed = Phrase("the event property to add up where the measure is sum, and nothing else")
            raise BadQueryError(field="property", value=f"“{self.property}”", allowed=allowed)
        if not FEWEST_BARS <= self.bars <= MOST_BREAKS:
            allowed = Phrase("a whole number from {low} to {high}", low=FEWEST_BARS, high=MOST_BREAKS)
            raise BadQueryError(field="bars", value=self.bars, allowed=allowed)
        rising = all(low < high for low, high in pairwise(self.breaks))
        if not rising or len(self.breaks) > MOST_BREAKS or not all(math.isfinite(one) for one in self.breaks):
            allowed = Phrase("at most {most} numbers, each higher than the one before", most=MOST_BREAKS)
            raise BadQueryError(field="breaks", value=self.breaks, allowed=allowed)
        self._check_unit()

    def _check_unit(self) -> None:
        if self.unit == "events":
            allowed = Phrase("people, sessions or groups: an event happens once")
            raise BadQueryError(field="unit", value=self.unit, allowed=allowed)
        if self.zero and self.unit != "people":
            allowed = Phrase("false where sessions or groups are counted: only people can be without an event")
            raise BadQueryError(field="zero", value=self.zero, allowed=allowed)
