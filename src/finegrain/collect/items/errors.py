"""What can go wrong with items."""

from __future__ import annotations

from finegrain.errors import NotFoundError
from finegrain.i18n import N_


class UnknownItemError(NotFoundError):
    """There is no item of that type and id."""

    code = "unknown_item"
    problem = N_("There is no item “{item}” of the type “{type}”.")
    remedy = N_("The types are: {known}. List the items of one with `finegrain items list --type TYPE`.")
