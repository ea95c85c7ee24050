"""The question that a churn diagnosis answers."""

from __future__ import annotations

from dataclasses import dataclass

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.contract import EventMatch, Query
from finegrain.behaviour.queries.durations import read_duration
from finegrain.behaviour.queries.limits import check_within
from finegrain.i18n import Phrase

MOST_STEPS = 20
LEAST_PEOPLE = 5


@dataclass(frozen=True, kw_only=True)
class ChurnQuery(Query):
    """Ask what marks people who went silent, against comparable people who stayed.

    Everybody has one *index moment*, up to which alone is looked. Of who is silent, with no sign of life in the time ``silence``
    before the end, it is the last sign of life. Of who stayed it is the end of the visit at or before an instant that is drawn,
    by the person's id alone, evenly from the time in which an index moment may lie. So both moments end a visit, have the whole
    ``lookback`` behind them and the whole ``silence`` before them, and nothing that happens after them is looked at: what
    silence itself brings along, such as no messages any more, is no finding.

    Left out, and told: who is too new, as the window would begin before the person was known; whose moment lies outside the
    period; and who stayed but was silent for ``silence`` after the moment, and then came back.

    Attributes:
        period: index moments lie in it, and the end is its end, or the present where that is earlier; longer than ``silence``. By
            default all days.
        active: what counts as a sign of life. By default any event but those that happen to a person: messages, refunds,
            cancellations and updates of orders.
        messages: what counts as a message that reached the person. By default the events that are called so, such as
            ``Message Delivered`` or ``Email Delivered``; see ``receiving``.
        steps: the steps on the way to a purchase, of which those are told that people reach without the next one. By default
            those of a shop that ever happened: view, cart, checkout, payment, order.
        silence: who shows no sign of life for so long is silent.
        lookback: how long before the index moment is looked at.
        earlier: the revenue at stake is taken from so long before the index moment.
        least: candidates with fewer people, with or without the sign, are not judged; with fewer silent or stayed people in
            all the answer is called thin.
        level: the share of false findings that is put up with, over all candidates together.
    """

    period: str = "all"
    active: EventMatch | None = None
    messages: EventMatch | None = None
    steps: tuple[EventMatch, ...] = ()
    silence: str = "90d"
    lookback: str = "28d"
    earlier: str = "90d"
    least: int = 30
    level: float = 0.05

    def check(self) -> None:
        """Refuse what no diagnosis can be asked.

        Raises:
            BadQueryError: it names the field, its value, and what is allowed.
        """
        for field in ("silence", "lookback", "earlier"):
            read_duration(getattr(self, field), field)
        if self.unit != "people":
            raise BadQueryError(field="unit", value=self.unit, allowed=Phrase("people: it is people who go silent"))
        if self.breakdown is not None:
            allowed = Phrase("nothing: ask for one tier or segment at a time")
            raise BadQueryError(field="breakdown", value=self.breakdown.property, allowed=allowed)
        if len(self.steps) == 1 or len(self.steps) > MOST_STEPS:
            allowed = Phrase("none, or {low} to {high} steps", low=2, high=MOST_STEPS)
            raise BadQueryError(field="steps", value=len(self.steps), allowed=allowed)
        allowed = Phrase("a whole number from {low} up", low=LEAST_PEOPLE)
        check_within("least", self.least, LEAST_PEOPLE, float("inf"), allowed)
        allowed = Phrase("a share from {low} to {high}", low=0.001, high=0.2)
        check_within("level", self.level, 0.001, 0.2, allowed)

    @property
    def silence_us(self) -> int:
        """The silence, in microseconds."""
        return read_duration(self.silence, "silence")

    @property
    def lookback_us(self) -> int:
        """The window before the index moment, in microseconds."""
        return read_duration(self.lookback, "lookback")

    @property
    def earlier_us(self) -> int:
        """The period whose revenue is at stake, in microseconds."""
        return read_duration(self.earlier, "earlier")
