"""Uploaded files that wait for their import: each lies in a folder of its own, with what was chosen about it so far."""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from finegrain.access.acting import require
from finegrain.collect.errors import UnknownUploadError, UploadTooLargeError

if TYPE_CHECKING:
    from collections.abc import AsyncIterable
    from pathlib import Path

    from finegrain.clock import Clock
    from finegrain.collect.mapping.contract import ImportKind

KEEP_DAYS = 7
"""Days after which an upload that was never imported is removed."""

_CHOICES = "upload.json"


@dataclass(frozen=True)
class Upload:
    """One uploaded file.

    Attributes:
        id: unguessable; stands in the page's address.
        path: the file, under its own name.
        kind: what its rows are taken to be.
        choices: what was corrected so far, as options of ``ImportService.preview``; survives restarts.
        import_id: the import that took the file in; None before.
    """

    id: str
    path: Path
    kind: ImportKind
    uploaded_at: datetime
    choices: dict[str, Any]
    import_id: int | None = None


class Uploads:
    """The uploads of one workspace.

    Args:
        folder: where they lie; made when first needed.
        clock: tells when they came.
        max_bytes: largest file that is taken.
    """

    def __init__(self, folder: Path, clock: Clock, *, max_bytes: int) -> None:
        self._folder = folder
        self._clock = clock
        self._max_bytes = max_bytes

    async def add(self, name: str, kind: ImportKind, chunks: AsyncIterable[bytes]) -> Upload:
        """Keep a file that comes in pieces.

        Args:
            name: the file's name as the browser gave it; folders in it are cut off.
            kind: what its rows are.
            chunks: the content.

        Raises:
            NotAllowedError: the actor may not import.
            UploadTooLargeError: it is larger than the limit; nothing is kept.
        """
        require("data:write")
        self.purge()
        upload_id = secrets.token_urlsafe(12)
        folder = self._folder / upload_id
        folder.mkdir(parents=True)
        upload = Upload(upload_id, folder / _plain_name(name), kind, self._clock.now(), {})
        try:
            await self._write(upload.path, chunks)
        except BaseException:
            shutil.rmtree(folder)
            raise
        return self.save(upload)

    def get(self, upload_id: str) -> Upload:
        """Give one upload.

        Raises:
            UnknownUploadError: there is none of this id, or it was removed.
        """
        known = {folder.name: folder for folder in self._folders()}
        if upload_id not in known:
            raise UnknownUploadError(upload=upload_id)
        folder = known[upload_id]
        kept = json.loads((folder / _CHOICES).read_text(encoding="utf-8"))
        at = datetime.fromisoformat(kept["uploaded_at"])
        return Upload(upload_id, folder / kept["name"], kept["kind"], at, kept["choices"], kept["import_id"])

    def choose(self, upload: Upload, *, kind: ImportKind | None = None, choices: dict[str, Any]) -> Upload:
        """Remember what was corrected, and give the upload as it is now.

        Raises:
            NotAllowedError: the actor may not import.
        """
        require("data:write")
        return self.save(replace(upload, kind=kind or upload.kind, choices=choices))

    def imported(self, upload: Upload, import_id: int) -> Upload:
        """Remember that ``import_id`` took the file in."""
        return self.save(replace(upload, import_id=import_id))

    def waiting(self) -> tuple[Upload, ...]:
        """Give the uploads that were not imported, the newest first."""
        uploads = [self.get(folder.name) for folder in self._folders()]
        pending = [upload for upload in uploads if upload.import_id is None]
        return tuple(sorted(pending, key=lambda upload: upload.uploaded_at, reverse=True))

    def remove(self, upload_id: str) -> None:
        """Remove an upload and its file.

        Raises:
            NotAllowedError: the actor may not import.
            UnknownUploadError: there is none of this id.
        """
        require("data:write")
        shutil.rmtree(self.get(upload_id).path.parent)

    def purge(self) -> None:
        """Remove what was uploaded more than ``KEEP_DAYS`` ago."""
        oldest = self._clock.now() - timedelta(days=KEEP_DAYS)
        for folder in self._folders():
            if self.get(folder.name).uploaded_at < oldest:
                shutil.rmtree(folder)

    def save(self, upload: Upload) -> Upload:
        """Write down everything but the file itself, in one step, and give the upload back."""
        kept = {
            "name": upload.path.name,
            "kind": upload.kind,
            "uploaded_at": upload.uploaded_at.isoformat(),
            "choices": upload.choices,
            "import_id": upload.import_id,
        }
        aside = upload.path.parent / f"{_CHOICES}.new"
        aside.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        aside.replace(upload.path.parent / _CHOICES)
        return upload

    def _folders(self) -> list[Path]:
        return [path.parent for path in self._folder.glob(f"*/{_CHOICES}")]

    async def _write(self, path: Path, chunks: AsyncIterable[bytes]) -> None:
        size = 0
        with path.open("wb") as file:
            async for chunk in chunks:
                size += len(chunk)
                if size > self._max_bytes:
                    raise UploadTooLargeError(file=path.name, limit=self._max_bytes)
                await asyncio.to_thread(file.write, chunk)


def _plain_name(name: str) -> str:
    plain = name.replace("\\", "/").rpartition("/")[2].replace("\0", "").strip()
    return plain[-120:] if plain.strip(".") and plain != _CHOICES else "upload"
