"""What can go wrong with the server."""

from __future__ import annotations

from finegrain.errors import InputError, NotFoundError, StateError
from finegrain.i18n import N_


class AddressError(StateError):
    """The server cannot listen where it was told to."""

    code = "address"
    problem = N_("Cannot listen on {host}:{port}: {reason}.")
    remedy = N_("Stop what uses that port, or choose another with --port.")


class SlowBodyError(InputError):
    """A request did not arrive whole in time."""

    code = "slow_body"
    problem = N_("The request did not arrive whole within {limit_s} seconds.")
    remedy = N_("Send it again, in smaller parts if need be.")


class LongBodyError(InputError):
    """The body of a question is larger than any question."""

    code = "body_too_long"
    problem = N_("The body holds more than {limit} bytes.")
    remedy = N_("Ask with fewer values; name people by a tier or a segment.")


class LongQueryError(InputError):
    """The query of an address has more fields than any client sends."""

    code = "long_query"
    problem = N_("The address of the request has more than {limit} fields.")
    remedy = N_("Send the records in the body.")


class UnknownAddressError(NotFoundError):
    """There is nothing at an address below ``/api``."""

    code = "unknown_address"
    problem = N_("There is nothing at {path}.")
    remedy = N_("/openapi.json lists every address, and what it takes.")


class WrongMethodError(InputError):
    """An address below ``/api`` does not take the method of the request."""

    code = "wrong_method"
    problem = N_("{path} does not take {method}.")
    remedy = N_("It takes {allowed}; /openapi.json says what for.")
