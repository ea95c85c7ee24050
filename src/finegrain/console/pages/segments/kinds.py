"""The kinds of conditions as the builder offers them, and when one says enough."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from finegrain.i18n import N_


@dataclass(frozen=True)
class ConditionKind:
    """One kind of condition.

    Attributes:
        name: the field that tells what condition it is.
        label: English, translated where it is shown.
        help_: likewise: whom it means.
        icon: name of a Material icon.
        start: the JSON values of a new one.
        needed: the fields without which it says nothing.
    """

    name: str
    label: str
    help_: str
    icon: str
    start: dict[str, Any]
    needed: tuple[str, ...] = field(default=())


_KIND = ConditionKind
_SEQUENCE: tuple[dict[str, Any], tuple[str, ...]] = ({"after": "", "then": "", "within": "7d"}, ("after", "then", "within"))
CONDITION_KINDS = (
    _KIND("trait", N_("Trait"), N_("what is known of the person"), "badge", {"trait": ""}, ("trait",)),
    _KIND("event", N_("Behaviour"), N_("did something so often, or not at all"), "bolt", {"event": ""}, ("event",)),
    _KIND("orders", N_("Orders"), N_("purchases, revenue, days since the last one"), "shopping_bag", {"orders": "purchases"}),
    _KIND("tier", N_("Tier"), N_("is in one of these tiers"), "layers", {"tier": []}, ("tier",)),
    _KIND("moved", N_("Tier change"), N_("moved from one tier to another"), "swap_vert", {"moved": ""}, ("moved",)),
    _KIND("messages", N_("Messages"), N_("was reached so often, opened, clicked"), "mail", {"messages": "delivered"}),
    _KIND(
        "reachable", N_("Reach"), N_("has an address and did not refuse"), "contact_mail", {"reachable": "email"}, ("reachable",)
    ),
    _KIND("consent", N_("Consent"), N_("said yes to a channel"), "verified_user", {"consent": "email"}, ("consent",)),
    _KIND("segment", N_("Segment"), N_("is in another segment"), "groups", {"segment": ""}, ("segment",)),
    _KIND("first_time", N_("First time"), N_("did it for the first time of all"), "flag", {"first_time": ""}, ("first_time",)),
    _KIND("last_time", N_("Last time"), N_("did it, and not since"), "history", {"last_time": ""}, ("last_time",)),
    _KIND("after", N_("Sequence"), N_("did one thing, and then another, or not"), "timeline", *_SEQUENCE),
    _KIND("predicted", N_("Prediction"), N_("a figure that is predicted"), "insights", {"predicted": ""}, ("predicted",)),
)
KIND: dict[str, ConditionKind] = {kind.name: kind for kind in CONDITION_KINDS}
OFFERED = tuple(kind for kind in CONDITION_KINDS if kind.name != "predicted")
"""Those that can be added; nothing is predicted yet."""


def is_complete(values: dict[str, Any]) -> bool:
    """Say whether a condition says enough to be asked for.

    Examples:
        >>> is_complete({"trait": "city", "value": "Ulm"}), is_complete({"trait": "city"}), is_complete({"event": ""})
        (True, False, False)
    """
    kind = next(kind for kind in CONDITION_KINDS if kind.name in values)
    first, dots, last = str(values.get("period", "all")).partition("..")
    return (
        all(_says(values.get(name)) for name in kind.needed)
        and (values.get("measure") != "sum" or _says(values.get("property")))
        and (kind.name != "trait" or values.get("op") in {"exists", "not_exists"} or _is_value(values.get("value")))
        and ("value" not in values or _is_value(values["value"]) or values.get("op") in {"exists", "not_exists"})
        and bool(first and (last or not dots))
    )


def _says(value: Any) -> bool:
    """Say whether a field holds a name, names, or an event with one."""
    return _says(value.get("event")) if isinstance(value, dict) else bool(value)


def _is_value(value: Any) -> bool:
    return bool(value) and None not in value if isinstance(value, list) else value is not None
