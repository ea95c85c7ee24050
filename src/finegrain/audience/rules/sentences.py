"""Rules as a sentence, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finegrain.audience.rules.contract import (
    All,
    AnyOf,
    Consented,
    Did,
    EventMatch,
    Filter,
    FirstTime,
    HasTrait,
    InSegment,
    InTier,
    LastTime,
    Messaged,
    Moved,
    Not,
    Ordered,
    Predicted,
    Reachable,
    Rule,
    Sequence,
)
from finegrain.audience.rules.words import (
    comparison,
    duration_text,
    filter_text,
    in_period,
    message_text,
    names_text,
    order_figure_text,
    scheme_text,
    tier_text,
    trait_text,
)
from finegrain.behaviour.queries.contract import ANY_EVENT
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable


def sentence(rule: Rule) -> str:
    """Give a rule as a sentence in the reader's language; groups inside groups stand in brackets.

    Examples:
        >>> from finegrain.audience.rules.builder import rule
        >>> sentence(rule.trait("city").is_("Ulm") & ~rule.tier("rfm/lost"))
        'city is “Ulm”, and not (in the tier “RFM · Lost”)'
    """
    match rule:
        case All(rules):
            return _(", and ").join(map(_part, rules)) if rules else _("everybody")
        case AnyOf(rules):
            return _(", or ").join(map(_part, rules))
        case Not(inner):
            return _("not ({rule})", rule=sentence(inner))
    told: str = _SENTENCES[type(rule)](rule)
    return told


def _part(rule: Rule) -> str:
    told = sentence(rule)
    return _("({rule})", rule=told) if isinstance(rule, All | AnyOf) and len(rule.rules) > 1 else told


def event_text(match: EventMatch) -> str:
    """Give which events are meant, with the conditions on them."""
    names = (match.event,) if isinstance(match.event, str) else match.event
    told = _("any event") if ANY_EVENT in names else names_text([_("“{value}”", value=name) for name in names])
    if not match.filters:
        return told
    joint = _(" or ") if match.match == "any" else _(" and ")
    return _("{event} where {filters}", event=told, filters=joint.join(map(_filter, match.filters)))


def _filter(condition: Filter) -> str:
    return filter_text(condition.property, condition.op, condition.value)


def _did(rule: Did) -> str:
    event, number = event_text(rule.event), comparison(rule.op, rule.value)
    if rule.measure == "sum":
        told = _("the sum of {property} over {event} is {number}", property=rule.property, event=event, number=number)
    elif rule.measure == "days":
        told = _("days with {event}: {number}", event=event, number=number)
    elif (rule.op, rule.value) == ("gte", 1):
        told = _("did {event}", event=event)
    elif (rule.op, rule.value) == ("is", 0):
        told = _("did not do {event}", event=event)
    else:
        told = _("times of {event}: {number}", event=event, number=number)
    return in_period(told, rule.period)


def _first_time(rule: FirstTime) -> str:
    return in_period(_("did {event} for the first time", event=event_text(rule.first_time)), rule.period)


def _last_time(rule: LastTime) -> str:
    return in_period(_("did {event} for the last time", event=event_text(rule.last_time)), rule.period)


def _sequence(rule: Sequence) -> str:
    facts = {"after": event_text(rule.after), "then": event_text(rule.then), "within": duration_text(rule.within)}
    if rule.happened:
        return in_period(_("did {after}, then {then} within {within}", **facts), rule.period)
    return in_period(_("did {after}, and no {then} within {within}", **facts), rule.period)


def _ordered(rule: Ordered) -> str:
    figure, number = order_figure_text(rule.orders), comparison(rule.op, rule.value)
    return in_period(_("{figure} {number}", figure=figure, number=number), rule.period)


def _in_tier(rule: InTier) -> str:
    tiers = (rule.tier,) if isinstance(rule.tier, str) else rule.tier
    told = names_text([tier_text(*one.partition("/")[::2]) for one in tiers])
    return _("on {day} in the tier {tier}", day=rule.at, tier=told) if rule.at else _("in the tier {tier}", tier=told)


def _moved(rule: Moved) -> str:
    was, now = (
        names_text([tier_text(rule.moved, key) for key in keys]) if keys else _("any other") for keys in (rule.was, rule.now)
    )
    return in_period(_("moved from {was} to {now} ({scheme})", was=was, now=now, scheme=scheme_text(rule.moved)), rule.period)


def _messaged(rule: Messaged) -> str:
    told = message_text(rule.messages)
    if rule.channel:
        told = _("{messages} on {channel}", messages=told, channel=rule.channel)
    return in_period(_("{figure}: {number}", figure=told, number=comparison(rule.op, rule.value)), rule.period)


_SENTENCES: dict[type[Rule], Callable[[Any], str]] = {
    HasTrait: lambda rule: trait_text(rule.trait, rule.op, rule.value),
    Did: _did,
    FirstTime: _first_time,
    LastTime: _last_time,
    Sequence: _sequence,
    Ordered: _ordered,
    InTier: _in_tier,
    Moved: _moved,
    InSegment: lambda rule: _("in the segment “{name}”", name=rule.segment),
    Consented: lambda rule: _("agreed to {channel} for {purpose}", channel=rule.consent, purpose=rule.purpose),
    Reachable: lambda rule: _("reachable on {channel} for {purpose}", channel=rule.reachable, purpose=rule.purpose),
    Messaged: _messaged,
    Predicted: lambda rule: _("predicted {name} {number}", name=rule.predicted, number=comparison(rule.op, rule.value)),
}
