"""The words of the sentences about rules: comparisons, periods, filters, in the reader's language."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from finegrain.audience.tiers.compute import resolve
from finegrain.audience.tiers.schemes import REGISTRY
from finegrain.behaviour.queries.conditions import several
from finegrain.i18n import N_, _, ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finegrain.audience.rules.contract import MessageKind, NumberOperator, Numbers, OrderFigure, Scalar

_COMPARED = {
    "is": N_("exactly {value}"),
    "is_not": N_("not {value}"),
    "gt": N_("more than {value}"),
    "gte": N_("at least {value}"),
    "lt": N_("less than {value}"),
    "lte": N_("at most {value}"),
    "between": N_("from {low} to {high}"),
}
_FILTERS = {
    "is": N_("{name} is {value}"),
    "is_not": N_("{name} is not {value}"),
    "contains": N_("{name} contains {value}"),
    "not_contains": N_("{name} does not contain {value}"),
    "matches": N_("{name} matches {value}"),
    "not_matches": N_("{name} does not match {value}"),
    "gt": N_("{name} is more than {value}"),
    "gte": N_("{name} is at least {value}"),
    "lt": N_("{name} is less than {value}"),
    "lte": N_("{name} is at most {value}"),
    "between": N_("{name} is from {low} to {high}"),
    "before": N_("{name} is before {value}"),
    "after": N_("{name} is after {value}"),
    "exists": N_("{name} has a value"),
    "not_exists": N_("{name} has no value"),
    "within_last": N_("{name} lies within the last {value} days"),
    "more_than_ago": N_("{name} lies before the last {value} days"),
    "within_next": N_("{name} lies within the next {value} days"),
    "anniversary": N_("{name} has its anniversary within the next {value} days"),
}
_FIGURES = {
    "purchases": N_("number of purchases"),
    "revenue": N_("revenue"),
    "average_order_value": N_("average order value"),
    "days_since_first_purchase": N_("days since the first purchase"),
    "days_since_last_purchase": N_("days since the last purchase"),
}
_MESSAGES = {
    "sent": N_("messages sent"),
    "delivered": N_("messages that arrived"),
    "opened": N_("messages opened"),
    "clicked": N_("messages clicked"),
}
_COUNTED = re.compile(r"(\d+)([dwm])")
_NAMED = {
    "today": N_("{what}, today"),
    "yesterday": N_("{what}, yesterday"),
    "this_month": N_("{what}, this month"),
    "last_month": N_("{what}, last month"),
}


def comparison(op: NumberOperator, value: Numbers) -> str:
    """Give a comparison with a number: ``at least 3``."""
    return _told(_COMPARED[op], "", value)


def filter_text(name: str, op: str, value: Scalar | tuple[Scalar, ...] | None) -> str:
    """Give a condition on a property."""
    return _told(_FILTERS[op], name, value)


def trait_text(name: str, op: str, value: Scalar | tuple[Scalar, ...] | None) -> str:
    """Give a condition on a trait."""
    return filter_text(name, op, value)


def _told(template: str, name: str, value: Scalar | tuple[Scalar, ...] | None) -> str:
    values = several(value)
    facts = {"name": name, "value": _(" or ").join(map(_value, values)), "low": "", "high": ""}
    if len(values) > 1:
        facts |= {"low": _value(values[0]), "high": _value(values[1])}
    return _(template).format(**facts)


def _value(value: Scalar) -> str:
    if isinstance(value, bool):
        return _("true") if value else _("false")
    return _("“{value}”", value=value) if isinstance(value, str) else f"{value:,}"


def names_text(names: Sequence[str]) -> str:
    """Give several names, of which one is meant."""
    return _(" or ").join(names)


def order_figure_text(figure: OrderFigure) -> str:
    """Give the name of a figure of orders."""
    return _(_FIGURES[figure])


def message_text(kind: MessageKind) -> str:
    """Give what became of messages."""
    return _(_MESSAGES[kind])


def scheme_text(name: str) -> str:
    """Give a scheme by its name in the reader's language where it is built in, else as rules name it."""
    return _(REGISTRY[name].label) if name in REGISTRY else name


def tier_text(scheme: str, key: str) -> str:
    """Give a tier by its names in the reader's language where its scheme is built in, else as rules name it.

    Examples:
        >>> tier_text("lifecycle", "mature"), tier_text("my_own", "gold")
        ('“Life-cycle stage · Mature”', '“my_own/gold”')
    """
    name = _tier_names().get((scheme, key))
    return f"“{scheme}/{key}”" if name is None else _("“{scheme} · {tier}”", scheme=scheme_text(scheme), tier=_(name))


@cache
def _tier_names() -> dict[tuple[str, str], str]:
    """Give the English names of all tiers that the built-in schemes have, under any choice of thresholds."""
    found = {}
    for name, scheme in REGISTRY.items():
        for threshold in scheme.declared:
            for value in threshold.choices or (threshold.default,):
                tiers = scheme.tiers({**resolve(scheme), threshold.name: value})
                found.update({(name, tier.key): tier.name for tier in tiers})
    return found


def duration_text(text: str) -> str:
    """Give a length of time such as ``7d`` in words."""
    found = re.fullmatch(r"(\d+)([smhdw])", text)
    count, unit = (int(found[1]), found[2]) if found else (0, "")
    told = {
        "s": ngettext("{n} second", "{n} seconds", count),
        "m": ngettext("{n} minute", "{n} minutes", count),
        "h": ngettext("{n} hour", "{n} hours", count),
        "d": ngettext("{n} day", "{n} days", count),
        "w": ngettext("{n} week", "{n} weeks", count),
    }
    return told.get(unit, text)


def in_period(what: str, period: str) -> str:
    """Add to what somebody did when that was; nothing for all time."""
    counted = _COUNTED.fullmatch(period)
    if period == "all":
        return what
    if period in _NAMED:
        return _(_NAMED[period]).format(what=what)
    if counted is None:
        first, _dots, last = period.partition("..")
        return _("{what}, from {first} to {last}", what=what, first=first, last=last or first)
    return _counted(what, int(counted[1]), counted[2])


def _counted(what: str, n: int, unit: str) -> str:
    if unit == "d":
        return ngettext("{what}, in the last {n} day", "{what}, in the last {n} days", n, what=what)
    if unit == "w":
        return ngettext("{what}, in the last {n} week", "{what}, in the last {n} weeks", n, what=what)
    return ngettext("{what}, in the last {n} month", "{what}, in the last {n} months", n, what=what)
