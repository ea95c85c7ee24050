"""Which database an address names, and how it is shown without its password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from finegrain.errors import BadValueError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from sqlalchemy import URL

_DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_ALLOWED = Phrase("postgresql://user:password@host:port/database, or empty")


def database_url(address: str) -> URL:
    """Read the address of an ops store.

    Args:
        address: ``postgresql://user:password@host:port/database``, or ``sqlite:///path`` to a file.

    Raises:
        BadValueError: it is not such an address.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        # What cannot be read may hold a password anywhere, so it is not repeated.
        raise BadValueError(name="ops_url", value="…", allowed=_ALLOWED) from error
    if url.drivername not in _DRIVERS:
        raise BadValueError(name="ops_url", value=shown(url), allowed=_ALLOWED)
    return url.set(drivername=_DRIVERS[url.drivername])


def shown(url: URL) -> str:
    """Give an address as operators may see it: three stars for the password, no options (they may hold another one)."""
    return url.set(drivername=url.get_backend_name(), query={}).render_as_string()
