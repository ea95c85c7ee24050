"""What a condition found of one person, in the reader's language: the figure, the time, the tier."""

from __future__ import annotations

from datetime import date
from math import isnan
from typing import TYPE_CHECKING, Any

from finegrain.audience.rules import conditions
from finegrain.audience.rules.contract import (
    Consented,
    Did,
    FirstTime,
    HasTrait,
    InSegment,
    InTier,
    LastTime,
    Messaged,
    Moved,
    Ordered,
    Predicted,
    Reachable,
    Sequence,
)
from finegrain.behaviour.contract import NEVER
from finegrain.i18n import _
from finegrain.zones import from_us

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from finegrain.audience.rules.contract import Rule
    from finegrain.audience.rules.evaluating import Evaluation
    from finegrain.audience.rules.ground import Ground


def actual(evaluation: Evaluation, condition: Rule) -> str:
    """Give what a condition found of one person.

    Args:
        evaluation: of one person.
        condition: no group.
    """
    if isinstance(condition, InSegment):
        return _("yes") if evaluation.passing(condition).has(0) else _("no")
    return _ACTUAL[type(condition)](evaluation.ground, condition)


def _number(value: float) -> str:
    return _("none") if isnan(value) else f"{value:,.2f}".rstrip("0").rstrip(".")


def _time(ground: Ground, us: int) -> str:
    return _("never") if us == NEVER else f"{from_us(us).astimezone(ground.moment.zone.info):%Y-%m-%d %H:%M}"


def _trait(ground: Ground, condition: HasTrait) -> str:
    column = ground.trait(condition.trait).text()
    code = int(column.codes[0])
    return _("no value") if code < 0 else str(column.texts[code])


def _tier(ground: Ground, condition: InTier) -> str:
    first = condition.tier if isinstance(condition.tier, str) else condition.tier[0]
    at = ground.moment.zone.day_start(date.fromisoformat(condition.at)) if condition.at else ground.moment.as_of
    return _tier_at(ground, first.partition("/")[0], min(at, ground.moment.as_of))


def _tier_at(ground: Ground, scheme: str, at: datetime) -> str:
    keys, codes = ground.tiers(scheme, at)
    return f"{scheme}/{keys[int(codes[0])]}"


def _moved(ground: Ground, condition: Moved) -> str:
    return " → ".join(_tier_at(ground, condition.moved, at) for at in conditions.span(ground, condition))


def _said(ground: Ground, channel: str, purpose: str) -> str:
    said = float(conditions.consent(ground, channel, purpose)[0])
    return {conditions.YES: _("said yes"), conditions.NO: _("said no")}.get(said, _("said nothing"))


def _reach(ground: Ground, condition: Reachable) -> str:
    there = conditions.has_address(ground, condition.reachable)[0]
    address = _("has an address") if there else _("has no address")
    return _("{address}, {said}", address=address, said=_said(ground, condition.reachable, condition.purpose))


_ACTUAL: dict[type[Rule], Callable[[Ground, Any], str]] = {
    HasTrait: _trait,
    Did: lambda ground, one: _number(float(conditions.did(ground, one)[0])),
    FirstTime: lambda ground, one: _time(ground, int(ground.times(one.first_time)[0][0])),
    LastTime: lambda ground, one: _time(ground, int(ground.times(one.last_time)[1][0])),
    Sequence: lambda ground, one: _time(ground, int(conditions.sequence(ground, one)[0])),
    Ordered: lambda ground, one: _number(float(conditions.ordered(ground, one)[0])),
    InTier: _tier,
    Moved: _moved,
    Consented: lambda ground, one: _said(ground, one.consent, one.purpose),
    Reachable: _reach,
    Messaged: lambda ground, one: _number(float(conditions.messaged(ground, one)[0])),
    Predicted: lambda _ground, _one: _("none"),
}
