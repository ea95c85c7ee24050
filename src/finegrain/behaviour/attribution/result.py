"""What attribution says: conversions and money by touch, all models side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from finegrain.behaviour.attribution.contract import WHOLE
from finegrain.behaviour.queries.result import Asked, Frames, Group, groups_of
from finegrain.i18n import N_, _
from finegrain.money import Money

if TYPE_CHECKING:
    import pyarrow as pa

    from finegrain.behaviour.attribution.contract import Credits, TouchKind
    from finegrain.behaviour.attribution.query import AttributionQuery
    from finegrain.behaviour.queries.result import Mask
    from finegrain.behaviour.queries.scope import Scope

_KIND_NAMES = {"other": N_("Other"), "direct": N_("Direct")}


@dataclass(frozen=True)
class Credit:
    """What one model gives to one touch.

    Attributes:
        conversions: credited conversions; in all touches together they are all conversions.
        share: of all conversions; None where there are none.
        credited: how many conversions the touch has any credit of.
        actors: how many different people (or groups, where the unit is groups) made these.
        money: credited money; None where the query names none.
    """

    conversions: float
    share: float | None
    credited: int
    actors: int
    money: Money | None

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values; money in minor units."""
        return {**vars(self), "money": None if self.money is None else self.money.amount_minor}


@dataclass(frozen=True)
class TouchCredits:
    """One touch with what each model gives to it.

    Attributes:
        kind: whether it is one touch, the rarer ones together, or ``direct``: no touch at all.
        touch: its name; empty for the other kinds.
        by_model: one a model, in the order of the query's.
    """

    kind: TouchKind
    touch: str
    by_model: dict[str, Credit]

    @property
    def name(self) -> str:
        """The name to show, in the reader's language."""
        return self.touch if self.kind == "touch" else _(_KIND_NAMES[self.kind])

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        models = {model: credit.to_dict() for model, credit in self.by_model.items()}
        return {"kind": self.kind, "touch": self.touch or None, "name": self.name, "by_model": models}


@dataclass(frozen=True)
class AttributionGroup:
    """The conversions of one group of the breakdown.

    Attributes:
        group: which.
        conversions: how many there are.
        actors: how many different people (or groups) made them.
        amount: their money; None where the query names none.
        without_amount: conversions whose amount is missing or no number; they count 0.
        touches: the touches told by themselves, then, with ``name_by``, the others, then ``direct``.
    """

    group: Group
    conversions: int
    actors: int
    amount: Money | None
    without_amount: int
    touches: tuple[TouchCredits, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values; money in minor units."""
        return {
            "group": self.group.to_dict(),
            "conversions": self.conversions,
            "actors": self.actors,
            "amount": None if self.amount is None else self.amount.amount_minor,
            "without_amount": self.without_amount,
            "touches": [touch.to_dict() for touch in self.touches],
        }


@dataclass(frozen=True, repr=False, eq=False)
class AttributionResult(Frames):
    """The answer about attribution.

    Attributes:
        asked: the question and its scope.
        currency: of all money.
        total: all conversions.
        groups: by group of the breakdown, empty without one. Which touches are told is the same in all of them.
    """

    asked: Asked
    currency: str
    total: AttributionGroup
    groups: tuple[AttributionGroup, ...]

    def masked(self, mask: Mask) -> AttributionResult:
        """Give the answer where personal data may not be seen: values that name groups and touches as ``mask`` shows them."""
        name_by, result = cast("AttributionQuery", self.asked.query).name_by, super().masked(mask)
        if not name_by:
            return result
        total, *groups = (_masked(one, name_by, mask) for one in (result.total, *result.groups))
        return replace(result, total=total, groups=tuple(groups))

    def to_dict(self) -> dict[str, Any]:
        """Give the answer as JSON values; money in minor units."""
        groups = [group.to_dict() for group in self.groups]
        return {**self.asked.to_dict(), "currency": self.currency, **self.total.to_dict(), "groups": groups}

    def to_arrow(self) -> pa.Table:
        """Give one row a group, touch and model: its credit, ``money`` in major units."""
        import pyarrow as pa

        rows = [
            {
                "group": one.group.name,
                "touch": touch.name,
                "model": model,
                **vars(credit),
                "money": None if credit.money is None else float(credit.money.major),
            }
            for one in (self.total, *self.groups)
            for touch in one.touches
            for model, credit in touch.by_model.items()
        ]
        return pa.Table.from_pylist(rows)

    def __repr__(self) -> str:
        touches = ", ".join(
            f"{touch.name} " + "/".join(f"{credit.conversions:,.1f}" for credit in touch.by_model.values())
            for touch in self.total.touches
        )
        return f"AttributionResult({self.asked.first}..{self.asked.last}: {self.total.conversions:,} conversions: {touches})"


def attribution_result(query: AttributionQuery, scope: Scope, found: Credits) -> AttributionResult:
    """Make the answer of what was shared out."""
    names = groups_of(found.groups) if found.groups.broken_down else ()
    groups = tuple(_group(query, scope, found, slot, name) for slot, name in enumerate(names, start=1))
    return AttributionResult(Asked.of(query, scope), scope.currency, _group(query, scope, found, 0, Group("all")), groups)


def _masked(group: AttributionGroup, name_by: str, mask: Mask) -> AttributionGroup:
    touches = (replace(one, touch=mask("event", name_by, one.touch)) if one.kind == "touch" else one for one in group.touches)
    return replace(group, touches=tuple(touches))


def _group(query: AttributionQuery, scope: Scope, found: Credits, slot: int, group: Group) -> AttributionGroup:
    kinds: list[tuple[TouchKind, str]] = [("touch", name) for name in found.touches]
    kinds += [("other", ""), ("direct", "")]
    # Without ``name_by`` every touch is told by itself.
    told = [(place, *kind) for place, kind in enumerate(kinds) if query.name_by or kind[0] != "other"]
    return AttributionGroup(
        group=group,
        conversions=int(found.conversions[slot]),
        actors=int(found.actors[slot]),
        amount=Money(scope.currency, int(found.amount_minor[slot])) if query.money else None,
        without_amount=int(found.without_amount[slot]),
        touches=tuple(TouchCredits(kind, name, _by_model(query, scope, found, slot, place)) for place, kind, name in told),
    )


def _by_model(query: AttributionQuery, scope: Scope, found: Credits, slot: int, place: int) -> dict[str, Credit]:
    every = int(found.conversions[slot])
    models: dict[str, Credit] = {}
    for number, model in enumerate(query.models):
        credit = int(found.credit[slot, number, place])
        models[model] = Credit(
            conversions=credit / WHOLE,
            share=credit / (WHOLE * every) if every else None,
            credited=int(found.credited[slot, number, place]),
            actors=int(found.credited_actors[slot, number, place]),
            money=Money(scope.currency, int(found.credit_minor[slot, number, place])) if query.money else None,
        )
    return models
