"""What is known of an item after any number of sets and deletes, whatever the order in which they arrive.

Each value belongs to the moment at which it was set: of two the newer holds, and a delete takes away what was set before it or at
its very moment. Of two values set at the same moment, the one that is greater as JSON text holds, so that the order of arrival
never matters. Nothing is counted, so the same change may come any number of times.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

NEVER = -(2**63)


@dataclass
class ItemState:
    """One item while it is changed; moments are microseconds since 1970 UTC, ``NEVER`` where there was none."""

    values: dict[str, Any] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    set_at: int = NEVER
    deleted_at: int = NEVER
    source: str = ""

    @property
    def deleted(self) -> bool:
        """Whether it was deleted since it was last set."""
        return self.deleted_at >= self.set_at

    def set(self, values: Mapping[str, Any], at: int, source: str) -> None:
        """Set values as of the moment ``at``."""
        self._note(at, source)
        self.set_at = max(self.set_at, at)
        if at <= self.deleted_at:
            return
        for name, value in values.items():
            before = self.times.get(name, NEVER)
            if at > before or (at == before and _text(value) > _text(self.values[name])):
                self.values[name], self.times[name] = value, at

    def delete(self, at: int, source: str) -> None:
        """Delete the item as of the moment ``at``."""
        self._note(at, source)
        self.deleted_at = max(self.deleted_at, at)
        for name in [name for name, set_at in self.times.items() if set_at <= at]:
            del self.values[name], self.times[name]

    def _note(self, at: int, source: str) -> None:
        newest = max(self.set_at, self.deleted_at)
        if at > newest or (at == newest and source > self.source):
            self.source = source


def _text(value: object) -> bytes:
    return msgspec.json.encode(value, order="sorted")
