"""The table of what each role may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from finegrain.access.contract import Permission, Role
from finegrain.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

ROLES: tuple[Role, ...] = get_args(Role)
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)

GRANTS: Mapping[Role, frozenset[Permission]] = {
    "admin": frozenset(PERMISSIONS),
    "operator": frozenset(
        {"query:read", "people:read", "people:write", "data:write", "dashboard:write", "goal:write", "strategy:write"}
    ),
    "analyst": frozenset({"query:read", "people:read", "dashboard:write"}),
    "viewer": frozenset({"query:read"}),
}

ROLE_LABELS: Mapping[Role, str] = {
    "admin": N_("Administrator"),
    "operator": N_("Operator"),
    "analyst": N_("Analyst"),
    "viewer": N_("Viewer"),
}

ROLE_HELP: Mapping[Role, str] = {
    "admin": N_("Does everything, and says who else may."),
    "operator": N_("Imports data, sets tiers and runs strategies."),
    "analyst": N_("Sees and asks everything, and changes nothing that reaches people."),
    "viewer": N_("Sees figures; names, e-mail addresses and phone numbers are masked."),
}

PERMISSION_HELP: Mapping[Permission, str] = {
    "collect": N_("send events"),
    "query:read": N_("see and ask for figures"),
    "people:read": N_("see personal data unmasked"),
    "people:write": N_("change people: unmerge, set traits, erase"),
    "data:write": N_("import data, replay refused items, plan what is tracked, set tiers"),
    "dashboard:write": N_("make, arrange and delete dashboards"),
    "goal:write": N_("set, change and delete goals"),
    "strategy:write": N_("keep segments and run strategies"),
    "admin": N_("manage users, tokens, sources and settings"),
}
