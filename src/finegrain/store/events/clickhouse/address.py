"""Which ClickHouse an address names, and how it is shown without its password."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from finegrain.errors import BadValueError
from finegrain.i18n import Phrase

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_ALLOWED = Phrase("clickhouse://user:password@host:8123/database, clickhouses://… for TLS, chdb:///folder, or empty")
_SCHEMES = ("clickhouse", "clickhouses", "chdb")
_DATABASE = "finegrain"


@dataclass(frozen=True)
class Address:
    """Where a ClickHouse is.

    Attributes:
        shown: the address as operators may see it, without password and options.
        database: where the tables are.
        user, password: of a server; empty where the address has none.
        options: what the driver is given beside the database.
    """

    shown: str
    database: str
    user: str = ""
    password: str = field(default="", repr=False)
    options: dict[str, Any] = field(default_factory=dict, repr=False)


def read_address(address: str) -> Address:
    """Read the address of a ClickHouse.

    Args:
        address: ``clickhouse://user:password@host:port/database`` for a server (``clickhouses://`` through TLS; the ports are
            8123 and 8443 unless given), ``chdb:///folder`` for an engine in this process with its files in a folder, or
            ``chdb://memory`` for one that forgets. The database is ``finegrain`` unless given; of ``chdb`` it may be given as
            ``?database=``. Other options go to the driver.

    Raises:
        BadValueError: it is not such an address.

    Examples:
        >>> read_address("clickhouse://ops:secret@db.example/shop").shown
        'clickhouse://ops:***@db.example/shop'
    """
    try:
        parts = urlsplit(address)
        options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
        allowed = parts.scheme in _SCHEMES and bool(parts.path if _in_process(parts) else parts.hostname)
        port = parts.port
    except ValueError as error:
        # What cannot be read may hold a password anywhere, so it is not repeated.
        raise BadValueError(name="events_url", value="…", allowed=_ALLOWED) from error
    if not allowed:
        raise BadValueError(name="events_url", value=f"{parts.scheme or '…'}://…", allowed=_ALLOWED)
    return _in_process_address(parts, options) if parts.scheme == "chdb" else _server_address(parts, port, options)


def _in_process(parts: SplitResult) -> bool:
    return parts.scheme == "chdb" and not parts.netloc


def _in_process_address(parts: SplitResult, options: dict[str, str]) -> Address:
    database = options.pop("database", _DATABASE)
    path = unquote(parts.path) if not parts.netloc else None
    return Address(f"chdb://{path or 'memory'}", database, options={"interface": "chdb", "path": path, **options})


def _server_address(parts: SplitResult, port: int | None, options: dict[str, str]) -> Address:
    secure = parts.scheme == "clickhouses"
    database = options.pop("database", "") or unquote(parts.path.strip("/")) or _DATABASE
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    login = f"{user}:***@" if password else f"{user}@" if user else ""
    where = f"{parts.hostname}:{port}" if port else str(parts.hostname)
    named: dict[str, Any] = {
        "interface": "https" if secure else "http",
        "host": parts.hostname,
        "port": port or (8443 if secure else 8123),
        "username": user or None,
        "password": password,
    }
    return Address(f"{parts.scheme}://{login}{where}/{database}", database, user, password, {**options, **named})
