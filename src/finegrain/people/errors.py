"""What can go wrong with people."""

from __future__ import annotations

from finegrain.errors import InputError, NotFoundError
from finegrain.i18n import N_


class UnknownPersonError(NotFoundError):
    """Nobody has this id."""

    code = "unknown_person"
    problem = N_("Nobody has the id “{person}”.")
    remedy = N_("Look the person up with `finegrain people list --search TEXT` or on the People page.")


class UnknownEdgeError(NotFoundError):
    """No link has this number."""

    code = "unknown_link"
    problem = N_("There is no link with the number {edge}.")
    remedy = N_("See the numbers of a person's links with `finegrain people links ID` or on the person's page.")


class BadConsentError(InputError):
    """What was said cannot be kept as it was given."""

    code = "bad_consent"
    problem = N_("The consent’s {field} is “{value}”, which it cannot be.")
    remedy = N_("Give {least} to {most} printable characters.")
