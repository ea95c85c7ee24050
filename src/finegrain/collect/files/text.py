"""Text files: which encoding they are in, how long their lines are, and their content as UTF-8."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finegrain.collect.errors import LineTooLongError, UndecodableTextError, UnknownEncodingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finegrain.collect.files.sources import Source, SourceStream

BLOCK_BYTES = 1 << 20
_UTF8 = ("utf-8", "utf-8-sig")
_MIN_COMMON_SHARE = 0.1


@dataclass(frozen=True)
class TextFile:
    """A text file that was looked through once, so that every byte is known to be text and every line short enough.

    Attributes:
        encoding: name of the codec; ``utf-8``, ``utf-8-sig``, ``gb18030`` and ``utf-16`` are detected.
        longest_line_bytes: length of the longest line in UTF-8, line end not counted; below ``BLOCK_BYTES`` it is a lower
            bound, because only lines that cross a block's end are measured.
    """

    source: Source
    encoding: str
    longest_line_bytes: int

    def blocks(self) -> Iterator[bytes]:
        """Give the content as UTF-8 without a byte order mark, block by block; blocks end anywhere."""
        with self.source.open() as stream:
            yield from utf8_blocks(stream, self.encoding)

    def sample(self, n_bytes: int) -> bytes:
        """Give the beginning of the content as UTF-8, at least ``n_bytes`` of it where there are as many, and whole lines."""
        taken = bytearray()
        for block in self.blocks():
            taken += block
            cut = max(taken.rfind(b"\n"), taken.rfind(b"\r")) + 1
            if cut >= n_bytes:
                return bytes(taken[:cut])
        return bytes(taken)


def look_through(source: Source, *, max_line_bytes: int, encoding: str | None) -> TextFile:
    """Read the whole of ``source`` once, in bounded memory, to find its encoding and check its lines.

    Without an ``encoding`` a byte order mark decides; else text that is UTF-8 to its last byte is UTF-8, else text that is
    GB18030 to its last byte (and mostly of common characters) is GB18030.

    Raises:
        UndecodableTextError: the text is in neither, or not in the given encoding.
        LineTooLongError: raised as soon as a line passes ``max_line_bytes``.
        UnknownEncodingError: there is no ``encoding`` of that name.
    """
    if encoding is not None:
        known = _known(encoding)
        return _scan(source, known, max_line_bytes, shown=known)
    marked = _by_mark(source.head(3))
    try:
        return _scan(source, marked or "utf-8", max_line_bytes, shown=marked or "UTF-8 / GB18030")
    except UndecodableTextError as error:
        if marked:
            raise
        return _scan_gb18030(source, max_line_bytes, error)


def _known(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise UnknownEncodingError(encoding=encoding) from error
    return {"gbk": "gb18030", "gb2312": "gb18030"}.get(name, name)


def _by_mark(head: bytes) -> str:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ""


def _scan_gb18030(source: Source, max_line_bytes: int, first_error: UndecodableTextError) -> TextFile:
    try:
        text = _scan(source, "gb18030", max_line_bytes, shown="GB18030")
    except UndecodableTextError:
        raise first_error from None
    if _common_share(text) < _MIN_COMMON_SHARE:
        # Western European text often happens to be valid GB18030, as characters that nobody writes.
        raise first_error
    return text


def _common_share(text: TextFile) -> float:
    common = total = 0
    for block in text.blocks():
        if not block.isascii():
            high = "".join(char for char in block.decode("utf-8", "ignore") if char > "\x7f")
            total += len(high)
            common += len(high.encode("gb2312", "ignore")) // 2
        if total >= BLOCK_BYTES:
            break
    return common / max(total, 1)


def _scan(source: Source, encoding: str, max_line_bytes: int, *, shown: str) -> TextFile:
    lines = _LineMeter(source.path, max_line_bytes)
    with source.open() as stream:
        try:
            for block in utf8_blocks(stream, encoding, min(BLOCK_BYTES, max_line_bytes)):
                lines.add(block)
        except UnicodeError as error:
            raise UndecodableTextError(path=source.path, line=lines.line_of(error), encoding=shown) from error
    return TextFile(source, encoding, lines.longest)


def utf8_blocks(stream: SourceStream, encoding: str, n_bytes: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Give the rest of ``stream`` as UTF-8 without a byte order mark, block by block.

    Raises:
        UnicodeError: some bytes are not text in ``encoding``.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    first = True
    while block := stream.read(n_bytes):
        text = decoder.decode(block)
        if first and encoding == "utf-8-sig":
            block = block.removeprefix(codecs.BOM_UTF8)
        first = False
        yield block if encoding in _UTF8 else text.encode()
    decoder.decode(b"", final=True)


class _LineMeter:
    """Counts lines and measures the longest one over blocks that end anywhere."""

    def __init__(self, path: Path, limit: int) -> None:
        self._path = path
        self._limit = limit
        self._open = 0
        self._complete = 0
        self.longest = 0

    def add(self, block: bytes) -> None:
        first = _first_end(block)
        if first < 0:
            self._open += len(block)
        else:
            # Lines that lie inside the block are shorter than it, and it is no longer than the limit.
            self._check(self._open + first)
            self._open = len(block) - _last_end(block) - 1
        self._check(self._open)
        self._complete += block.count(b"\n") or block.count(b"\r")

    def line_of(self, error: UnicodeError) -> int:
        if isinstance(error, UnicodeDecodeError):
            before = error.object[: error.start]
            return 1 + self._complete + (before.count(b"\n") or before.count(b"\r"))
        return 1 + self._complete

    def _check(self, length: int) -> None:
        self.longest = max(self.longest, length)
        if length > self._limit:
            raise LineTooLongError(path=self._path, line=self._complete + 1, limit=self._limit)


def _first_end(block: bytes) -> int:
    ends = [end for end in (block.find(b"\n"), block.find(b"\r")) if end >= 0]
    return min(ends, default=-1)


def _last_end(block: bytes) -> int:
    return max(block.rfind(b"\n"), block.rfind(b"\r"))
