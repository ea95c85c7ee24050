"""A PostgreSQL server for tests: started from Debian's packages on a free port of this machine, stopped by its process id."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "only-for-tests"  # noqa: S105 - the server listens on this machine alone, and lives as long as the tests
TRIES = 3
PATIENCE_S = 60.0
_NUMBERS = count(1)
_OPTIONS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=60",
    "shared_buffers=32MB",
    # What is written need not outlive the machine.
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
)


class NoPostgresError(Exception):
    """There is no PostgreSQL that these tests could start; the message says why."""


@dataclass
class PostgresServer:
    """A server with its files in ``folder``; ``start_postgres`` gives one that runs."""

    programs: Path
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres", password: str = PASSWORD) -> str:
        """Give the address of a database, as an operator would set it."""
        return f"postgresql://postgres:{password}@127.0.0.1:{self.port}/{database}"

    def create_database(self, like: str = "template1") -> str:
        """Make a database with what the database ``like`` holds, to which nobody may be connected; give its name."""
        name = f"test_{next(_NUMBERS)}"
        self.run("CREATE DATABASE {name} TEMPLATE {like}" + self._quickly, name=name, like=like)
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self.run("DROP DATABASE {name} WITH (FORCE)", name=name)

    @cached_property
    def _quickly(self) -> LiteralString:
        from psycopg import connect

        with connect(self.url()) as connection:
            # From 15 on copying by way of the log is the usual, which takes twice as long: 140 ms.
            return " STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else ""

    def run(self, statement: LiteralString, **names: str) -> None:
        """Run one statement outside any transaction, with ``names`` put in."""
        from psycopg import connect, sql

        with connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(**{key: sql.Identifier(name) for key, name in names.items()}))

    def resume(self) -> bool:
        """Run the server at its port; say whether it answers."""
        options = [part for option in _OPTIONS for part in ("-c", option)]
        command: list[str | Path] = [self.programs / "postgres", "-D", self.folder / "data", "-p", str(self.port), *options]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **_as_somebody())
        if any(_answers(self) for _ in _polling(self.process)):
            return True
        self.halt()
        return False

    def halt(self) -> None:
        """Stop the server, and keep its files for ``resume``."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)  # the "fast" way: open sessions are closed
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """Stop the server and remove its files."""
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)


def start_postgres() -> PostgresServer:
    """Start a server of its own in a folder of its own.

    Raises:
        NoPostgresError: the package is not installed, or the server does not start.
    """
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="finegrain-postgres-"))
    try:
        _initialise(programs, folder)
        return _serve_somewhere(programs, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _serve_somewhere(programs: Path, folder: Path) -> PostgresServer:
    for _ in range(TRIES):
        # Between finding a free port and taking it somebody else may come in: then another one is tried.
        server = PostgresServer(programs, folder, _free_port())
        if server.resume():
            return server
    raise NoPostgresError(f"PostgreSQL does not start: {(folder / 'log').read_text()[-500:]}")


def _programs() -> Path:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    found = shutil.which("initdb")
    if found and (Path(found).resolve().parent / "postgres").exists():
        return Path(found).resolve().parent
    raise NoPostgresError("PostgreSQL is not installed: `sh tools/postgres.sh` installs Debian's package where it may")


def _version(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _as_somebody() -> dict[str, Any]:
    """Give the account to run under: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise NoPostgresError("PostgreSQL may not run as root, and there is neither an account postgres nor nobody")


def _initialise(programs: Path, folder: Path) -> None:
    account = _as_somebody()
    password = folder / "password"
    password.write_text(PASSWORD)
    if account:
        for path in (folder, password):
            os.chown(path, account["user"], account["group"])
    options = ["-U", "postgres", "-A", "scram-sha-256", "--no-sync", "-E", "UTF8", "--locale", "C.UTF-8"]
    command: list[str | Path] = [programs / "initdb", "-D", folder / "data", "--pwfile", password, *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, **account)
    if done.returncode:
        raise NoPostgresError(f"initdb failed: {done.stderr.decode(errors='replace')[-500:]}")


def _polling(process: subprocess.Popen[bytes]) -> Iterator[None]:
    end = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < end:
        yield
        time.sleep(0.05)


def _answers(server: PostgresServer) -> bool:
    import psycopg

    try:
        psycopg.connect(server.url(), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
