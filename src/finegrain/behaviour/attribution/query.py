"""The question that attribution answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from finegrain.behaviour.errors import BadQueryError
from finegrain.behaviour.queries.contract import EventMatch, Query
from finegrain.behaviour.queries.durations import read_duration
from finegrain.behaviour.queries.limits import check_within
from finegrain.behaviour.queries.matching import MOST_MATCHERS
from finegrain.i18n import Phrase

Model = Literal["first", "last", "linear", "position", "decay"]
MODELS: tuple[Model, ...] = ("first", "last", "linear", "position", "decay")
MOST_TOUCHES = 10_000
"""Touches of one conversion that count, the newest ones: what a robot does does not make everybody wait."""
MOST_NAMES = 100


@dataclass(frozen=True, kw_only=True)
class AttributionQuery(Query):
    """Ask to which touches conversions are owed.

    Every event that matches ``conversion`` in the period is one conversion. Its touches are the events of the same person (or
    session, or group) that match any of ``touches``, lie no longer than ``lookback`` before it, that bound included, and come
    before it: earlier, or at the same instant but arrived earlier. They may lie before the period. One event is one touch, the
    first of ``touches`` that it matches; of one conversion the newest 10,000 count.

    A touch is called by its label; or, with ``name_by``, by the value of that property, and an event without one, or with an
    empty one, is none. A conversion without a touch is owed to ``direct``.

    Weights of a conversion's touches, from oldest to newest: ``first`` and ``last`` give all to one; ``linear`` gives all the
    same; ``position`` gives 40 % to the first, 40 % to the last, and 20 % to those between in equal parts (of two touches each
    has half, a single one has all); ``decay`` halves the weight with each ``half_life`` by which a touch is older.

    Credits are whole millionths of a conversion, so that they add up exactly and are the same on every engine. The weights of
    the same name are added, ``w`` of ``W`` in all, and a name gets ⌊10⁶ w / W⌋; the millionths that are left go one each to the
    names with the largest remainders, of equal ones to the first name (the largest remainder method of Hamilton). Money is
    shared likewise by these credits, in minor units; of a negative amount the shares are those of the positive one.

    The weight of decay is a whole number, so that sums do not depend on their order. The age of a touch is how much older it is
    than the conversion's newest one. It is cut into whole half-lives ``q`` and the rest, in whole 2²⁰ths of a half-life, written
    as 1024 a + b. With A = round(2²⁴ · 2^(−a/1024)) and B = round(2²⁴ · 2^(−b/2²⁰)), it is ⌊A · B / 2^(24 + q)⌋.

    Attributes:
        conversion: the event to be explained.
        touches: 1 to 31 events; in this order they are told.
        models: which to tell, side by side, each once.
        lookback: how long before the conversion a touch counts.
        half_life: of the model ``decay``.
        name_by: a property of the touches whose values are told instead of their labels.
        limit: values of ``name_by`` that are told by themselves, 1 to 100: those with the most touches in the period and the
            look-back before it, of equally frequent ones the first in order of their texts. The others are one, ``other``.
        money: a numeric property of the conversion that is shared out, in major units of the project's currency; rounded half
            away from zero to minor units. A conversion without it, or beyond 4.6 · 10¹², counts 0 and is told.
    """

    conversion: EventMatch
    touches: tuple[EventMatch, ...]
    models: tuple[Model, ...] = MODELS
    lookback: str = "30d"
    half_life: str = "7d"
    name_by: str = ""
    limit: int = 20
    money: str = ""

    @property
    def lookback_us(self) -> int:
        """The look-back, in microseconds."""
        return read_duration(self.lookback, "lookback")

    @property
    def half_life_us(self) -> int:
        """The half-life, in microseconds."""
        return read_duration(self.half_life, "half_life")

    @property
    def matchers(self) -> tuple[EventMatch, ...]:
        """The conversion, then the touches, in the order of their bits."""
        return (self.conversion, *self.touches)

    def check(self) -> None:
        """Refuse what no attribution can be asked.

        Raises:
            BadQueryError: it names the field, its value, and what is allowed.
        """
        most = MOST_MATCHERS - 1
        check_within("touches", len(self.touches), 1, most, Phrase("{low} to {high} touches", low=1, high=most))
        if not self.models or len(set(self.models)) < len(self.models):
            allowed = Phrase("one or several models, each once")
            raise BadQueryError(field="models", value=", ".join(self.models) or "[]", allowed=allowed)
        read_duration(self.lookback, "lookback")
        read_duration(self.half_life, "half_life")
        allowed = Phrase("a whole number from {low} to {high}", low=1, high=MOST_NAMES)
        check_within("limit", self.limit, 1, MOST_NAMES, allowed)
        if self.unit == "events":
            allowed = Phrase("people, sessions or groups: whose touches a conversion can be owed to")
            raise BadQueryError(field="unit", value=self.unit, allowed=allowed)
        self._check_names()

    def _check_names(self) -> None:
        names = [touch.name for touch in self.touches]
        for place, name in enumerate(names):
            if not self.name_by and name in names[:place]:
                allowed = Phrase("a label that no touch before it has")
                raise BadQueryError(field=f"touches[{place}].label", value=name, allowed=allowed)
