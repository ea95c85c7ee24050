"""The question that paths answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.contract import EventMatch, Query
from finegrain.behaviour.queries.durations import read_duration
from finegrain.behaviour.queries.limits import check_within
from finegrain.behaviour.queries.matching import MOST_MATCHERS
from finegrain.i18n import Phrase

MOST_DEPTH, MOST_NODES, MOST_PATTERNS = 20, 30, 100
_ALL = EventMatch("*")


@dataclass(frozen=True)
class NamePattern:
    """One name for all names that a pattern matches.

    Attributes:
        pattern: for ``glob`` it must be like the whole name: ``*`` stands for any text, ``?`` for any one character; for
            ``regex`` (RE2) it is found anywhere in the name. Both regard case.
        name: what those names become.
        kind: how the pattern is read.
    """

    pattern: str
    name: str
    kind: Literal["glob", "regex"] = "glob"

    @property
    def regex(self) -> str:
        r"""The pattern as a regular expression (RE2) that is found anywhere.

        Examples:
            >>> NamePattern("/goods/*", "Goods").regex
            '(?s)^/goods/.*$'
        """
        if self.kind == "regex":
            return self.pattern
        parts = (_GLOB.get(one) or re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", one) for one in self.pattern)
        return f"(?s)^{''.join(parts)}$"


_GLOB = {"*": ".*", "?": "."}


@dataclass(frozen=True, kw_only=True)
class PathsQuery(Query):
    """Ask which ways people take from ``start`` on, or to ``end``.

    A path begins at an anchor: the first event that matches ``start``, or ``end``, or, where neither is given, the first event
    that is shown. In the scope ``session`` every session has one path: its anchor is the first one of the whole session, and
    the path counts where that lies in the period, so that the paths of neighbouring periods add up. In the scope ``window``
    everybody has one path: the anchor is their first one in the period.

    From the anchor the path goes on with the events that are shown, in order of time, of the same instant in order of arrival;
    to an ``end`` it goes backward through those before it. It stays within the session, or within ``window`` of the anchor,
    the bound included; it may leave the period. Messages to the person are in no session: what follows one is asked within a
    window. Neighbours of the same name are one. At most ``depth`` positions are told, the anchor's being 1; whether a path goes
    on beyond the last one is counted.

    What an event is called: the label of the first of ``events`` that it matches and that has one (the anchor's: the label of
    ``start`` or ``end`` before that); else the value of ``name_by``, where it has one that is not empty; else its own name.
    Then the first of ``patterns`` that matches the name gives another one.

    Attributes:
        start: the event at which paths begin; the anchor is shown whether or not it matches ``events``.
        end: the event to which paths lead; not together with ``start``.
        scope: whether a path stays within one session, or within ``window``.
        window: how far from the anchor a path may reach, in the scope ``window``.
        depth: positions told, 2 to 20, the anchor's included.
        events: the events that are shown; all of them when empty.
        name_by: a property whose values are names, such as the address of a page.
        patterns: up to 100, in order; the first that matches counts.
        most_nodes: names that stand by themselves at each position, 1 to 30: the most frequent ones, of equally frequent ones the
            first in order of their texts. The rarer ones are one node, ``other``.
        least_count: a name with fewer paths at its position is among the others.
        least_share: likewise one with a smaller share of all paths, 0 to 1.
    """

    start: EventMatch | None = None
    end: EventMatch | None = None
    scope: Literal["session", "window"] = "session"
    window: str = "1d"
    depth: int = 5
    events: tuple[EventMatch, ...] = ()
    name_by: str = ""
    patterns: tuple[NamePattern, ...] = ()
    most_nodes: int = 10
    least_count: int = 1
    least_share: float = 0.0

    @property
    def window_us(self) -> int:
        """The window, in microseconds."""
        return read_duration(self.window, "window")

    @property
    def backward(self) -> bool:
        """Whether paths lead to their anchor."""
        return self.end is not None

    @property
    def by_session(self) -> bool:
        """Whether each session has a path, of which no message to the person is part."""
        return self.scope == "session"

    @property
    def anchor(self) -> EventMatch | None:
        """The event that is position 1; None where it is any that is shown."""
        return self.start or self.end

    @property
    def matchers(self) -> tuple[EventMatch, ...]:
        """The anchor where there is one, then the events that are shown, in the order of their bits."""
        return (*((self.anchor,) if self.anchor else ()), *(self.events or (_ALL,)))

    def check(self) -> None:
        """Refuse what no paths can be asked.

        Raises:
            BadQueryError: it names the field, its value, and what is allowed.
        """
        if self.start is not None and self.end is not None:
            allowed = Phrase("either start or end; a funnel says how many come from one to the other")
            raise BadQueryError(field="end", value=self.end.name, allowed=allowed)
        if self.unit not in {"people", "groups"}:
            allowed = Phrase("people or groups: whose events make a path; the field scope says whether by session")
            raise BadQueryError(field="unit", value=self.unit, allowed=allowed)
        read_duration(self.window, "window")
        self._check_numbers()
        for place, pattern in enumerate(self.patterns):
            _check_pattern(f"patterns[{place}]", pattern)

    def _check_numbers(self) -> None:
        most = MOST_MATCHERS - 1
        check_within("events", len(self.events), 0, most, Phrase("at most {high} events", high=most))
        allowed = Phrase("at most {high} patterns", high=MOST_PATTERNS)
        check_within("patterns", len(self.patterns), 0, MOST_PATTERNS, allowed)
        check_within("depth", self.depth, 2, MOST_DEPTH, _whole(2, MOST_DEPTH))
        check_within("most_nodes", self.most_nodes, 1, MOST_NODES, _whole(1, MOST_NODES))
        check_within("least_count", self.least_count, 1, 2**31, _whole(1, 2**31))
        check_within("least_share", self.least_share, 0, 1, Phrase("a share from 0 to 1"))


def _whole(low: int, high: int) -> Phrase:
    return Phrase("a whole number from {low} to {high}", low=low, high=high)


def _check_pattern(field: str, pattern: NamePattern) -> None:
    if not pattern.name:
        raise BadQueryError(field=f"{field}.name", value="“”", allowed=Phrase("the name that matching names become"))
    if not pattern.pattern:
        raise BadQueryError(field=f"{field}.pattern", value="“”", allowed=Phrase("a pattern such as /goods/*"))
    try:
        pc.match_substring_regex(pa.array([""]), pattern.regex)
    except pa.ArrowInvalid as error:
        allowed = Phrase("one regular expression (RE2), such as ^/goods/")
        raise BadQueryError(field=f"{field}.pattern", value=pattern.pattern, allowed=allowed) from error
