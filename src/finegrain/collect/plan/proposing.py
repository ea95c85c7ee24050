"""Makes a declaration out of what has been seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.collect.plan.checker import is_own
from finegrain.collect.plan.contract import MAX_NAME_CHARS, EventPlan, PropertyRule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from finegrain.collect.catalogue.contract import CataloguedProperty
    from finegrain.collect.plan.contract import DeclaredType


def propose(event: str, properties: Iterable[CataloguedProperty]) -> EventPlan:
    """Declare ``event`` as it has been sent so far: nothing that was seen violates the proposal.

    A property has the type that all of its values had, or any; it is required where every event carried it with a value. The
    SDKs' own properties, and names too long for a plan, are left out.
    """
    rules = [
        PropertyRule(each.name, type=_type(each), required=each.share == 1 and "null" not in each.kinds)
        for each in properties
        if not is_own(each.name) and each.name.strip() and len(each.name) <= MAX_NAME_CHARS
    ]
    return EventPlan(event, properties=tuple(sorted(rules, key=lambda rule: (not rule.required, rule.name))))


def _type(seen: CataloguedProperty) -> DeclaredType:
    kinds = set(seen.kinds) - {"null"}
    if kinds == {"text", "time"}:
        return "text"
    found = kinds.pop() if len(kinds) == 1 else "any"
    return "any" if found == "null" else found
