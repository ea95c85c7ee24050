"""What a user has corrected about one upload, kept with the upload, and the preview that follows from it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from finegrain.console.holder import workspace
from finegrain.console.text import work

if TYPE_CHECKING:
    from collections.abc import Callable

    from finegrain.collect.mapping.contract import ImportKind, ImportPreview
    from finegrain.collect.uploads import Upload

PAUSE_S = 0.15
"""How long typing must rest before the preview is made anew."""


class DraftState:
    """The corrections of one upload.

    Args:
        upload: what they belong to.
    """

    def __init__(self, upload: Upload) -> None:
        self.upload = upload
        self.preview: ImportPreview
        self._turn = 0
        self._saving = asyncio.Lock()
        self._listeners: list[Callable[[ImportPreview], object]] = []
        self._failures: list[Callable[[Exception | None], object]] = []

    def on_change(self, listener: Callable[[ImportPreview], object]) -> None:
        """Call ``listener`` with each new preview."""
        self._listeners.append(listener)

    def on_failure(self, listener: Callable[[Exception | None], object]) -> None:
        """Call ``listener`` with the error when a correction cannot be followed, and with None when one can again."""
        self._failures.append(listener)

    async def load(self) -> ImportPreview:
        """Make the preview for the first time."""
        self.preview = await work(self._make)
        return self.preview

    async def choose(self, **choices: Any) -> None:
        """Remember corrections, options of ``ImportService.preview``, and make the preview anew; overtaken ones are dropped."""
        merged = {**self.upload.choices, **choices}
        await self._remember(self.upload.kind, merged)

    async def choose_kind(self, kind: ImportKind) -> None:
        """Take the rows for something else; corrections of columns are forgotten, since the fields are other ones."""
        await self._remember(kind, {})

    async def fill(self, column: str, field: str) -> None:
        """Let ``column`` fill ``field``, or nothing of ours when ``field`` is empty."""
        columns: dict[str, str] = dict(self.upload.choices.get("columns") or {})
        for other, filled_by in self.preview.mapping.columns.items():
            if filled_by == column and other != field:
                columns[other] = ""
        if field:
            columns[field] = column
        await self.choose(columns=columns)

    async def _remember(self, kind: ImportKind, choices: dict[str, Any]) -> None:
        # Taken over before the first await, so that a correction made meanwhile builds on this one.
        self.upload = replace(self.upload, kind=kind, choices=choices)
        self._turn += 1
        turn = self._turn
        async with self._saving:
            await work(workspace().uploads.save, self.upload)
        await asyncio.sleep(PAUSE_S)
        if turn != self._turn:
            return
        try:
            preview = await work(self._make)
        except Exception as error:  # noqa: BLE001 - the page says what is wrong with the correction
            self._tell(turn, None, error)
        else:
            self._tell(turn, preview, None)

    def _tell(self, turn: int, preview: ImportPreview | None, error: Exception | None) -> None:
        if turn != self._turn:
            return
        for failed in self._failures:
            failed(error)
        if preview:
            self.preview = preview
            for listener in self._listeners:
                listener(preview)

    def _make(self) -> ImportPreview:
        return workspace().imports.preview(self.upload.path, self.upload.kind, **self.upload.choices)
