"""What can go wrong with sources and their keys."""

from __future__ import annotations

from finegrain.errors import InputError, NotFoundError, StateError
from finegrain.i18n import N_


class UnknownSourceError(NotFoundError):
    """There is no source of that name."""

    code = "unknown_source"
    problem = N_("There is no source named “{name}”.")
    remedy = N_("Known: {known}.")


class SourceExistsError(StateError):
    """The name is taken."""

    code = "source_exists"
    problem = N_("There is a source named “{name}” already.")
    remedy = N_("Choose another name, or give that source a new key with `finegrain sources rotate`.")


class BadOriginError(InputError):
    """A text is not a web origin."""

    code = "bad_origin"
    problem = N_("“{origin}” is not a web origin.")
    remedy = N_("Give scheme and host without a path, such as https://shop.example or http://localhost:3000.")


class UnknownKeyError(InputError):
    """No enabled source of the format has the key."""

    code = "unknown_key"
    problem = N_("The request carries no write key of an enabled source of the format {format}.")
    remedy = N_("Copy the key of the source into the SDK, or make a new one with `finegrain sources rotate`.")


class OriginRefusedError(InputError):
    """A page of an origin that is not allowed sent."""

    code = "origin_refused"
    problem = N_("Pages of {origin} may not send to the source “{name}”.")
    remedy = N_("Add the origin to the source.")
