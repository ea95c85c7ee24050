"""The index on disk: one folder a generation, a file an array, and a manifest that vouches for every byte."""

from __future__ import annotations

import json
import shutil
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from finegrain.behaviour.building import IndexState
from finegrain.behaviour.errors import IndexFolderError
from finegrain.behaviour.index import BehaviourIndex, array_names
from finegrain.behaviour.owners import Owners
from finegrain.behaviour.reading import EventLog

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FORMAT = 3
"""Version of the layout; an index of another one is rebuilt."""
_MANIFEST = "manifest.json"
_LOG = ("who", "time_us", "event", "order_rows", "order_kind", "order_id", "minor", "has_total")
_LOG_TEXTS = ("distinct_ids", "order_ids")
_OWNERS = ("first_owner", "more_offsets", "more_from_us", "more_owner")
_ASIDE = "writing"
_BLOCK = 1 << 22


def newest_generation(folder: Path) -> int:
    """Give the number of the newest generation below ``folder``, 0 when there is none."""
    numbers = (int(path.name) for path in folder.glob("*") if path.name.isdigit())
    return max(numbers, default=0)


def write_index(state: IndexState, folder: Path) -> int:
    """Write ``state`` as a new generation below ``folder``, and remove all others.

    It is written aside and renamed when it is whole. A generation that is still mapped stays readable for those who map it.

    Returns:
        The generation's number.

    Raises:
        IndexFolderError: the folder cannot be written.
    """
    generation, aside = newest_generation(folder) + 1, folder / _ASIDE
    try:
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        _write_files(state, aside)
        aside.rename(folder / str(generation))
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise IndexFolderError(folder=folder, reason=error.strerror or error) from error
    remove_generations(folder, keep=generation)
    return generation


def remove_generations(folder: Path, *, keep: int) -> None:
    """Remove all generations but ``keep``; one that the system holds on to is left for the next time."""
    for path in folder.glob("*"):
        if path.name.isdigit() and int(path.name) != keep:
            shutil.rmtree(path, ignore_errors=True)


def open_index(folder: Path, generation: int) -> IndexState | None:
    """Map a generation into memory.

    Returns:
        The state; None when it is missing, of another format, or when any byte of it differs from what was written.
    """
    path = folder / str(generation)
    body = _read_manifest(path / _MANIFEST)
    if body is None or any(not _is_whole(path / name, facts) for name, facts in body["files"].items()):
        return None
    names, watermark = tuple(body["event_names"]), tuple(body["people_watermark"])
    texts = {name: _read_texts(path / f"log_{name}.arrow") for name in _LOG_TEXTS}
    log = EventLog(last_seq=body["last_seq"], event_names=names, **_mapped(path, "log_", _LOG), **texts)
    arrays = _mapped(path, "", array_names())
    index = BehaviourIndex(
        last_seq=body["last_seq"],
        people_watermark=watermark,
        currency=body["currency"],
        event_names=names,
        order_names=log.order_ids,
        **arrays,
    )
    owners = Owners(watermark, index.person_ids, index.known_us, **_mapped(path, "owners_", _OWNERS))
    return IndexState(log, owners, index)


def _write_files(state: IndexState, folder: Path) -> None:
    index = state.index
    for prefix, holder, names in (("", index, array_names()), ("log_", state.log, _LOG), ("owners_", state.owners, _OWNERS)):
        for name in names:
            np.save(folder / f"{prefix}{name}.npy", getattr(holder, name))
    for name in _LOG_TEXTS:
        table = pa.table({"text": getattr(state.log, name)})
        with pa.OSFile(str(folder / f"log_{name}.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
    body = {
        "format": FORMAT,
        "last_seq": index.last_seq,
        "people_watermark": list(index.people_watermark),
        "currency": index.currency,
        "event_names": list(index.event_names),
        "files": {path.name: _describe(path) for path in sorted(folder.iterdir())},
    }
    manifest = {"body": body, "checksum": _checksum_of(body)}
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8")


def _mapped(folder: Path, prefix: str, names: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    return {name: np.load(folder / f"{prefix}{name}.npy", mmap_mode="r") for name in names}


def _read_manifest(path: Path) -> dict[str, Any] | None:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        body: dict[str, Any] = manifest["body"]
        whole = manifest["checksum"] == _checksum_of(body)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return body if whole and body["format"] == FORMAT else None


def _read_texts(path: Path) -> pa.ChunkedArray:
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()["text"]


def _is_whole(path: Path, facts: dict[str, int]) -> bool:
    try:
        return _describe(path) == facts
    except OSError:
        return False


def _describe(path: Path) -> dict[str, int]:
    checksum = size = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            checksum, size = zlib.crc32(block, checksum), size + len(block)
    return {"bytes": size, "crc32": checksum}


def _checksum_of(body: dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(body, sort_keys=True).encode())
