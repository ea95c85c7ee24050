"""What can go wrong with the catalogue."""

from __future__ import annotations

from finegrain.errors import NotFoundError
from finegrain.i18n import N_


class UnknownEventError(NotFoundError):
    """No event of that name has been seen."""

    code = "unknown_event"
    problem = N_("No event named “{name}” has been seen.")
    remedy = N_("Look at the names with `finegrain catalogue`; upper and lower case differ.")
