"""PostgreSQL's side of the promises that SQLite's file locks give: one writer at a time, and readers that see one state."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

_LOCK = zlib.crc32(b"finegrain writes the ops store")
_CONNECTING: dict[str, Any] = {
    "connect_timeout": 10,
    # A server that vanished without a word is noticed within a minute, not within the two hours of Linux.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "application_name": "finegrain",
}


def connect_options(url: URL) -> dict[str, Any]:
    """Give what the driver is told beside the address; what the address itself says wins."""
    return {name: value for name, value in _CONNECTING.items() if name not in url.query}


def prepare(wait_s: float, connection: Any, _record: object) -> None:
    """Set up a new connection: instants in UTC, and a wait of ``wait_s`` seconds at most for any lock."""
    connection.autocommit = True  # inside a transaction a rollback would undo it
    connection.execute("SELECT set_config('TimeZone', 'UTC', false)")
    connection.execute("SELECT set_config('lock_timeout', %s, false)", (f"{int(wait_s * 1000)}ms",))
    connection.autocommit = False
    _keep_nulls_out(connection)


def _keep_nulls_out(connection: Any) -> None:
    # PostgreSQL keeps no null character. Doors replace it in what they store; here it is for what is only looked for.
    from psycopg.adapt import Dumper

    class TextDumper(Dumper):
        def dump(self, obj: str) -> bytes:
            return obj.replace("\x00", "�").encode()

    connection.adapters.register_dumper(str, TextDumper)


def take_turn(connection: Connection) -> None:
    """Wait until nobody else writes, unless the transaction only reads; the turn is held until the transaction ends."""
    if not connection.get_execution_options().get("finegrain_reading", False):
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
