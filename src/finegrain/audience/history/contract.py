"""What history tells: sizes by day with those who came and left, and the flow between the tiers of a scheme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from finegrain.behaviour.queries.report import count, percent
from finegrain.i18n import _

if TYPE_CHECKING:
    from datetime import date, datetime

Kind = Literal["segment", "scheme"]
NOBODY = ""
"""Stands in a flow for no tier at all: not known yet when it begins, not among people any more when it ends."""


@dataclass(frozen=True)
class DaySize:
    """A segment or tier on one day.

    Attributes:
        day: the civil day.
        as_of: the moment as of which: the end of the day, or of the running day the last recomputation; aware, in UTC.
        size: how many people.
        entered, left: how many are in it who were not on the day shown before, and the other way round; None for the first day
            of which anything is kept.
        changed: whether the rule or the thresholds are others than on the day before.
        filled: whether it was computed afterwards, with the traits of that later time.
    """

    day: date
    as_of: datetime
    size: int
    entered: int | None
    left: int | None
    changed: bool
    filled: bool

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {**vars(self), "day": self.day.isoformat(), "as_of": self.as_of.isoformat()}


@dataclass(frozen=True)
class Series:
    """One segment or tier over time.

    Attributes:
        name: the segment's name, or ``scheme/key``.
        days: those of which something is kept, in order; there may be gaps.
    """

    name: str
    days: tuple[DaySize, ...]


@dataclass(frozen=True)
class SizesResult:
    """A segment, a tier, or all tiers of a scheme over time.

    Attributes:
        what: as it was asked for.
        first, last: the civil days asked for, both included.
        series: one of a segment or a tier; of a scheme one a tier, in the order of its tiers.
    """

    what: str
    first: date
    last: date
    series: tuple[Series, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {
            "what": self.what,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "series": [{"name": one.name, "days": [day.to_dict() for day in one.days]} for one in self.series],
        }


@dataclass(frozen=True)
class FlowResult:
    """Who went from which tier to which between the ends of two days.

    Attributes:
        scheme: its name.
        first_day, last_day: the two civil days.
        keys: the tiers in the order of the scheme, then ``NOBODY``.
        names: by key; English texts, marked for translation.
        counts: ``counts[i][j]`` people were in ``keys[i]`` on the first day, and are in ``keys[j]`` on the last; the ids behind
            each come from ``HistoryService.flow_people``.
        changed: whether the thresholds or tiers of the scheme are others than on the first day.
    """

    scheme: str
    first_day: date
    last_day: date
    keys: tuple[str, ...]
    names: dict[str, str]
    counts: tuple[tuple[int, ...], ...]
    changed: bool

    @property
    def stayed(self) -> int:
        """How many are in the tier in which they were."""
        return sum(self.counts[place][place] for place in range(len(self.keys) - 1))

    @property
    def moved(self) -> int:
        """How many are in another tier than they were."""
        inside = range(len(self.keys) - 1)
        return sum(self.counts[one][other] for one in inside for other in inside if one != other)

    @property
    def came(self) -> int:
        """How many were not known on the first day."""
        return sum(self.counts[-1])

    @property
    def gone(self) -> int:
        """How many are not among people any more."""
        return sum(row[-1] for row in self.counts)

    def people(self, was: str, now: str) -> int:
        """Give how many went from one tier to another; see ``counts``."""
        return self.counts[self.keys.index(was)][self.keys.index(now)]

    def report(self) -> str:
        """Say it in a sentence or two, in the reader's language."""
        there = self.stayed + self.moved + self.gone
        if not there:
            return _("Nobody was in a tier on {first}; {came} people came until {last}.", **self._days(), came=count(self.came))
        said = _(
            "Of {there} people on {first}, {moved} ({share}) were in another tier on {last}; {came} people came.",
            **self._days(),
            there=count(there),
            moved=count(self.moved),
            share=percent(self.moved / there),
            came=count(self.came),
        )
        return said + self._most()

    def _days(self) -> dict[str, str]:
        return {"first": self.first_day.isoformat(), "last": self.last_day.isoformat()}

    def _most(self) -> str:
        inside = range(len(self.keys) - 1)
        people, was, now = max(((self.counts[i][j], -i, -j) for i in inside for j in inside if i != j), default=(0, 0, 0))
        if not people:
            return ""
        shown = {"people": count(people), "was": _(self.names[self.keys[-was]]), "now": _(self.names[self.keys[-now]])}
        return _(" Most of them went from {was} to {now}: {people}.", **shown)

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values: flows without people are left out, names are in the reader's language."""
        flows = [
            {"from": was, "to": now, "people": people}
            for was, row in zip(self.keys, self.counts, strict=True)
            for now, people in zip(self.keys, row, strict=True)
            if people
        ]
        return {
            "scheme": self.scheme,
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "tiers": [{"key": key, "name": _(self.names[key])} for key in self.keys[:-1]],
            "flows": flows,
            "stayed": self.stayed,
            "moved": self.moved,
            "came": self.came,
            "gone": self.gone,
            "changed": self.changed,
            "report": self.report(),
        }


@dataclass(frozen=True)
class KeepResult:
    """What keeping the state of a moment did.

    Attributes:
        day: the civil day whose state it is.
        as_of: the moment; aware, in UTC.
        written: the segments and schemes that had changed since they were written last.
        same: how many had not.
        thinned: how many old days were dropped, over all segments and schemes.
    """

    day: date
    as_of: datetime
    written: tuple[str, ...]
    same: int
    thinned: int

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        facts = {"day": self.day.isoformat(), "as_of": self.as_of.isoformat(), "written": list(self.written)}
        return {**facts, "same": self.same, "thinned": self.thinned}


@dataclass(frozen=True)
class FillResult:
    """What filling past days did.

    Attributes:
        first, last: the civil days asked for, both included.
        days: how many of them had something missing that was computed.
        written: how many states were written, over all segments and schemes.
    """

    first: date
    last: date
    days: int
    written: int

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {"first": self.first.isoformat(), "last": self.last.isoformat(), "days": self.days, "written": self.written}
