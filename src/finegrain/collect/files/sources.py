"""The bytes of a file, plain or gzip, as a stream that can be opened more than once."""

from __future__ import annotations

import gzip
import io
import tempfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from finegrain.collect.errors import (
    DamagedFileError,
    EmptyFileError,
    MissingFileError,
    NotAFileError,
    TooLargeError,
    UnreadableFileError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.collect.files.contract import Compression

GZIP_MAGIC = b"\x1f\x8b"
MOST_UNPACKED_BYTES = 4 << 30
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class Source:
    """A file on disk whose compression is known.

    Attributes:
        size_bytes: size on disk.
    """

    path: Path
    compression: Compression
    size_bytes: int

    @classmethod
    def of(cls, path: Path) -> Source:
        """Look at ``path`` and tell by its first bytes whether it is gzip.

        Raises:
            MissingFileError: nothing is there.
            NotAFileError: a folder or device is there.
            EmptyFileError: it has no bytes.
            UnreadableFileError: the system refuses.
        """
        with _reading(path):
            if not path.exists():
                raise MissingFileError(path=path)
            if not path.is_file():
                raise NotAFileError(path=path)
            size = path.stat().st_size
            with path.open("rb") as file:
                magic = file.read(2)
        if not magic:
            raise EmptyFileError(path=path)
        return cls(path, "gzip" if magic == GZIP_MAGIC else "none", size)

    def open(self) -> SourceStream:
        """Open the bytes, unpacked, from the beginning."""
        with _reading(self.path):
            return SourceStream(self, self.path.open("rb"))

    def head(self, n_bytes: int) -> bytes:
        """Give the first ``n_bytes`` unpacked bytes (fewer where the file is shorter)."""
        with self.open() as stream:
            return stream.read(n_bytes)

    def seekable(self, most_bytes: int = MOST_UNPACKED_BYTES) -> BinaryIO:
        """Give the unpacked bytes as a file that can be read in any order; gzip goes through a temporary file.

        Raises:
            TooLargeError: gzip unpacks to more than ``most_bytes``.
        """
        if self.compression == "none":
            with _reading(self.path):
                return self.path.open("rb")
        unpacked = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        with self.open() as stream:
            while block := stream.read(_BLOCK_BYTES):
                unpacked.write(block)
                if unpacked.tell() > most_bytes:
                    unpacked.close()
                    raise TooLargeError(path=self.path, limit=most_bytes)
        unpacked.seek(0)
        return unpacked


class SourceStream(io.RawIOBase):
    """The unpacked bytes of a source, read once from front to back.

    A damaged gzip shows as ``DamagedFileError``, a failing disk as ``UnreadableFileError``.
    """

    def __init__(self, source: Source, file: BinaryIO) -> None:
        self._path = source.path
        self._file = file
        self._packed = source.compression == "gzip"
        self._bytes: BinaryIO = gzip.GzipFile(fileobj=file, mode="rb") if self._packed else file  # type: ignore[assignment]

    @property
    def position(self) -> int:
        """How many bytes of the file on disk were taken so far."""
        return 0 if self._file.closed else self._file.tell()

    def readable(self) -> bool:
        """Say that this stream can be read."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Give the next ``size`` bytes; fewer only at the end."""
        with _reading(self._path):
            return self._bytes.read(size)

    def close(self) -> None:
        """Let the file go."""
        if not self.closed:
            self._bytes.close()
            self._file.close()
        super().close()


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DamagedFileError(path=path, format="gzip", reason=str(error).rstrip(".")) from error
    except OSError as error:
        raise UnreadableFileError(path=path, reason=error.strerror or error) from error
