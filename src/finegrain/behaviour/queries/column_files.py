"""Property columns on disk: a file each and one that vouches for it, so that a damaged or foreign one is never trusted."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zlib
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from finegrain.behaviour.queries.columns import NumberColumn, TextColumn
    from finegrain.behaviour.reading import EventLog

FORMAT = 1
"""Version of the layout; columns of another one are read anew."""
_BLOCK = 1 << 22


class ColumnFiles:
    """The columns below one folder.

    Args:
        folder: made when something is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open_text(self, name: str, log: EventLog) -> tuple[int, TextColumn] | None:
        """Map a text column and give the arrival number up to which it goes; None when there is none for ``log``."""
        from finegrain.behaviour.queries.columns import TextColumn

        found = self._open("text", name, log)
        if found is None:
            return None
        last_seq, folder = found
        texts = pa.ipc.open_file(pa.memory_map(str(folder / "texts.arrow"))).read_all()["text"]
        return last_seq, TextColumn(np.load(folder / "values.npy", mmap_mode="r"), texts)

    def open_number(self, name: str, log: EventLog) -> tuple[int, NumberColumn] | None:
        """Map a number column and give the arrival number up to which it goes; None when there is none for ``log``."""
        from finegrain.behaviour.queries.columns import NumberColumn

        found = self._open("number", name, log)
        return found and (found[0], NumberColumn(np.load(found[1] / "values.npy", mmap_mode="r")))

    def write(self, log: EventLog, texts: Mapping[str, TextColumn], numbers: Mapping[str, NumberColumn]) -> None:
        """Write columns that go as far as ``log``; those that stand there already are left alone.

        Raises:
            OSError: the folder cannot be written.
        """
        for name, text in texts.items():
            self._write("text", name, log, text.codes, text.texts)
        for name, number in numbers.items():
            self._write("number", name, log, number.values, None)

    def _place(self, kind: str, name: str) -> Path:
        return self._folder / f"{kind}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"

    def _open(self, kind: Literal["text", "number"], name: str, log: EventLog) -> tuple[int, Path] | None:
        folder = self._place(kind, name)
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            body = manifest["body"]
            whole = manifest["checksum"] == _checksum(body) and body["format"] == FORMAT and body["name"] == name
            if not whole or body["mark"] != _mark(log, body["rows"]):
                return None
            if any(_describe(folder / file) != facts for file, facts in body["files"].items()):
                return None
            return int(body["last_seq"]), folder
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self, kind: str, name: str, log: EventLog, values: Any, texts: pa.ChunkedArray | None) -> None:
        found = self._open(kind, name, log)  # type: ignore[arg-type]
        if found is not None and found[0] == log.last_seq:
            return
        folder = self._place(kind, name)
        aside = folder.with_name(f"{folder.name}.{os.getpid()}.writing")
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        np.save(aside / "values.npy", values)
        if texts is not None:
            table = pa.table({"text": texts})
            with pa.OSFile(str(aside / "texts.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
        files = {path.name: _describe(path) for path in sorted(aside.iterdir())}
        rows = len(values)
        body = {"format": FORMAT, "name": name, "last_seq": log.last_seq, "rows": rows, "mark": _mark(log, rows), "files": files}
        manifest = {"body": body, "checksum": _checksum(body)}
        (aside / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)


def _mark(log: EventLog, rows: int) -> list[Any]:
    """Give what tells that a column of so many rows belongs to the beginning of ``log``: its last event."""
    if not 0 < rows <= len(log.who):
        return [rows]
    row = rows - 1
    return [rows, log.distinct_ids[int(log.who[row])].as_py(), log.event_names[int(log.event[row])], int(log.time_us[row])]


def _describe(path: Path) -> dict[str, int]:
    checksum = size = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            checksum, size = zlib.crc32(block, checksum), size + len(block)
    return {"bytes": size, "crc32": checksum}


def _checksum(body: dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(body, sort_keys=True).encode())
