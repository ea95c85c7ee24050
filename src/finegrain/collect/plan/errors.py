"""What can go wrong with a tracking plan."""

from __future__ import annotations

from finegrain.errors import InputError, NotFoundError
from finegrain.i18n import N_


class BadPlanError(InputError):
    """A declaration cannot be used."""

    code = "bad_plan"
    problem = N_("{place} is {value}, which a tracking plan cannot hold.")
    remedy = N_("Give {allowed}.")


class NotJsonPlanError(InputError):
    """A file with a tracking plan is not JSON."""

    code = "not_json_plan"
    problem = N_("The tracking plan is not readable JSON in UTF-8: {reason}.")
    remedy = N_("Correct the file; `finegrain plan export` shows what one looks like.")


class UndeclaredEventError(NotFoundError):
    """An event is not declared."""

    code = "undeclared_event"
    problem = N_("The tracking plan does not declare an event named “{event}”.")
    remedy = N_("Look at the declared events with `finegrain plan show`.")
