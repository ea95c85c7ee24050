"""Notes of when sessions and tokens were last used: written in the background, since who uses them must not wait for a writer."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from finegrain.store.errors import OpsStoreError

if TYPE_CHECKING:
    from sqlalchemy import Update

    from finegrain.store.ops import OpsStore

log = logging.getLogger(__name__)


class UseNotes:
    """Writes notes one after the other on a thread of its own.

    Args:
        ops: the ops store.
    """

    def __init__(self, ops: OpsStore) -> None:
        self._ops = ops
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="finegrain-notes")

    def write(self, note: Update) -> None:
        """Write a note soon; one that cannot be written is left out, for it only tells a time."""
        self._writer.submit(self._write, note)

    def close(self) -> None:
        """Write what waits, and stop; closing twice does no harm."""
        self._writer.shutdown()

    def _write(self, note: Update) -> None:
        try:
            with self._ops.session() as session:
                session.execute(note)
        except OpsStoreError as error:
            log.warning("could not note when a session or token was used: %s", error)
