"""The slow twin of the churn diagnosis: one person at a time, in plain Python, and the tables of signs by counting."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.twins.behaviour import cents
from tests.twins.logs import PEOPLE, TwinEvent, by_person, matches

from finegrain.behaviour.churn.naming import is_done_to
from finegrain.behaviour.queries.contract import ANY_EVENT, EventMatch
from finegrain.behaviour.receiving import is_message
from finegrain.zones import to_us

if TYPE_CHECKING:
    from tests.twins.behaviour import Happening

    from finegrain.behaviour.churn.query import ChurnQuery
    from finegrain.behaviour.queries.scope import Scope

_MASK = 2**64 - 1


@dataclass
class TwinHistory:
    """What is found of one person."""

    state: str
    index_us: int = 0
    known_us: int = 0
    last_event: str = ""
    visits: int = 0
    messages: int = 0
    orders: int = 0
    revenue_minor: int = 0
    present: set[str] = field(default_factory=set)
    stopped: set[str] = field(default_factory=set)


@dataclass
class TwinChurn:
    """The diagnosis of a log."""

    query: ChurnQuery
    scope: Scope
    log: list[Happening]
    known_us: int

    def histories(self) -> dict[str, TwinHistory]:
        """Give everybody's history by id; of nobody who shows no sign of life before the end."""
        counted = {who for who in PEOPLE if self.scope.audience is None or PEOPLE.index(who) + 1 in self.scope.audience}
        found = {who: self.history(who, events) for who, events in by_person(self.log).items() if who in counted}
        return {who: one for who, one in found.items() if one is not None}

    @property
    def end_us(self) -> int:
        """When nothing has happened yet."""
        return min(self.scope.end_us, self.scope.now_us)

    def history(self, who: str, events: list[TwinEvent]) -> TwinHistory | None:
        """Find one person's state, and the window."""
        known_us = min([self.known_us, *(one.at_us for one in events)])
        events = [one for one in events if one.at_us < self.end_us]
        alive = [one for one in events if self.is_alive(one)]
        if not alive:
            return None
        quiet_us, first_us = self.end_us - self.query.silence_us, max(self.scope.start_us, known_us + self.query.lookback_us)
        moment: TwinEvent | None = alive[-1]
        state = "silent"
        if alive[-1].at_us > quiet_us:
            drawn_us = first_us + int(luck(PEOPLE.index(who) + 1) * max(0, quiet_us - first_us))
            moment, state = self.visit_end(alive, drawn_us)
        if moment is None or not first_us <= moment.at_us <= quiet_us:
            seen_us = quiet_us if moment is None else min(moment.at_us, quiet_us)
            return TwinHistory("too_new" if known_us + self.query.lookback_us > seen_us else "outside")
        if state == "back":
            return TwinHistory("back")
        return self.filled(TwinHistory(state, moment.at_us, known_us, moment.name), who, events)

    def is_alive(self, one: TwinEvent) -> bool:
        """Say whether an event is a sign of life."""
        if self.query.active is not None:
            return matches(self.query.active, one, self.scope.filters)
        done = not (is_done_to(one.name) or self.is_message_name(one.name))
        return done and matches(EventMatch(ANY_EVENT), one, self.scope.filters)

    def is_message_name(self, name: str) -> bool:
        """Say whether events of a name are messages."""
        given = self.query.messages
        if given is None:
            return is_message(name)
        return name in ((given.event,) if isinstance(given.event, str) else given.event)

    def is_message(self, one: TwinEvent) -> bool:
        """Say whether an event is a message."""
        if self.query.messages is None:
            return is_message(one.name) and matches(EventMatch(ANY_EVENT), one, self.scope.filters)
        return matches(self.query.messages, one, self.scope.filters)

    def visit_end(self, alive: list[TwinEvent], drawn_us: int) -> tuple[TwinEvent | None, str]:
        """Give the last sign of life of the visit at or before an instant, and what came afterwards."""
        before = [one for one in alive if one.at_us <= drawn_us]
        if not before:
            return None, "stayed"
        place = len(before) - 1
        while place + 1 < len(alive) and alive[place + 1].at_us - alive[place].at_us < self.scope.session_gap_us:
            place += 1
        later = alive[place + 1 :]
        back = bool(later) and later[0].at_us - alive[place].at_us >= self.query.silence_us
        return alive[place], "back" if back else "stayed"

    def filled(self, one: TwinHistory, who: str, events: list[TwinEvent]) -> TwinHistory:
        """Look at the window before the index moment."""
        window = [event for event in events if one.index_us - self.query.lookback_us < event.at_us <= one.index_us]
        alive = [event for event in window if self.is_alive(event)]
        starts = [place for place in range(len(alive)) if place == 0 or self.apart(alive[place - 1], alive[place])]
        one.visits, one.messages = len(starts), sum(self.is_message(event) for event in window)
        one.present = {event.name for event in window if matches(EventMatch(ANY_EVENT), event, self.scope.filters)}
        lasts = [
            max((place for place, event in enumerate(window) if matches(step, event, self.scope.filters)), default=-1)
            for step in self.query.steps
        ]
        names = [step.name for step in self.query.steps]
        one.stopped = {name for name, last, following in zip(names, lasts, lasts[1:], strict=False) if last > following}
        self.bought(one, who)
        return one

    def apart(self, before: TwinEvent, after: TwinEvent) -> bool:
        """Say whether a visit ends between two signs of life."""
        return after.at_us - before.at_us >= self.scope.session_gap_us

    def bought(self, one: TwinHistory, who: str) -> None:
        """Add orders and revenue; the orders of the log have no ids, so that nothing changes them."""
        mine = [event for event in self.log if event.who == who and event.event == "Order Completed"]
        for event in mine:
            before_us = one.index_us - to_us(event.at)
            one.orders += 0 <= before_us < self.query.lookback_us
            if 0 <= before_us < self.query.earlier_us:
                one.revenue_minor += int(cents(event.total or Decimal(0)))


def luck(number: int) -> float:
    """Draw a number in [0, 1) from another: splitmix64 in unbounded integers."""
    bits = (number + 0x9E3779B97F4A7C15) & _MASK
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & _MASK
    return float(((bits ^ (bits >> 31)) >> 11) / 2**53)


def tables_of(rows: list[dict[str, Any]], sign: str) -> dict[Any, list[int]]:
    """Count rows into one table a stratum: silent with the sign, all with it, silent without, all without."""
    found: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows:
        place = 0 if row[sign] else 2
        found[row["stratum"]][place] += row["silent"]
        found[row["stratum"]][place + 1] += 1
    return found


def informative_tables(rows: list[dict[str, Any]], sign: str) -> dict[Any, list[int]]:
    """Give those in which there are silent and stayed people, with and without the sign."""
    return {
        stratum: table
        for stratum, table in tables_of(rows, sign).items()
        if table[1] and table[3] and 0 < table[0] + table[2] < table[1] + table[3]
    }
