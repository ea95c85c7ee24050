"""Errors of whole requests: what stood in the body cannot be taken apart into items."""

from __future__ import annotations

from finegrain.errors import InputError
from finegrain.i18n import N_


class WireError(InputError):
    """A request cannot be decoded; nothing of it is stored."""

    code = "wire"


class BodyTooLargeError(WireError):
    """The body, as sent or unpacked, is larger than the format allows."""

    code = "body_too_large"
    problem = N_("The body holds more than {limit} bytes, packed or unpacked.")
    remedy = N_("Send smaller batches.")


class TooManyValuesError(WireError):
    """The body holds more values than are taken at once, whatever its size."""

    code = "too_many_values"
    problem = N_("The body holds more than {limit} values.")
    remedy = N_("Send smaller batches.")


class TooManyItemsError(WireError):
    """The batch holds far more items than the format allows."""

    code = "too_many_items"
    problem = N_("The batch holds {found} items, and at most {limit} are taken at once.")
    remedy = N_("Send smaller batches.")


class NotJsonError(WireError):
    """The body is no JSON."""

    code = "not_json"
    problem = N_("The body is not JSON: {reason}.")
    remedy = N_("Send JSON in UTF-8, as the format's own SDKs do.")


class BodyTooDeepError(WireError):
    """Objects or lists of the body lie in each other too deep."""

    code = "body_too_deep"
    problem = N_("Objects and lists of the body lie in each other more than {limit} deep.")
    remedy = N_("Send properties flat, or nested a few levels.")


class WrongShapeError(WireError):
    """The body is JSON, but not what the endpoint takes."""

    code = "wrong_shape"
    problem = N_("The body is JSON, but not {expected}.")
    remedy = N_("Check that the SDK sends to the endpoint of its own format.")


class DamagedBodyError(WireError):
    """The body is packed and cannot be unpacked to its end."""

    code = "damaged_body"
    problem = N_("The body cannot be unpacked as {packing}.")
    remedy = N_("Send it again; if it fails each time, send it without compression.")


class UnknownCompressionError(WireError):
    """The body is compressed in a way that is not taken."""

    code = "unknown_compression"
    problem = N_("The body is compressed as “{found}”.")
    remedy = N_("Compress with gzip, or not at all.")


class NoDataError(WireError):
    """The request holds none of the fields in which the format sends its records."""

    code = "no_data"
    problem = N_("The request holds no {fields}.")
    remedy = N_("Send the records in one of these fields, as the format's own SDKs do.")
