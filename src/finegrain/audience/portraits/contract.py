"""What a portrait is: for each value that people can have, its share among some people and among all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from finegrain.behaviour.queries.report import count, percent
from finegrain.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

Facet = Literal["trait", "category", "hour", "weekday", "channel", "tier"]
WEEKDAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))
_FACETS: dict[Facet, str] = {
    "category": N_("category"),
    "hour": N_("hour of the day"),
    "weekday": N_("weekday"),
    "channel": N_("reachable by"),
}
REPORTED = 5
"""How many signs a report names."""


@dataclass(frozen=True)
class Sign:
    """One value, and how many people have it.

    Attributes:
        facet: what kind of value it is.
        name: the trait, the scheme of a tier; else empty.
        value: the value; a band of numbers as ``10 – 20``, an hour as ``21``, a weekday as ``0`` for Monday.
        label: an English text, marked for translation, where the value itself is for programs; else empty.
        people, of_people: how many of the segment have it, of how many about whom the facet tells anything.
        all_people, of_all: the same among all, the segment included.
        low, high: the 95 % interval of the share here minus the share among the others (Newcombe 1998, method 10).
    """

    facet: Facet
    name: str
    value: str
    label: str
    people: int
    of_people: int
    all_people: int
    of_all: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share among these people, 0–1."""
        return self.people / self.of_people

    @property
    def share_of_all(self) -> float:
        """The share among all, 0–1."""
        return self.all_people / self.of_all

    @property
    def index(self) -> float:
        """The target group index: 100 × share / share of all; 100 for no difference."""
        return 100 * self.share / self.share_of_all

    @property
    def lift(self) -> float | None:
        """The share here over the share among the others; None where none of them has it."""
        others = (self.all_people - self.people) / (self.of_all - self.of_people)
        return self.share / others if others else None

    @property
    def telling(self) -> float:
        """By how much the shares differ at least: the end of the interval that is nearer to 0; 0 where 0 lies in it."""
        return max(0.0, self.low, -self.high)

    def shown_name(self) -> str:
        """Give what the value is of, in the reader's language."""
        return self.name or _(_FACETS[self.facet])

    def shown_value(self) -> str:
        """Give the value, in the reader's language."""
        if self.label:
            return _(self.label)
        return f"{int(self.value):02}:00" if self.facet == "hour" else self.value

    def sentence(self) -> str:
        """Say it, in the reader's language."""
        facts = {"name": self.shown_name(), "value": self.shown_value(), "share": percent(self.share)}
        everybody = {"all": percent(self.share_of_all), "index": count(round(self.index))}
        return _("{name} {value}: {share} of these people, {all} of all (index {index}).", **facts, **everybody)

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values; name and value as they are shown, too."""
        figures = {"share": self.share, "share_of_all": self.share_of_all, "index": self.index, "lift": self.lift}
        shown = {"shown_name": self.shown_name(), "shown_value": self.shown_value(), "sentence": self.sentence()}
        return {**vars(self), **figures, "telling": self.telling, **shown}


@dataclass(frozen=True)
class PortraitResult:
    """A portrait.

    Attributes:
        what: the segment, the tier (``scheme/key``), or the rule as JSON values.
        as_of: the moment as of which; aware, in UTC.
        people: how many are in it.
        total: how many people there are.
        signs: the most telling first; none where nobody is in it, or everybody.
        smallest: how many people have to have a value for it to be told.
    """

    what: str | dict[str, Any] = field(hash=False)
    as_of: datetime
    people: int
    total: int
    signs: tuple[Sign, ...]
    smallest: int

    def of(self, facet: Facet, name: str = "") -> tuple[Sign, ...]:
        """Give the signs of one facet, or of one trait or scheme, the most telling first."""
        return tuple(one for one in self.signs if one.facet == facet and name in {"", one.name})

    def report(self) -> tuple[str, ...]:
        """Say what is most telling, in sentences in the reader's language; what marks nobody is left out."""
        telling = [one for one in self.signs if one.telling > 0]
        if not telling:
            return (_("Nothing that is known tells these people from others."),)
        return tuple(one.sentence() for one in telling[:REPORTED])

    def masked(self, mask: Callable[[str, str], str]) -> PortraitResult:
        """Give it with the values of traits masked.

        Args:
            mask: takes the name of a trait and a value.
        """
        signs = tuple(replace(one, value=mask(one.name, one.value)) if one.facet == "trait" else one for one in self.signs)
        return replace(self, signs=signs)

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {
            "what": self.what,
            "as_of": self.as_of.isoformat(),
            "people": self.people,
            "total": self.total,
            "smallest": self.smallest,
            "signs": [one.to_dict() for one in self.signs],
            "report": list(self.report()),
        }
