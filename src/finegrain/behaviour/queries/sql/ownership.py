"""Keeps the owners of distinct ids in ClickHouse as current as the events that are asked about."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from finegrain.zones import from_us

if TYPE_CHECKING:
    from finegrain.behaviour.contract import PeopleSource
    from finegrain.store.events.clickhouse.store import ClickHouseEventStore


class CurrentOwners:
    """Brings the owners up to date before a query, as ``read_owners`` does for the index.

    Args:
        store: the events, and the owners' table beside them.
        people: who the people are.
    """

    def __init__(self, store: ClickHouseEventStore, people: PeopleSource) -> None:
        self._store = store
        self._people = people
        self._updating = threading.Lock()
        self._seen: tuple[object, ...] | None = None

    def bring_up_to_date(self) -> None:
        """Register ids that have events but no person, and take over who owns which id since when.

        Raises:
            StorageError: one of the stores refused.
        """
        with self._updating:
            last_seq, watermark = self._store.last_seq(), self._people.watermark()
            if self._seen == (last_seq, watermark):
                return
            if self._store.owners.watermark() != watermark:
                self._store.owners.update(self._people.ownership(), watermark, whole=True)
            missing = self._store.owners.missing()
            if missing:
                self._people.register([one for one, _ in missing], [from_us(us) for _, us in missing])
                watermark = self._people.watermark()
                self._store.owners.update(self._people.ownership(), watermark, whole=True)
            self._seen = (last_seq, watermark)
