"""The question that a process diagnosis answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Self

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.process.presets import usual_steps
from finegrain.behaviour.queries.contract import Breakdown, EventMatch, Query
from finegrain.behaviour.queries.durations import read_duration
from finegrain.behaviour.queries.limits import check_within
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_STEPS = 20
MOST_BREAKDOWNS = 10
MOST_VARIANTS = 100

Preset = Literal["", "purchase", "sign_up"]


@dataclass(frozen=True, kw_only=True)
class ProcessQuery(Query):
    """Ask how a process runs, where it loses people, and which repair would be worth most.

    A *case* is one run of a person through the process. It opens at an event that matches step 1 while no case of the person is
    open, and takes in all of the person's later events that match a step, until the last step is reached or ``window`` is over;
    other events do not matter. So whoever makes up for a failure within the window has one case, not two. Cases are cut over the
    whole history, and those that open in the period count; what began less than a window ago is left out, done or not, since
    only the quick ones of it would be done. With the unit ``sessions`` a case also ends with the session, with ``groups`` it is
    made of the events of one value of ``group``, such as a cart's number.

    A case has *reached* step k when an event of step k or of a later one happened in it: who skips a step has still come past
    it. It *dropped* at its furthest step, unless that is the last. Events of one instant stand in the order of their steps, then
    of arrival; one that matches several steps counts as the one after the furthest so far, else as the first it matches.

    Attributes:
        steps: 2 to 20 events in the intended order.
        preset: steps and value of a usual process, found among the events that exist, where ``steps`` is empty: ``purchase``, or
            ``sign_up`` (from signing up to the first order).
        window: how long after its start a case may go on.
        value: a numeric property of the last step, in major units of the project's currency: what a completion is worth.
        breakdowns: properties and traits whose values are compared at each step, each with up to ``limit`` values; up to 10.
            Where none are given, ``platform``, ``source`` and ``app_version`` are tried as far as the events hold them.
        variants: how many of the most frequent ways through the process are told by themselves, 1 to 100.
    """

    steps: tuple[EventMatch, ...] = ()
    preset: Preset = ""
    window: str = "1d"
    value: str = ""
    breakdowns: tuple[Breakdown, ...] = ()
    variants: int = 10

    @property
    def window_us(self) -> int:
        """The window, in microseconds."""
        return read_duration(self.window, "window")

    @property
    def splits(self) -> tuple[Breakdown, ...]:
        """All breakdowns that are compared: those of this query, and the one that every query takes."""
        return self.breakdowns if self.breakdown is None else (*self.breakdowns, self.breakdown)

    def resolved(self, known: Sequence[str]) -> Self:
        """Give the query with the steps of its preset, those that exist; as it is where it has steps of its own, or no preset."""
        if self.steps or not self.preset:
            return self
        steps, value = usual_steps(self.preset, known)
        return replace(self, steps=steps, value=self.value or value)

    def check(self) -> None:
        """Refuse what no process can be asked.

        Raises:
            BadQueryError: it names the field, its value, and what is allowed.
        """
        count = len(self.steps)
        if count or not self.preset:
            check_within("steps", count, 2, MOST_STEPS, Phrase("{low} to {high} steps, or a preset", low=2, high=MOST_STEPS))
        read_duration(self.window, "window")
        most = Phrase("at most {most} breakdowns", most=MOST_BREAKDOWNS)
        check_within("breakdowns", len(self.splits), 0, MOST_BREAKDOWNS, most)
        numbers = Phrase("a whole number from {low} to {high}", low=1, high=MOST_VARIANTS)
        check_within("variants", self.variants, 1, MOST_VARIANTS, numbers)
        if self.unit == "events":
            raise BadQueryError(
                field="unit", value=self.unit, allowed=Phrase("people, sessions or groups: cases are made of events")
            )
