"""Bytes sent to a server as they are, whatever HTTP says, and what the server's process takes of memory meanwhile."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.clients.collector import Server

_HEAD_END = b"\r\n\r\n"
_GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
_PIECE = 1 << 16


@dataclass(frozen=True)
class RawReply:
    """What came back: the status, or None where the connection ended without an answer; all bytes; and after how long."""

    status: int | None
    answer: bytes
    seconds: float


def exchange(server: Server, parts: Iterable[bytes], *, pause: float = 0, patience: float = 20, end: bool = False) -> RawReply:
    """Send ``parts`` over a connection of their own, and read what comes back.

    Args:
        server: the one that is sent to.
        parts: sent one after the other; no more once the server has closed the connection.
        pause: seconds between two parts.
        patience: seconds after which a server that still says nothing hangs.
        end: say that no more will come, as a sender that goes away does.

    Raises:
        TimeoutError: the server neither answered nor closed the connection.
    """
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), timeout=patience) as connection:
        with suppress(ConnectionError):
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
            if end:
                connection.shutdown(socket.SHUT_WR)
        answer = _read(connection)
    status = int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else None
    return RawReply(status, answer, time.monotonic() - began)


def post(path: str, body: bytes, *headers: str, version: str = "1.1", length: int | None = None) -> bytes:
    """Give a POST request as bytes; ``length`` may lie."""
    stated = len(body) if length is None else length
    lines = [f"POST {path} HTTP/{version}", "Host: 127.0.0.1", f"Content-Length: {stated}", "Connection: close", *headers]
    return "\r\n".join(lines).encode("latin-1") + _HEAD_END + body


def chunked(path: str, chunks: Iterable[bytes], *headers: str) -> list[bytes]:
    """Give a POST request as parts whose body comes in chunks, without a length."""
    head = "\r\n".join([f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Transfer-Encoding: chunked", "Connection: close", *headers])
    coded = [b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks]
    return [head.encode("latin-1") + _HEAD_END, *coded, b"0\r\n\r\n"]


def peak_memory(server: Server) -> int:
    """Give the most memory in bytes that the server has had resident since it was last forgotten."""
    return _status(server, "VmHWM")


def forget_peak(server: Server) -> int:
    """Begin to watch the memory anew; give what is resident now, in bytes."""
    assert server.process is not None
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")
    return _status(server, "VmRSS")


def _status(server: Server, name: str) -> int:
    assert server.process is not None
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    (kilobytes,) = [int(line.split()[1]) for line in lines if line.startswith(f"{name}:")]
    return kilobytes * 1024


def _read(connection: socket.socket) -> bytes:
    answer = bytearray()
    with suppress(ConnectionError):
        while piece := connection.recv(_PIECE):
            answer += piece
            if answer.startswith(_GO_ON):
                del answer[: len(_GO_ON)]
            head, found, body = answer.partition(_HEAD_END)
            stated = bytes(head).lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            if found and stated and len(body) >= int(stated):
                break
    return bytes(answer)
