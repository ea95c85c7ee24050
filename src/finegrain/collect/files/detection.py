"""Which format a file has, told by its content."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import msgspec

from finegrain.collect.errors import DamagedFileError, EmptyFileError, ProtectedWorkbookError, UnknownFormatError
from finegrain.collect.files import parquet_file, xlsx_file
from finegrain.i18n import N_

if TYPE_CHECKING:
    from finegrain.collect.files.contract import FileFormat
    from finegrain.collect.files.sources import Source

_HEAD_BYTES = 1 << 16
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TEXT_CONTROLS = frozenset(b"\t\n\r\x0b\x0c\x1a\x1b")
_MOST_CONTROL_SHARE = 0.01
_STRAY_CONTROLS = 8
_MOST_STRAY_SHARE = 0.3
_TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".tab")


def detect(source: Source) -> FileFormat:
    """Tell the format of ``source``; any text that is not JSON Lines counts as CSV, whose delimiter is found later.

    Raises:
        EmptyFileError: there is nothing but white space.
        DamagedFileError: the name says Parquet or XLSX, and the content does not begin so.
        ProtectedWorkbookError: the workbook is encrypted.
        UnknownFormatError: the content is binary, HTML, or JSON other than one object a line.
    """
    head = source.head(_HEAD_BYTES)
    if head.startswith(parquet_file.MAGIC):
        return "parquet"
    if head.startswith(xlsx_file.MAGIC):
        return "xlsx"
    if head.startswith(_OLE_MAGIC):
        raise _ole_error(source)
    if not head.strip(codecs.BOM_UTF8 + b" \t\r\n"):
        raise EmptyFileError(path=source.path)
    _check_text(source, head)
    return _text_format(source, head)


def _ole_error(source: Source) -> ProtectedWorkbookError | UnknownFormatError:
    seen = b""
    with source.open() as stream:
        while block := stream.read(_HEAD_BYTES):
            seen = seen[-len(_ENCRYPTED) :] + block
            if _ENCRYPTED in seen:
                return ProtectedWorkbookError(path=source.path)
    return UnknownFormatError(path=source.path, found=N_("an old Office file (.xls or .doc)"))


def _check_text(source: Source, head: bytes) -> None:
    if head.startswith(_UTF16_MARKS) or not _is_binary(head):
        return
    named = {".parquet": "Parquet", ".xlsx": "XLSX"}.get(source.path.suffix.lower())
    if named:
        raise DamagedFileError(path=source.path, format=named, reason=N_("its first bytes are wrong"))
    raise UnknownFormatError(path=source.path, found=N_("binary data"))


def _is_binary(head: bytes) -> bool:
    """Say whether there are many control characters that texts do not have: over 1 %, and more than a few strays."""
    controls = sum(head.count(byte) for byte in range(32) if byte not in _TEXT_CONTROLS)
    return controls > max(_MOST_CONTROL_SHARE * len(head), min(_STRAY_CONTROLS, _MOST_STRAY_SHARE * len(head)))


def _text_format(source: Source, head: bytes) -> FileFormat:
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith(b"<"):
        raise UnknownFormatError(path=source.path, found=N_("HTML or XML"))
    if _is_object(start.splitlines()[0]):
        return "jsonl"
    if source.path.suffix.lower() in _TABLE_SUFFIXES:
        return "csv"
    if start.startswith((b"[", b"{\n", b"{\r\n")):
        raise UnknownFormatError(path=source.path, found=N_("one JSON document; JSON Lines has one object a line"))
    return "jsonl" if start.startswith(b"{") else "csv"


def _is_object(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=dict)
    except msgspec.DecodeError:
        return False
    return True
