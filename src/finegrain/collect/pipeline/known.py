"""What is registered and linked already, so that most commits need not ask the ops store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finegrain.people.keeping import REPEAT_US, LinkKey
from finegrain.zones import to_us

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from finegrain.collect.wire.contract import LinkCall
    from finegrain.people.linking import Applied

_NEVER_SEEN = 2**63

MAX_IDS = 500_000
"""Ids remembered; about 100 MB with ids of 36 characters. The oldest half is forgotten when there are more."""
MAX_LINKS = 250_000
"""Links remembered; about 100 MB with ids of 36 characters. The oldest half is forgotten when there are more."""


class KnownIds:
    """Remembers distinct ids that are registered, and the earliest time each was seen at.

    Args:
        max_ids: how many at most.
    """

    def __init__(self, max_ids: int = MAX_IDS) -> None:
        self._max_ids = max_ids
        self._seen: dict[str, int] = {}

    def news(self, sightings: Iterable[Mapping[str, int]]) -> dict[str, int]:
        """Give the earliest sighting of each id that is not remembered, or was seen later only."""
        seen, news = self._seen, dict[str, int]()
        for part in sightings:
            for key, at in part.items():
                # One look-up an id, for this is asked of every event; most are known, and were seen before.
                if at < seen.get(key, _NEVER_SEEN) and at < news.get(key, _NEVER_SEEN):
                    news[key] = at
        return news

    def remember(self, sightings: Mapping[str, int]) -> None:
        """Remember what was registered and committed."""
        self._seen.update(sightings)
        if len(self._seen) > self._max_ids:
            kept = list(self._seen.items())[-(self._max_ids // 2) :]
            self._seen = dict(kept)

    def forget(self) -> None:
        """Forget all: after people were erased."""
        self._seen = {}


class KnownLinks:
    """Remembers of each id the link that says whose it is now, and for how long the same says nothing new.

    Args:
        max_links: how many at most.
    """

    def __init__(self, max_links: int = MAX_LINKS) -> None:
        self._max_links = max_links
        self._settled: dict[str, tuple[LinkKey, int]] = {}
        self._crowded: set[str] = set()
        self.generation = 0
        """Grows whenever all is forgotten; what was learnt in an earlier one must not be remembered."""

    def is_news(self, call: LinkCall) -> bool:
        """Say whether a link may say something new."""
        known = self._settled.get(call.from_id)
        if known is not None:
            link, at_us = known
            same = (link.to_id, link.kind, link.from_login, link.to_login) == (
                call.to_id,
                call.kind,
                call.from_login,
                call.to_login,
            )
            if same and at_us <= to_us(call.time) < at_us + REPEAT_US:
                return False
        return call.from_id not in self._crowded and call.to_id not in self._crowded

    def remember(self, applied: Applied, generation: int) -> None:
        """Remember what was applied and committed, unless all was forgotten since ``generation``."""
        if generation != self.generation:
            return
        for key in applied.moved:
            self._settled.pop(key, None)
        for link, at_us in applied.settled.items():
            self._settled[link.from_id] = (link, at_us)
        self._crowded |= applied.crowded
        if len(self._settled) + len(self._crowded) > self._max_links:
            self._settled = dict(list(self._settled.items())[-(self._max_links // 2) :])
            self._crowded = set()

    def forget(self) -> None:
        """Forget all: after links were dropped, or when another process changed people. Safe from any thread."""
        self.generation += 1
        self._settled, self._crowded = {}, set()
