"""JSON Lines files as Arrow batches of text, one column a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pyarrow as pa

from finegrain.collect.errors import TooManyColumnsError
from finegrain.collect.files.contract import BrokenRow, FileBatch
from finegrain.collect.files.csv_parts import RAW_CHARACTERS
from finegrain.collect.files.text import utf8_blocks
from finegrain.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from finegrain.collect.files.contract import DetectedFile
    from finegrain.collect.files.text import TextFile

Record = dict[str, msgspec.Raw]
_MOST_COLUMNS = 4096
_decoder = msgspec.json.Decoder(Record)


class JsonLinesReader:
    """Reads one JSON object a line; lines are numbered from 1, and an empty line is counted and left out.

    A column is text: strings without their quotes, other scalars and nested values as their JSON text, null and ``""`` as
    null. A key that shows up later than the detected columns becomes a further column of its batch and the batches after it.

    Args:
        detected: what was found out about the file.
        text: its content.
    """

    def __init__(self, detected: DetectedFile, text: TextFile) -> None:
        self.detected = detected
        self._text = text
        self._columns = dict.fromkeys(detected.columns)

    def batches(self) -> Iterator[FileBatch]:
        """Give all rows in order, in bounded memory; may be called once.

        Raises:
            TooManyColumnsError: the objects have more than 4,096 different keys.
        """
        first = 1
        with self._text.source.open() as stream:
            for lines in _lines(utf8_blocks(stream, self._text.encoding)):
                yield self._batch(lines, first, stream.position)
                first += len(lines)

    def _batch(self, lines: list[bytes], first: int, position: int) -> FileBatch:
        records: list[Record] = []
        numbers: list[int] = []
        broken: list[BrokenRow] = []
        for number, line in enumerate(lines, start=first):
            if not line.strip():
                continue
            try:
                records.append(_decoder.decode(line))
                numbers.append(number)
            except msgspec.DecodeError as error:
                broken.append(_broken(number, line, error))
        return FileBatch(self._table(records), np.array(numbers, np.int64), tuple(broken), position)

    def _table(self, records: list[Record]) -> pa.RecordBatch:
        for record in records:
            if not record.keys() <= self._columns.keys():
                self._columns.update(dict.fromkeys(record))
        if len(self._columns) > _MOST_COLUMNS:
            raise TooManyColumnsError(path=self.detected.path, limit=_MOST_COLUMNS)
        arrays = [pa.array([_text(record.get(name)) for record in records], pa.string()) for name in self._columns]
        return pa.record_batch(arrays, names=list(self._columns))


def first_keys(sample: bytes, n_lines: int) -> tuple[str, ...]:
    """Give the keys of the objects in the first ``n_lines`` lines of ``sample``, in order of sight."""
    keys: dict[str, None] = {}
    for line in sample.splitlines()[:n_lines]:
        try:
            keys.update(dict.fromkeys(_decoder.decode(line)))
        except msgspec.DecodeError:
            continue
    return tuple(keys)


def _lines(blocks: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest = b""
    for block in blocks:
        lines = (rest + block).splitlines(keepends=True)
        # The last line may go on in the next block, and a \r at its end may be half of a \r\n.
        rest = b"" if lines[-1].endswith(b"\n") else lines.pop()
        if lines:
            yield lines
    if rest:
        yield [rest]


def _text(raw: msgspec.Raw | None) -> str | None:
    if raw is None:
        return None
    value = bytes(raw)
    if value[:1] == b'"':
        decoded = msgspec.json.decode(value, type=str) if b"\\" in value else value[1:-1].decode()
        return decoded or None
    return None if value == b"null" else value.decode()


def _broken(number: int, line: bytes, error: msgspec.DecodeError) -> BrokenRow:
    reason = _("The line is not a JSON object: {reason}.", reason=str(error).rstrip("."))
    return BrokenRow(number, line.decode("utf-8").rstrip("\r\n")[:RAW_CHARACTERS], reason)
