"""Why the collector cannot take a request now."""

from __future__ import annotations

from finegrain.errors import NotFoundError, StateError, StorageError
from finegrain.i18n import N_


class OverloadedError(StateError):
    """More waits to be stored than the setting allows."""

    code = "overloaded"
    problem = N_("The collector has {waiting} bytes waiting to be stored, and may have {limit}.")
    remedy = N_("Send again in {retry_s} seconds; nothing of this request was stored.")


class NotStoredError(StorageError):
    """A store refused the group in which the request was."""

    code = "not_stored"
    problem = N_("The request could not be stored.")
    remedy = N_("Send again in {retry_s} seconds; what was stored already counts once.")


class CollectorClosedError(StateError):
    """The collector is stopping."""

    code = "collector_closed"
    problem = N_("The collector is stopping.")
    remedy = N_("Send again in {retry_s} seconds, when the server is back.")


class UnknownRefusedItemError(NotFoundError):
    """There is no refused item of that id."""

    code = "unknown_refused_item"
    problem = N_("There is no refused item {item}.")
    remedy = N_("List them with `finegrain dead-letters list`.")
