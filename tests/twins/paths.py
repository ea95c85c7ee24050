"""The slow twin of paths: one session, or one person, at a time, its events in a list."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.twins.logs import TRAITS, TwinEvent, actors_of, matches, sessions_of, text_of

if TYPE_CHECKING:
    from tests.twins.behaviour import Happening

    from finegrain.behaviour.paths.query import PathsQuery
    from finegrain.behaviour.queries.contract import EventMatch
    from finegrain.behaviour.queries.scope import Scope


@dataclass(frozen=True)
class TwinPath:
    """One path: whose, its anchor, its names away from the anchor, and whether it goes on beyond the depth."""

    actor: str
    anchor: TwinEvent
    names: tuple[str, ...]
    beyond: bool


@dataclass(frozen=True)
class TwinPaths:
    """The question over one log."""

    query: PathsQuery
    scope: Scope

    def paths(self, log: list[Happening]) -> list[TwinPath]:
        """Give all paths."""
        return [
            path
            for actor, events in actors_of(log, self.query.unit, self.query.group).items()
            for part in (sessions_of(events) if self.query.scope == "session" else [events])
            for path in self.path_of(actor, part)
        ]

    def path_of(self, actor: str, events: list[TwinEvent]) -> list[TwinPath]:
        """Give the one path of a session or person, or none."""
        anchors = [one for one in events if self.is_anchor(one)]
        inside = [one for one in anchors if self.scope.start_us <= one.at_us < self.scope.end_us]
        anchor = (inside if self.query.scope == "window" else anchors)[:1]
        if not anchor or anchor[0] not in inside:
            return []
        whole = self.folded(events, anchor[0])
        return [TwinPath(actor, anchor[0], tuple(whole[: self.query.depth]), len(whole) > self.query.depth)]

    def folded(self, events: list[TwinEvent], anchor: TwinEvent) -> list[str]:
        """Give the names from the anchor on, equal neighbours being one."""
        place = events.index(anchor)
        rest = events[:place][::-1] if self.query.backward else events[place + 1 :]
        near = [one for one in rest if self.query.scope == "session" or abs(one.at_us - anchor.at_us) <= self.query.window_us]
        names = [self.name_of(anchor, self.query.matchers)]
        for one in near:
            name = self.name_of(one, self.shown)
            if self.meets(one, self.shown) and name != names[-1]:
                names.append(name)
        return names

    @property
    def shown(self) -> tuple[EventMatch, ...]:
        """The events that are shown."""
        return self.query.matchers[1:] if self.query.anchor else self.query.matchers

    def is_anchor(self, one: TwinEvent) -> bool:
        """Say whether a path may begin at an event."""
        return self.meets(one, (self.query.anchor,) if self.query.anchor else self.shown)

    def meets(self, one: TwinEvent, wanted: tuple[EventMatch, ...]) -> bool:
        """Say whether an event meets one of several, and is of somebody who counts."""
        audience = self.query.audience
        counts = audience is None or one.who in audience.people
        return counts and any(matches(event, one, self.scope.filters) for event in wanted)

    def name_of(self, one: TwinEvent, wanted: tuple[EventMatch, ...]) -> str:
        """Give what an event is called."""
        labels = [event.label for event in wanted if event.label and matches(event, one, self.scope.filters)]
        value = text_of(one.properties.get(self.query.name_by)) if self.query.name_by else None
        name = labels[0] if labels else value or one.name
        found = [pattern.name for pattern in self.query.patterns if re.search(pattern.regex, name)]
        return found[0] if found else name


@dataclass(frozen=True)
class TwinCounts:
    """Paths counted with rare names folded: all keys hold positions from 1, and ``None`` for the other names."""

    query: PathsQuery
    every: list[TwinPath]

    def kept(self, position: int) -> list[str]:
        """Give the names that stand by themselves at a position."""
        count = Counter(path.names[position - 1] for path in self.every if len(path.names) >= position)
        enough = [
            name
            for name, many in count.items()
            if many >= self.query.least_count and many / len(self.every) >= self.query.least_share
        ]
        return sorted(enough, key=lambda name: (-count[name], name))[: self.query.most_nodes]

    def told(self, path: TwinPath) -> list[str | None]:
        """Give a path's names, the rare ones as None."""
        return [name if name in self.kept(place) else None for place, name in enumerate(path.names, start=1)]

    def nodes(self, paths: list[TwinPath]) -> dict[tuple[int, str | None], list[TwinPath]]:
        """Give the paths at each node."""
        found: dict[tuple[int, str | None], list[TwinPath]] = {}
        for path in paths:
            for place, name in enumerate(self.told(path), start=1):
                found.setdefault((place, name), []).append(path)
        return found

    def edges(self, paths: list[TwinPath]) -> dict[tuple[int, str | None, str | None], list[TwinPath]]:
        """Give the paths on each edge, by its end nearer to the anchor."""
        found: dict[tuple[int, str | None, str | None], list[TwinPath]] = {}
        for path in paths:
            told = self.told(path)
            for place, (near, far) in enumerate(itertools.pairwise(told), start=1):
                found.setdefault((place, near, far), []).append(path)
        return found


def value_of(query: PathsQuery, path: TwinPath) -> str | None:
    """Give the breakdown's value of a path: its anchor's."""
    assert query.breakdown is not None
    if query.breakdown.of == "person":
        return text_of(TRAITS[query.breakdown.property].get(path.anchor.who))
    return text_of(path.anchor.properties.get(query.breakdown.property))


def actors(paths: list[TwinPath]) -> int:
    """Give how many different people, or groups, paths are of."""
    return len({path.actor for path in paths})
