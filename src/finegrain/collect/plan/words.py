"""The words of the tracking plan, as tables and sentences name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.i18n import N_

if TYPE_CHECKING:
    from finegrain.collect.plan.contract import DeclaredType, EventStatus, Undeclared, ViolationKind

TYPE_NAMES: dict[DeclaredType, str] = {
    "any": N_("anything"),
    "text": N_("text"),
    "number": N_("number"),
    "integer": N_("whole number"),
    "boolean": N_("true or false"),
    "time": N_("time"),
    "list": N_("list"),
    "object": N_("object"),
}
WANTED: dict[DeclaredType, str] = {
    "any": N_("anything"),
    "text": N_("a text"),
    "number": N_("a number"),
    "integer": N_("a whole number"),
    "boolean": N_("true or false"),
    "time": N_("a time in ISO form"),
    "list": N_("a list"),
    "object": N_("an object"),
}
STATUS_NAMES: dict[EventStatus, str] = {"planned": N_("planned"), "blocked": N_("blocked")}
ACTION_NAMES: dict[Undeclared, str] = {"allow": N_("allowed"), "show": N_("shown"), "refuse": N_("refused")}
VIOLATION_NAMES: dict[ViolationKind, str] = {
    "blocked": N_("blocked event"),
    "undeclared_event": N_("undeclared event"),
    "missing": N_("missing property"),
    "wrong_type": N_("wrong type"),
    "not_allowed": N_("value not allowed"),
    "undeclared_property": N_("undeclared property"),
}
