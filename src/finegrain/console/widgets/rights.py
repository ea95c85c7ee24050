"""What a page does with a control that the role of its reader may not use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.access.acting import current_actor
from finegrain.access.roles import GRANTS, ROLE_LABELS
from finegrain.i18n import _

if TYPE_CHECKING:
    from nicegui.elements.mixins.disableable_element import DisableableElement

    from finegrain.access.contract import Permission


def may(permission: Permission) -> bool:
    """Say whether the reader of this page has ``permission``."""
    return current_actor().may(permission)


def reserved(permission: Permission, *controls: DisableableElement) -> bool:
    """Disable controls for a reader who lacks ``permission``, with a hint whom to ask; say whether they are disabled.

    The services refuse in any case; this only spares the reader an error.
    """
    if may(permission):
        return False
    for control in controls:
        control.disable()
        control.props["title"] = rights_hint(permission)  # a browser shows it of a disabled button, too
    return True


def rights_hint(permission: Permission) -> str:
    """Say which roles may do what takes ``permission``."""
    roles = _(", ").join(_(ROLE_LABELS[role]) for role, granted in GRANTS.items() if permission in granted)
    return _("Your role may not do this. Roles that may: {roles}.", roles=roles)
