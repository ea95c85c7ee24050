"""ClickHouse's HTTP interface before the engine in this process: what the driver sends to a server, over a real socket.

It speaks what the driver speaks: statements in the address or the body, parameters, settings, a database, data after the
statement, errors as a server words them. It can be told to lose a connection before or after the work is done.
"""

from __future__ import annotations

import tempfile
import threading
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl, urlsplit

import chdb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Fault = Literal["lost before", "lost after"]
_TRANSPORT = {
    "query", "database", "query_id", "session_id", "wait_end_of_query", "compress", "decompress", "buffer_size",
    "client_protocol_version", "send_progress_in_http_headers", "http_headers_progress_interval_ms", "enable_http_compression",
    "role", "default_format", "quota_key",
}  # fmt: skip


class ClickHouseServer:
    """A server before the engine whose files are in ``folder``.

    Attributes:
        port: on 127.0.0.1.
        login: user and password of the last request, as the driver sent them.
        faults: what happens to the connections of the next requests to insert events, before or after the work is done.
        inserts: the parameters of every insert that came.
        version: what the server calls itself; None for what the engine is.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.faults: list[Fault] = []
        self.version: str | None = None
        self.login = ""
        self.inserts: list[dict[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def url(self, database: str, login: str = "") -> str:
        """Give the address of a database; the engine itself knows no users."""
        return f"clickhouse://{login}127.0.0.1:{self.port}/{database}"

    def answer(self, parameters: dict[str, str], body: bytes) -> tuple[int, bytes, str]:
        """Give status, body and format of the answer to a request."""
        statement, data = (parameters["query"], body) if "query" in parameters else (body.decode("utf-8", "surrogateescape"), b"")
        if "query" not in parameters and statement.startswith("INSERT"):
            head, _, rest = body.partition(b"\n")
            statement, data = head.decode(), rest
        if self.version and "version()" in statement:
            statement = statement.replace("version()", f"'{self.version}'")
        try:
            with self._engine(parameters) as engine, self._data(data) as file:
                return 200, *self._run(engine, statement, file, parameters)
        except RuntimeError as error:
            return 500, str(error).encode(), ""

    def _run(self, engine: Any, statement: str, file: str, parameters: dict[str, str]) -> tuple[bytes, str]:
        bound = {name.removeprefix("param_"): value for name, value in parameters.items() if name.startswith("param_")}
        if file:
            self.inserts.append(parameters)
            statement = statement.replace(" FORMAT ", f" FROM INFILE '{file}' FORMAT ")
        words = statement.rsplit("FORMAT ", 1)
        shape = words[1].strip() if len(words) > 1 and not file else parameters.get("default_format", "TabSeparated")
        result = engine.query(statement, shape, params=bound) if bound else engine.query(statement, shape)
        return result.bytes() or b"", shape

    @contextmanager
    def _engine(self, parameters: dict[str, str]) -> Iterator[Any]:
        engine = chdb.connect(str(self._folder.resolve()))  # type: ignore[no-untyped-call]
        try:
            if parameters.get("database"):
                engine.query(f"USE `{parameters['database']}`")
            for name, value in parameters.items():
                if name not in _TRANSPORT and not name.startswith("param_"):
                    engine.query(f"SET {name} = '{value}'")
            yield engine
        finally:
            engine.close()

    @contextmanager
    def _data(self, data: bytes) -> Iterator[str]:
        if not data:
            yield ""
            return
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            yield file.name

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, clickhouse: ClickHouseServer, *arguments: Any) -> None:
        self._clickhouse = clickhouse
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        body = self._body()
        parameters = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        self._clickhouse.login = self.headers.get("Authorization", "")
        inserting = body.startswith(b"INSERT INTO events") or "INSERT INTO events" in parameters.get("query", "")
        fault = self._clickhouse.faults.pop(0) if inserting and self._clickhouse.faults else None
        self.close_connection = fault is not None
        if fault == "lost before":
            return
        answer = self._clickhouse.answer(parameters, body)
        if fault is None:
            self._send(*answer)

    def _send(self, status: int, answer: bytes, shape: str) -> None:
        self.send_response(status)
        if status != 200:
            self.send_header("X-ClickHouse-Exception-Code", "1")
        elif shape and answer:
            self.send_header("X-ClickHouse-Format", shape)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""
