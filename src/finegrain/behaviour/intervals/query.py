"""The question that intervals answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.contract import EventMatch, Granularity, Query
from finegrain.behaviour.queries.durations import read_duration
from finegrain.i18n import Phrase


@dataclass(frozen=True, kw_only=True)
class IntervalQuery(Query):
    """Ask how long it takes from each ``start`` event to the next ``end`` event of the same person, session or group.

    The end is the first event that matches ``end`` after the start: later, or at the same instant and arrived later. An event
    that matches both ends an interval and starts another, but never its own: with the same event twice, intervals lie between
    neighbours. Starts lie in the period; ends may lie after it.

    Attributes:
        start: from what time is taken.
        end: up to what; it may be the same event.
        window: an end later than this after its start makes no interval.
        closing: which starts an end belongs to, of those without another end in between: the ``latest`` alone, whether or not it
            lies in the period; or ``every`` one of them.
        granularity: buckets of the intervals over time, by their start.
    """

    start: EventMatch
    end: EventMatch
    window: str = "30d"
    closing: Literal["latest", "every"] = "latest"
    granularity: Granularity = "day"

    @property
    def window_us(self) -> int:
        """The window, in microseconds."""
        return read_duration(self.window, "window")

    @property
    def matchers(self) -> tuple[EventMatch, EventMatch]:
        """The start and the end, in the order of their bits."""
        return (self.start, self.end)

    def check(self) -> None:
        """Refuse what intervals cannot be asked.

        Raises:
            BadQueryError: it names the field, its value, and what is allowed.
        """
        read_duration(self.window, "window")
        if self.unit == "events":
            allowed = Phrase("people, sessions or groups: an interval lies between two events of one of them")
            raise BadQueryError(field="unit", value=self.unit, allowed=allowed)
