"""The slow twin of the funnel: every start, every way to share out events of one instant, one person at a time."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.twins.logs import ZONE, TwinEvent, actors_of, matches, text_of

if TYPE_CHECKING:
    from tests.twins.behaviour import Happening

    from finegrain.behaviour.funnel.query import FunnelQuery
    from finegrain.behaviour.queries.scope import Scope

Chain = tuple[TwinEvent, ...]


@dataclass(frozen=True)
class TwinFunnel:
    """One funnel over one log."""

    query: FunnelQuery
    scope: Scope

    def chains(self, log: list[Happening]) -> dict[str, Chain]:
        """Give the best chain of every actor who started one."""
        found = {actor: self.best(events) for actor, events in actors_of(log, self.query.unit, self.query.group).items()}
        return {actor: chain for actor, chain in found.items() if chain}

    def step_of(self, step: int, one: TwinEvent) -> bool:
        """Say whether an event is a step."""
        return self.counts(one) and matches(self.query.steps[step], one, self.scope.filters)

    def counts(self, one: TwinEvent) -> bool:
        """Say whether an event is of somebody who counts."""
        audience = self.query.audience
        return audience is None or one.who in audience.people

    def best(self, events: list[TwinEvent]) -> Chain:
        """Give the longest chain, of several the one that starts first."""
        best: Chain = ()
        for start in self.starts(events):
            chain = {"ordered": self.ordered, "strict": self.strict, "any": self.any_order}[self.query.order](events, start)
            if len(chain) > len(best):
                best = chain
        return best

    def starts(self, events: list[TwinEvent]) -> list[TwinEvent]:
        """Give the events at which a chain may start."""
        steps = range(len(self.query.steps)) if self.query.order == "any" else (0,)
        found = [one for one in events if any(self.step_of(step, one) for step in steps)]
        inside = [one for one in found if self.scope.start_us <= one.at_us < self.scope.end_us]
        first = {"any": None, "first_ever": found[:1], "first_in_period": inside[:1]}[self.query.starts]
        return inside if first is None else [one for one in inside if one.at_us == first[0].at_us] if first else []

    def strict(self, events: list[TwinEvent], start: TwinEvent) -> Chain:
        """Give the chain of neighbours."""
        place = events.index(start)
        chain = [start]
        for one in events[place + 1 :]:
            late = one.at_us > start.at_us + self.query.window_us
            if late or len(chain) == len(self.query.steps) or not self.step_of(len(chain), one):
                break
            chain.append(one)
        return tuple(chain)

    def ordered(self, events: list[TwinEvent], start: TwinEvent) -> Chain:
        """Give the chain that takes the earliest event for each step."""
        chain = [start]
        later = [one for one in events if start.at_us <= one.at_us <= start.at_us + self.query.window_us and one != start]
        for _, together in itertools.groupby(later, key=lambda one: one.at_us):
            chain += self.shared_out(len(chain), list(together))
        return self.voided(events, tuple(chain))

    def shared_out(self, first: int, together: list[TwinEvent]) -> list[TwinEvent]:
        """Serve as many steps as can be; of all ways the one that takes what arrived first, step by step."""
        for count in range(min(len(self.query.steps) - first, len(together)), 0, -1):
            for chosen in itertools.permutations(together, count):
                if all(self.step_of(first + place, one) for place, one in enumerate(chosen)):
                    return list(chosen)
        return []

    def voided(self, events: list[TwinEvent], chain: Chain) -> Chain:
        """Cut a chain off where an excluded event lies within it."""
        for exclusion in self.query.exclusions:
            after, before = exclusion.after_step - 1, (exclusion.before_step or len(self.query.steps)) - 1
            if before < len(chain) and any(
                self.counts(one) and matches(exclusion, one, self.scope.filters)
                for one in events
                if chain[after].at_us < one.at_us < chain[before].at_us
            ):
                chain = chain[:before]
        return chain

    def any_order(self, events: list[TwinEvent], start: TwinEvent) -> Chain:
        """Give the events at which one distinct step more is served."""
        later = [one for one in events[events.index(start) :] if one.at_us <= start.at_us + self.query.window_us]
        chain: list[TwinEvent] = []
        for place, one in enumerate(later):
            if self.most_served(later[: place + 1]) > len(chain):
                chain.append(one)
        return tuple(chain)

    def most_served(self, events: list[TwinEvent]) -> int:
        """Give how many distinct steps distinct events can serve."""
        steps = range(len(self.query.steps))
        for count in range(min(len(events), len(steps)), 0, -1):
            for chosen in itertools.combinations(steps, count):
                for served in itertools.permutations(events, count):
                    if all(self.step_of(step, one) for step, one in zip(chosen, served, strict=True)):
                        return count
        return 0

    def group_of(self, chain: Chain) -> str | None:
        """Give the value of the breakdown that a chain has."""
        breakdown = self.query.breakdown
        assert breakdown is not None
        step = {"first": 0, "last": len(chain) - 1}.get(self.query.attribution, self.query.attribution_step - 1)
        return text_of(chain[step].properties.get(breakdown.property)) if step < len(chain) else None


def bucket_of(us: int) -> str:
    """Give the civil day of an instant."""
    from finegrain.zones import from_us

    return ZONE.day_of(from_us(us)).isoformat()
